import type { ReadPattern } from './pattern/pattern.ts';
import type { RuleSource } from './policy.ts';

/** The resources that a part of a policy applies to. An absent list excludes nothing. */
export interface Scope {
  /** The ledger's resource types, such as `instance`. */
  readonly types?: readonly string[];
  /** A short description to show in place of a long list of types. */
  readonly typesSay?: string;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
}

/**
 * What a rule demands of a tag.
 * - `required`: the resource has the key, with `anyCase` in any mix of upper and lower case.
 * - `case`: if the resource has the key, it is written in exactly this case.
 * - `not-empty`: if the resource has the key, its value is not empty.
 * - `values`: if the resource has the key, its value is one of `allowed`. One `*` in an allowed value stands
 *   for any text, or for itself when the values are `literal`. With `anyCase`, keys in another case are
 *   checked too.
 * - `pattern`: if the resource has the key, its whole value matches the regular expression. With `refused` in
 *   place of `matches`, a recorded policy has an expression that is refused today, and the result is unknown.
 */
export type Demand =
  | { readonly kind: 'required'; readonly anyCase?: true }
  | { readonly kind: 'case' }
  | { readonly kind: 'not-empty' }
  | {
      readonly kind: 'values';
      readonly allowed: readonly string[];
      readonly anyCase?: true;
      readonly literal?: true;
    }
  | ({ readonly kind: 'pattern' } & ReadPattern);

/** A rule as read from one of the policy forms: one demand on one key. */
export interface Clause {
  readonly key: string;
  readonly demand: Demand;
  readonly scope: Scope;
  /** How long after its creation a resource may still violate the demand. */
  readonly graceMs?: number;
  readonly source: RuleSource;
}

/** Excuses some resources from the rules for some keys for a limited time. */
export interface Exemption {
  readonly scope: Scope;
  /** Ids or ARNs; absent for all resources in the scope. */
  readonly resources?: readonly string[];
  /** The tag keys whose rules it excuses; absent for all keys. */
  readonly keys?: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** The first and last instant, ISO 8601, UTC, milliseconds. Without `from` there is no beginning. */
  readonly from?: string;
  readonly until: string;
  readonly source: RuleSource;
}

/** Joins words into a list: `a`, `a or b`, `a, b or c`. */
export const wordsOf = (things: readonly string[], last = 'or'): string =>
  things.length < 2 ? things.join('') : `${things.slice(0, -1).join(', ')} ${last} ${things.at(-1)}`;

/** Describes a scope: `instance and volume in account 111122223333`. `resource` means every type. */
export const scopeText = ({ types, typesSay, accounts, regions }: Scope): string =>
  [
    typesSay ?? (types ? wordsOf(types, 'and') : 'resource'),
    ...(accounts ? [`in account ${wordsOf(accounts)}`] : []),
    ...(regions ? [`in Region ${wordsOf(regions)}`] : []),
  ].join(' ');

/**
 * The words of a clause's sentence. The ids of policies and rules are hashes of the sentence in the words of
 * version 0.1, so these never change.
 */
const WORDS = { have: 'have', creation: 'creation' } as const;
const WORDS_OF_IDS = { have: 'bear', creation: 'birth' } as const;

/** Describes a clause as a sentence. */
export const clauseText = (clause: Clause): string => sentenceOf(clause, WORDS);

/** The sentence of a clause from which ids are made: the same in every version. */
export const clauseIdText = (clause: Clause): string => sentenceOf(clause, WORDS_OF_IDS);

const sentenceOf = (
  { key, demand, scope, graceMs }: Clause,
  words: typeof WORDS | typeof WORDS_OF_IDS,
): string => {
  const where = `every ${scopeText(scope)}`;
  const grace = graceMs ? `, ${durationText(graceMs)} after its ${words.creation} at the latest` : '';
  switch (demand.kind) {
    case 'required':
      return `${where} must ${words.have} the tag ${key}${demand.anyCase ? ', in whatever case it is written' : ''}${grace}`;
    case 'case':
      return `on ${where}, the tag ${key} must be written in this case${grace}`;
    case 'not-empty':
      return `on ${where}, the value of the tag ${key} must not be empty${grace}`;
    case 'values':
      return `on ${where}, ${allowedText(key, demand.allowed)}${grace}`;
    case 'pattern':
      return `on ${where}, the value of the tag ${key} must match ${demand.pattern}${grace}`;
  }
};

const allowedText = (key: string, allowed: readonly string[]): string =>
  allowed.length === 0
    ? `the tag ${key} must not be used: no value is allowed`
    : `the value of the tag ${key} must be ${wordsOf(allowed.map((value) => JSON.stringify(value)))}`;

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Formats a duration of whole minutes in its largest whole unit: `1 day`, `90 minutes`. */
export const durationText = (ms: number): string => {
  const [name, length] = UNITS.find(([, unit]) => ms % unit === 0) ?? ['millisecond', 1];
  const count = ms / length;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
};
