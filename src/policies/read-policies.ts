import { isConfig, readConfig } from './config-form.ts';
import { isObject, parseJson } from './fields.ts';
import { isNative, type Manner, readNative } from './native-form.ts';
import { type Gathered, type PolicyFileForm, policyOf, type ReadPolicy } from './policy-of.ts';
import { InvalidPolicyError, type Remark } from './remark.ts';
import { isTagPolicy, readTagPolicy, type TagPolicy } from './tag-policy/form.ts';
import { mergeTagPolicies } from './tag-policy/merge.ts';
import { rulesOfTagPolicy } from './tag-policy/rules.ts';

/** A policy file as the caller supplied it. */
export interface PolicyFile {
  /** The name of the file in answers. */
  readonly name: string;
  readonly text: string;
  /** For a tag policy: attached to the same root, unit or account as the file before it, and not below it. */
  readonly beside?: boolean | undefined;
}

/**
 * Reads, checks and merges policies in the forms of docs/policies.md; the form of each file is recognized by
 * its content. Tag policies are merged in the order of the files, from the root of the organization down.
 * Rules of the other forms all apply. Throws an {@link InvalidPolicyError} that names the file and place of
 * each problem. In `recorded` files, a pattern that is refused today is kept, and its result is unknown.
 */
export const readPolicies = (files: readonly PolicyFile[], manner: Manner = 'given'): ReadPolicy => {
  const problems: Remark[] = [];
  const gathered: Gathered[] = [];
  const levels: TagPolicy[][] = [];
  const forms: PolicyFileForm[] = [];
  for (const file of files) {
    try {
      const { form, read } = readFile(file, manner);
      forms.push({ name: file.name, form });
      if ('clauses' in read) gathered.push(read);
      else if (file.beside && levels.length > 0) levels.at(-1)?.push(read);
      else levels.push([read]);
    } catch (error) {
      if (!(error instanceof InvalidPolicyError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...unmergeable(levels.flat()));
  if (problems.length > 0) throw new InvalidPolicyError(problems);
  if (levels.length > 0) gathered.push(rulesOfTagPolicy(mergeTagPolicies(levels)));
  return policyOf({
    files: forms,
    clauses: gathered.flatMap(({ clauses }) => clauses),
    exemptions: gathered.flatMap(({ exemptions }) => exemptions),
    notes: gathered.flatMap(({ notes }) => notes),
  });
};

const readFile = (
  { name, text }: PolicyFile,
  manner: Manner,
): { readonly form: PolicyFileForm['form']; readonly read: Gathered | TagPolicy } => {
  const json = parseJson(name, '', text);
  if (isNative(json)) return { form: 'tagledger', read: readNative(name, json, manner) };
  if (isTagPolicy(json)) return { form: 'tag-policy', read: readTagPolicy(name, json) };
  if (isConfig(json)) return { form: 'config', read: readConfig(name, json) };
  const wrapped = contentIn(json);
  if (wrapped) {
    const content = parseJson(name, wrapped.place, wrapped.text);
    return { form: 'tag-policy', read: readTagPolicy(name, content, wrapped.place) };
  }
  const says =
    'it has none of the keys "tagledger" (a policy of tagledger), "tags" (an AWS tag policy) and "tag1Key" (AWS Config), see docs/policies.md';
  throw new InvalidPolicyError([{ file: name, place: '', says }]);
};

/**
 * `aws organizations describe-effective-policy` and `describe-policy` print the policy as text inside an
 * object.
 */
const WRAPPERS = [
  ['EffectivePolicy', 'PolicyContent'],
  ['Policy', 'Content'],
] as const;

const contentIn = (
  json: Record<string, unknown>,
): { readonly place: string; readonly text: string } | undefined => {
  for (const [outer, inner] of WRAPPERS) {
    const holder = json[outer];
    const text = isObject(holder) ? holder[inner] : undefined;
    if (typeof text === 'string') return { place: `${outer}.${inner}`, text };
  }
  return undefined;
};

/** Organizations has already merged an effective policy, so its inheritance operators are lost. */
const unmergeable = (policies: readonly TagPolicy[]): readonly Remark[] =>
  policies.length < 2
    ? []
    : policies
        .filter(({ effective }) => effective)
        .map(({ file }) => ({
          file,
          place: 'tags',
          says: 'is an effective policy, with bare values, beside other tag policies: give it alone, or give the policies that it was merged from',
        }));
