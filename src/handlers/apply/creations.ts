import { isCreation } from '../../events/creation.ts';
import { kindOfStream } from '../../events/ledger-stream.ts';
import { parseArn, type ResourceIdentity } from '../../events/resource-arn.ts';
import type { RequestTrigger } from '../../intake/apply-tag-rules.ts';
import { mayHaveChildren, type Parent } from '../../tagging/children/find-children.ts';
import type { FeedEvent } from '../runtime/feed-batch.ts';

/** The birth of a resource that may have children, as the change feed brought it. */
export interface NewResource extends Parent {
  /** Of the first of its records in the batch. */
  readonly position: number;
  readonly eventId: string;
  /** When the ledger wrote it, in ms since the epoch. */
  readonly recordedAt: number;
  readonly identity: ResourceIdentity;
  readonly occasion: RequestTrigger;
}

/**
 * The births of resources among the events, each once. One whose author nobody could tell is left out: a request has
 * one. So is one in a stream of the ledger's own, where earlier versions let callers write.
 */
export const birthsIn = (events: readonly FeedEvent[]): readonly NewResource[] => {
  const births = new Map<string, NewResource>();
  for (const { position, recorded } of events) {
    const { event, stream } = recorded;
    if (births.has(event.eventId) || !isCreation(event) || !event.who) continue;
    if (kindOfStream(stream) !== 'resource') continue;
    const { cause, who, effectiveAt: at } = event;
    const { account, region, type, id } = parseArn(stream);
    const parent: Parent = { type, id, bornAt: Date.parse(at), from: cause.name };
    if (!mayHaveChildren(parent)) continue;
    births.set(event.eventId, {
      ...parent,
      position,
      eventId: event.eventId,
      recordedAt: Date.parse(recorded.recordedAt),
      identity: { account, region, type, id },
      occasion: { cause, who, at },
    });
  }
  return [...births.values()];
};
