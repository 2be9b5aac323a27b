import { unwrapEnvelopes } from '../cloudtrail/envelopes.ts';
import type { Meaning } from '../cloudtrail/meaning.ts';
import { type CloudTrailRecord, parseRecord } from '../cloudtrail/record.ts';
import { isTagChange, tagChangeOf } from '../cloudtrail/tag-change-event.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { isDirectCall } from './direct-call.ts';

/** One thing that an input of the front door tells. `input` is that thing as it came; a direct call is not checked yet. */
export type InputMessage =
  | { readonly kind: 'direct-call'; readonly input: unknown }
  | { readonly kind: 'tag-change'; readonly input: unknown; readonly change: ReturnType<typeof tagChangeOf> }
  | {
      readonly kind: 'record';
      readonly record: CloudTrailRecord;
      /** What it means, where that was found out before. */
      readonly meaning?: Meaning;
    };

/** The CloudTrail records among messages, in order. */
export const recordsIn = (messages: readonly InputMessage[]): CloudTrailRecord[] =>
  messages.flatMap((message) => (message.kind === 'record' ? [message.record] : []));

/**
 * What is in an input of the front door, in order: a direct call, or all that comes in by one of the doors of
 * `openDoor`, CloudTrail records and changes of tags that EventBridge reports. Throws an `InvalidInputError` for
 * anything else, also where only one of the records is something else: what sends that sends it again, or
 * keeps it. A direct call must come as it is, not in a wrapper.
 */
export const readInput = (input: unknown): readonly InputMessage[] => {
  if (isDirectCall(input)) return [{ kind: 'direct-call', input }];
  const inside = unwrapEnvelopes(input);
  return inside.map((one, i) => {
    try {
      return isTagChange(one)
        ? { kind: 'tag-change', input: one, change: tagChangeOf(one) }
        : { kind: 'record', record: parseRecord(one) };
    } catch (error) {
      if (!(error instanceof InvalidInputError) || inside.length === 1) throw error;
      throw new InvalidInputError(`${error.message} (record ${i + 1} of ${inside.length})`, { cause: error });
    }
  });
};
