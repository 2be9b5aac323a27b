import { meaningOf } from '../../../cloudtrail/meaning.ts';
import { askEventId } from '../../../commands/request-tags.ts';
import { arnOf } from '../../../events/resource-arn.ts';
import { type InterpretationContext, interpret } from '../../../intake/interpret.ts';
import { readInput } from '../../../intake/read-input.ts';
import type { SeenEvent } from '../../../verifier/check-section.ts';
import type { Check } from '../../../verifier/finding.ts';

/** A creation in the trail that the ledger should have recorded. */
interface ExpectedBirth {
  readonly eventId: string;
  /** The call, its id in CloudTrail, and its time. */
  readonly cause: string;
  /** Whether the ledger has any event of the resource. */
  isStreamThere: boolean;
}

/** Checks that each creation in a trail has its event in a ledger. */
export interface BirthsCheck extends Check<SeenEvent> {
  /** Adds one input of the trail. Throws an `InvalidInputError` for an unusable input. */
  expect(input: unknown): void;
  /** The number of resources that the trail creates and that the ledger should have recorded. */
  count(): number;
}

/**
 * Looks for the creations of a trail in a ledger. Each creation is recorded in its resource's stream,
 * whatever was known before, under the id derived from its cause. Where there are rules, a creation for which
 * none asks for tags is not expected, because earlier versions did not record it. Add the whole trail before the ledger's events. Expected creations are held in memory, so the
 * size of the trail decides memory use.
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
        const created = new Set<string>(meaning.resources.map(({ identity }) => arnOf(identity)));
        // The other writes tell of resources that existed before.
        const { writes } = interpret(context, [{ ...message, meaning }], now, '');
        const ofCreated = writes.filter(({ stream }) => created.has(stream));
        for (const write of ofCreated.filter(({ unasked }) => !context.rules || unasked === undefined)) {
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
