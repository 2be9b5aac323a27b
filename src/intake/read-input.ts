import { unwrapEnvelopes } from '../cloudtrail/envelopes.ts';
import { type Heartbeat, heartbeatOf, isHeartbeat } from '../cloudtrail/heartbeat.ts';
import type { Meaning, StateChange } from '../cloudtrail/meaning.ts';
import { type NoCall, noCallIn } from '../cloudtrail/no-call.ts';
import { type CloudTrailRecord, parseRecord } from '../cloudtrail/record.ts';
import { isStateChange, stateChangeOf } from '../cloudtrail/state-change-event.ts';
import { isTagChange, tagChangeOf } from '../cloudtrail/tag-change-event.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { isDirectCall } from './direct-call.ts';

/** One message of an input. `input` is the message as received; a direct call is not checked yet. */
export type InputMessage =
  | { readonly kind: 'direct-call'; readonly input: unknown }
  | { readonly kind: 'no-call'; readonly input: unknown; readonly noCall: NoCall }
  | { readonly kind: 'heartbeat'; readonly input: unknown; readonly heartbeat: Heartbeat }
  | { readonly kind: 'tag-change'; readonly input: unknown; readonly change: ReturnType<typeof tagChangeOf> }
  | { readonly kind: 'state-change'; readonly input: unknown; readonly change: StateChange }
  | {
      readonly kind: 'record';
      readonly record: CloudTrailRecord;
      /** The meaning of the record, if it was determined before. */
      readonly meaning?: Meaning;
    };

/** The CloudTrail records among messages, in order. */
export const recordsIn = (messages: readonly InputMessage[]): CloudTrailRecord[] =>
  messages.flatMap((message) => (message.kind === 'record' ? [message.record] : []));

/**
 * Reads the messages of an input, in order: one direct call, or the CloudTrail records, EventBridge tag changes and
 * instance states, heartbeats and what CloudTrail writes beside records, in any envelope that {@link unwrapEnvelopes} knows. Throws an `InvalidInputError` for anything
 * else, even when only one of several records is invalid, so that the sender retries or keeps the whole
 * input. A direct call must not be in an envelope.
 */
export const readInput = (input: unknown): readonly InputMessage[] => {
  if (isDirectCall(input)) return [{ kind: 'direct-call', input }];
  const inside = unwrapEnvelopes(input);
  return inside.map((one, i) => {
    try {
      const noCall = noCallIn(one);
      if (noCall) return { kind: 'no-call', input: one, noCall };
      if (isHeartbeat(one)) return { kind: 'heartbeat', input: one, heartbeat: heartbeatOf(one) };
      if (isStateChange(one)) return { kind: 'state-change', input: one, change: stateChangeOf(one) };
      return isTagChange(one)
        ? { kind: 'tag-change', input: one, change: tagChangeOf(one) }
        : { kind: 'record', record: parseRecord(one) };
    } catch (error) {
      if (!(error instanceof InvalidInputError) || inside.length === 1) throw error;
      throw new InvalidInputError(`Record ${i + 1} of ${inside.length}: ${error.message}`, { cause: error });
    }
  });
};
