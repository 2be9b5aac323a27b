import { MAX_BODY_BYTES } from '../events/event-store.ts';
import type { FoldedEvent } from '../events/fold/act.ts';
import { POLICY_STREAM } from '../events/ledger-stream.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import { eventIdOf, type PolicyRecorded, type TagEvent } from '../events/tag-event.ts';
import { InvalidInputError } from '../shared/errors.ts';

/**
 * A policy to put into force: its id and files, who recorded it, and when it takes effect
 * (ISO 8601, UTC, milliseconds).
 */
export type NewPolicy = Pick<PolicyRecorded, 'policy' | 'files' | 'who' | 'effectiveAt'>;

/** Reserved for the fields of the event other than its files, which need less. */
const REST_BYTES = 10 * 1024;
const MAX_FILES_BYTES = MAX_BODY_BYTES - REST_BYTES;

/**
 * Records a policy in the ledger's policy stream, unless one with the same demands is then in force. Throws
 * an `InvalidInputError` for files that do not fit into an event.
 */
export const recordPolicy = (policy: NewPolicy) => {
  const bytes = Buffer.byteLength(JSON.stringify(policy.files));
  if (bytes > MAX_FILES_BYTES) {
    throw new InvalidInputError(
      `The policy has ${bytes} bytes, and an event holds at most ${MAX_FILES_BYTES}. Leave out files, or the white space in them.`,
    );
  }
  return ({ policy: inForce }: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const { effectiveAt } = policy;
    const eventId = eventIdOf('policy', POLICY_STREAM, `${policy.policy} ${effectiveAt}`);
    const isInForce = inForce?.id === policy.policy && inForce.at <= effectiveAt;
    if (isInForce || isAmong(events, eventId)) return [];
    const cause = { source: 'direct', id: policy.policy, name: 'policy record' } as const;
    return [{ type: 'PolicyRecorded', eventId, cause, ...policy }];
  };
};
