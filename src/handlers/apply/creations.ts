import type { Trigger } from '../../cloudtrail/meaning.ts';
import { isCreation } from '../../events/creation.ts';
import { kindOfStream } from '../../events/ledger-stream.ts';
import { parseArn, type ResourceIdentity } from '../../events/resource-arn.ts';
import { mayHaveChildren, type Parent } from '../../tagging/children/find-children.ts';
import type { FeedEvent } from '../runtime/feed-batch.ts';

/** The creation of a resource that can have children, as the change feed delivered it. */
export interface NewResource extends Parent {
  /** The position of the first record of this event in the batch. */
  readonly position: number;
  readonly eventId: string;
  /** When the ledger recorded the creation, in ms since the epoch. */
  readonly recordedAt: number;
  readonly identity: ResourceIdentity;
  readonly occasion: Trigger;
}

/**
 * Finds the creations among the events, each once. A creation without a known actor is skipped, because a
 * request needs one. So is one that was only observed, and one in a stream of the ledger's own, because
 * earlier versions let callers write there.
 */
export const birthsIn = (events: readonly FeedEvent[]): readonly NewResource[] => {
  const births = new Map<string, NewResource>();
  for (const { position, recorded } of events) {
    const { event, stream } = recorded;
    if (births.has(event.eventId) || !isCreation(event) || !event.who) continue;
    if (event.type === 'TagObserved' && event.observing) continue;
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
