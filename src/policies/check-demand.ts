import type { Tag } from '../events/tag.ts';
import { type Demand, wordsOf } from './clause.ts';
import { matches } from './wildcard.ts';

/** Whether a demand is met, why, and the value of the key. */
export interface HeldTag {
  readonly ok: boolean;
  readonly reason: string;
  readonly value: string | null;
}

/** Checks tags against a demand; undefined when the demand is on a tag that the resource does not have. */
export const check = (
  key: string,
  demand: Exclude<Demand, { refused: string }>,
  tags: readonly Tag[],
  value: string | null,
): HeldTag | undefined => {
  switch (demand.kind) {
    case 'required':
      return checkRequired(key, demand.anyCase, spellings(key, tags), value);
    case 'case':
      return checkCase(key, spellings(key, tags), value);
    case 'not-empty':
      if (value === null) return undefined;
      return value === ''
        ? { ok: false, reason: `the value of ${key} is empty`, value }
        : { ok: true, reason: `the value of ${key} is not empty`, value };
    case 'values':
      return checkValues(demand, demand.anyCase ? spellings(key, tags) : own(key, value));
    case 'pattern':
      if (value === null) return undefined;
      return demand.matches(value)
        ? { ok: true, reason: `${got(key, value)} matches ${demand.pattern}`, value }
        : { ok: false, reason: `${got(key, value)} does not match ${demand.pattern}`, value };
  }
};

const checkRequired = (
  key: string,
  anyCase: boolean | undefined,
  [other]: readonly Tag[],
  value: string | null,
): HeldTag => {
  if (value !== null) return { ok: true, reason: `it has the tag ${key}`, value };
  if (anyCase && other) return { ok: true, reason: `it has the tag ${other.key}`, value: other.value };
  const near = other ? ` (it has ${other.key}, which is another tag)` : '';
  return { ok: false, reason: `it does not have the tag ${key}${near}`, value };
};

const checkCase = (key: string, spelled: readonly Tag[], value: string | null): HeldTag | undefined => {
  if (spelled.length === 0) return undefined;
  const wrong = spelled.filter((tag) => tag.key !== key).map((tag) => tag.key);
  return wrong.length > 0
    ? { ok: false, reason: `it has ${wordsOf(wrong, 'and')}, and the key must be written ${key}`, value }
    : { ok: true, reason: `it has ${key} in the right case`, value };
};

const checkValues = (
  { allowed, literal }: Extract<Demand, { kind: 'values' }>,
  spelled: readonly Tag[],
): HeldTag | undefined => {
  const fits = literal ? (one: string, value: string) => one === value : matches;
  const wrong = spelled.find(({ value }) => !allowed.some((one) => fits(one, value)));
  if (wrong) {
    const rule =
      allowed.length === 0
        ? 'no value is'
        : `it must be ${wordsOf(allowed.map((one) => JSON.stringify(one)))}`;
    const reason = `${got(wrong.key, wrong.value)} is not allowed: ${rule}`;
    return { ok: false, reason, value: wrong.value };
  }
  const [first] = spelled;
  return first && { ok: true, reason: `${got(first.key, first.value)} is allowed`, value: first.value };
};

const got = (key: string, value: string): string => `the value ${JSON.stringify(value)} of ${key}`;

const own = (key: string, value: string | null): readonly Tag[] => (value === null ? [] : [{ key, value }]);

/** The tags whose key equals this one when case is ignored. */
const spellings = (key: string, tags: readonly Tag[]): readonly Tag[] => {
  const lower = key.toLowerCase();
  return tags.filter((tag) => tag.key.length === key.length && tag.key.toLowerCase() === lower);
};
