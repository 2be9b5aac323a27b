import * as v from 'valibot';
import { InvalidInputError } from '../shared/errors.ts';
import { instantOf } from '../shared/time.ts';
import { memberProblem } from './member-problem.ts';

const text = v.pipe(
  v.string('a text'),
  v.nonEmpty('a text that is not empty'),
  v.check((value) => value.isWellFormed(), 'a well-formed text'),
);

/** What every event of EventBridge has beside its detail. The time is converted to ISO 8601, UTC, milliseconds. */
export const EVENT_MEMBERS = {
  id: text,
  time: v.pipe(
    text,
    v.check((value) => instantOf(value) !== undefined, 'a real moment like 2026-03-31T23:59:00Z'),
    v.transform((value) => instantOf(value) ?? value),
  ),
  account: v.nullish(v.union([v.string(), v.number()], 'an account id')),
  region: v.nullish(v.string('a Region')),
} as const;

/** What an event that is no object is said not to be. */
export const AN_EVENT = 'an event of EventBridge';

/** Parses an event of this detail-type. Throws an {@link InvalidInputError} for one of another form. */
export const parseEvent = <S extends v.GenericSchema>(
  schema: S,
  detailType: string,
  input: unknown,
): v.InferOutput<S> => {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new InvalidInputError(
    `This event ${JSON.stringify(detailType)} cannot be used: ${memberProblem(issue)}. Give it as EventBridge delivers it.`,
  );
};
