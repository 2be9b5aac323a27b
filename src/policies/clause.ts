import type { ReadPattern } from './pattern/pattern.ts';
import type { RuleSource } from './policy.ts';

/** The resources that something in a policy is for; a list that is absent leaves none out. */
export interface Scope {
  /** The ledger's resource types, such as `instance`. */
  readonly types?: readonly string[];
  /** What a long list of types is called. */
  readonly typesSay?: string;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
}

/**
 * What is asked of a tag.
 * - `required`: the resource bears the key (`anyCase`: in upper or lower case, as it may be);
 * - `case`: the key, where it is borne, is written in this very case;
 * - `not-empty`, `values`, `pattern`: the value, where the key is borne, is not empty, is one of these (`*` stands for
 *   any text, once in a value, or for itself where they are `literal`), matches the regular expression as a whole. With
 *   `refused` in place of `matches` the expression stands in a recorded policy and is refused today: nothing is known.
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

/** A rule as one of the forms gives it: one demand on one key. */
export interface Clause {
  readonly key: string;
  readonly demand: Demand;
  readonly scope: Scope;
  /** How long after its birth a resource may still violate it. */
  readonly graceMs?: number;
  readonly source: RuleSource;
}

/** That some resources may violate the rules for some keys for a while. */
export interface Exemption {
  readonly scope: Scope;
  /** Ids or ARNs; absent for all in the scope. */
  readonly resources?: readonly string[];
  /** The tag keys whose rules it is for; absent for all. */
  readonly keys?: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** The first instant and the last, ISO 8601, UTC, milliseconds; without `from` it has always been so. */
  readonly from?: string;
  readonly until: string;
  readonly source: RuleSource;
}

/** A thing's words in a row: `a`, `a or b`, `a, b or c`. */
export const wordsOf = (things: readonly string[], last = 'or'): string =>
  things.length < 2 ? things.join('') : `${things.slice(0, -1).join(', ')} ${last} ${things.at(-1)}`;

/** `instance and volume in account 111122223333`; `resource` where every type is meant. */
export const scopeText = ({ types, typesSay, accounts, regions }: Scope): string =>
  [
    typesSay ?? (types ? wordsOf(types, 'and') : 'resource'),
    ...(accounts ? [`in account ${wordsOf(accounts)}`] : []),
    ...(regions ? [`in Region ${wordsOf(regions)}`] : []),
  ].join(' ');

/** What a clause asks, as a sentence. */
export const clauseText = ({ key, demand, scope, graceMs }: Clause): string => {
  const where = `every ${scopeText(scope)}`;
  const grace = graceMs ? `, ${durationText(graceMs)} after its birth at the latest` : '';
  switch (demand.kind) {
    case 'required':
      return `${where} must bear the tag ${key}${demand.anyCase ? ', in whatever case it is written' : ''}${grace}`;
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

/** A duration of whole minutes in its largest whole unit: `1 day`, `90 minutes`. */
export const durationText = (ms: number): string => {
  const [name, length] = UNITS.find(([, unit]) => ms % unit === 0) ?? ['millisecond', 1];
  const count = ms / length;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
};
