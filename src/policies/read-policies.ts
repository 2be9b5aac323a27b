import { isObject } from './fields.ts';
import { isNative, readNative } from './native-form.ts';
import { type Gathered, policyOf, type ReadPolicy } from './policy-of.ts';
import { InvalidPolicyError, type Remark } from './remark.ts';

/** A policy's file, as it was given. */
export interface PolicyFile {
  /** By which it is named in answers. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads, checks and merges policies in the forms that docs/policies.md describes; each file is known by its content.
 * Throws an {@link InvalidPolicyError} that names all that cannot be honoured, each with its file and its place there.
 */
export const readPolicies = (files: readonly PolicyFile[]): ReadPolicy => {
  const problems: Remark[] = [];
  const gathered: Gathered[] = [];
  for (const file of files) {
    try {
      gathered.push(readFile(file));
    } catch (error) {
      if (!(error instanceof InvalidPolicyError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InvalidPolicyError(problems);
  return policyOf({
    clauses: gathered.flatMap(({ clauses }) => clauses),
    exemptions: gathered.flatMap(({ exemptions }) => exemptions),
    notes: gathered.flatMap(({ notes }) => notes),
  });
};

const readFile = ({ name, text }: PolicyFile): Gathered => {
  const json = parse(name, text);
  if (isNative(json)) return readNative(name, json);
  throw new InvalidPolicyError([
    { file: name, place: '', says: 'is in no form that is known here: see docs/policies.md' },
  ]);
};

const parse = (file: string, text: string): Record<string, unknown> => {
  const refuse = (says: string) => new InvalidPolicyError([{ file, place: '', says }]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`is not JSON (${(error as Error).message})`);
  }
  if (!isObject(json)) throw refuse('is not a JSON object: see docs/policies.md for the forms of policies');
  return json;
};
