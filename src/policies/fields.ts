import * as v from 'valibot';
import { didYouMean } from '../shared/did-you-mean.ts';
import { InvalidPolicyError, type Remark } from './remark.ts';

/**
 * A schema for an object with no other members than these. It reports each unknown member, where valibot's
 * strictObject stops at the first.
 */
export const fields = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(
    v.unknown(),
    v.check(
      isObject,
      ({ received }) => `is ${received === 'Array' ? 'a list' : received}, and must be an object`,
    ),
    v.looseObject(entries),
    v.rawCheck(({ dataset, addIssue }) => {
      const known = Object.keys(entries);
      const input: unknown = dataset.value;
      if (!isObject(input)) return;
      for (const [key, value] of Object.entries(input)) {
        if (known.includes(key)) continue;
        addIssue({
          message: `is not a field that is known here: ${didYouMean(key, known)}`,
          path: [{ type: 'object', origin: 'key', input, key, value }],
        });
      }
    }),
  );

/**
 * A schema for a valid string. `problem` returns what is wrong with it as the end of a sentence, or
 * undefined.
 */
export const checked = (problem: (text: string) => string | undefined) =>
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problem(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
  );

/** Parses a text as a JSON object. Throws an {@link InvalidPolicyError} that names the place of the text. */
export const parseJson = (file: string, place: string, text: string): Record<string, unknown> => {
  const refuse = (says: string) => new InvalidPolicyError([{ file, place, says }]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`is not JSON (${(error as Error).message})`);
  }
  if (!isObject(json)) throw refuse('is not a JSON object: see docs/policies.md for the forms of policies');
  return json;
};

/** Whether a JSON value is an object and not a list. */
export const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Builds a path: `rules[0].values[1]`, or `tags["a b"]` for a name that cannot follow a dot. */
export const placeIn = (under: string, ...steps: readonly unknown[]): string =>
  steps.reduce<string>((place, step) => {
    if (typeof step === 'number') return `${place}[${step}]`;
    const name = String(step);
    if (!/^[\w@:-]+$/.test(name)) return `${place}[${JSON.stringify(name)}]`;
    return place === '' ? name : `${place}.${name}`;
  }, under);

/** Turns the issues of a schema into remarks, with their places below `under`. */
export const remarksOn = (
  file: string,
  under: string,
  issues: readonly v.BaseIssue<unknown>[],
): readonly Remark[] =>
  issues.map((issue) => ({
    file,
    place: placeIn(under, ...(issue.path ?? []).map(({ key }) => key)),
    says: objection(issue),
  }));

const EXPECTED: Readonly<Record<string, string>> = {
  Object: 'an object',
  Array: 'a list',
  string: 'a string',
  boolean: 'true or false',
};

/** Keeps the messages of this folder's schemas. Valibot's own begin with `Invalid` and are reworded. */
const objection = ({ message, received, expected, path }: v.BaseIssue<unknown>): string => {
  if (!message.startsWith('Invalid ')) return message;
  if (path?.at(-1)?.origin === 'key') return 'is missing';
  return `is ${received}, and must be ${EXPECTED[expected ?? ''] ?? expected}`;
};
