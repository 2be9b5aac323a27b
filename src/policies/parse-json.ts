import { isObject } from './fields.ts';
import { InvalidPolicyError } from './remark.ts';

/** The JSON object in a text; throws an {@link InvalidPolicyError} that names the place where the text stands. */
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
