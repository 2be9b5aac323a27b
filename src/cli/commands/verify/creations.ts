import { meaningOf } from '../../../cloudtrail/meaning.ts';
import { askEventId } from '../../../commands/request-tags.ts';
import { type InterpretationContext, interpret } from '../../../intake/interpret.ts';
import { readInput } from '../../../intake/read-input.ts';
import type { SeenEvent } from '../../../verifier/check-section.ts';
import type { Check } from '../../../verifier/finding.ts';

/** A creation that a trail tells of, and that the ledger should hold. */
interface ExpectedBirth {
  readonly eventId: string;
  /** The call, its id in CloudTrail, and when it was. */
  readonly cause: string;
  /** Whether the ledger has any event of the resource. */
  isStreamThere: boolean;
}

/** Whether each creation of a trail has its event in a ledger. */
export interface BirthsCheck extends Check<SeenEvent> {
  /** Takes in one input of the trail. Throws an `InvalidInputError` for one that cannot be used. */
  expect(input: unknown): void;
  /** How many resources the trail says were made, of those that would be recorded. */
  count(): number;
}

/**
 * Looks for the creations of a trail in a ledger: each is recorded in the stream of the resource, whatever was known of
 * it before, under the id that is derived from the cause. Types that no rule is for are not recorded, and not looked
 * for. All of the trail comes before the ledger; what is still looked for is in memory, so the trail decides how much
 * that is.
 */
export const birthsCheck = (context: InterpretationContext, now: Date): BirthsCheck => {
  const expected = new Map<string, ExpectedBirth>();
  let most = 0;
  return {
    expect: (input) => {
      for (const message of readInput(input)) {
        if (message.kind !== 'record') continue;
        const meaning = meaningOf(message.record);
        if (meaning.kind !== 'creation') continue;
        const cause = `${meaning.cause.name} ${meaning.cause.id} at ${meaning.at}`;
        for (const write of interpret(context, [{ ...message, meaning }], now, '').writes) {
          const eventId = askEventId(write.stream, write.cause);
          expected.set(write.stream, { eventId, cause, isStreamThere: false });
        }
        most = expected.size;
      }
    },
    count: () => most,
    add: ({ stream, eventId }) => {
      const birth = expected.get(stream);
      if (!birth) return [];
      birth.isStreamThere = true;
      if (eventId === birth.eventId) expected.delete(stream);
      return [];
    },
    end: () =>
      [...expected].map(([stream, { cause, isStreamThere }]) => ({
        kind: 'creation',
        stream,
        seq: null,
        expected: `an event because of ${cause}`,
        found: isStreamThere ? 'events, none of them because of it' : 'no event of this resource',
      })),
  };
};
