import { parseArn, type ResourceIdentity } from '../events/resource-arn.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import { check } from './check-demand.ts';
import { type Clause, durationText, type Exemption, type Scope } from './clause.ts';
import type { Finding, Rule } from './policy.ts';

/** A rule and the clause that it stands for. */
export interface Bound {
  readonly rule: Rule;
  readonly clause: Clause;
}

/**
 * What the rules that concern a resource say of it. Where the birth was never seen, what it bore before its first event
 * is not known, so nothing is said to hold or to be violated.
 */
export const judge = (
  bound: readonly Bound[],
  exemptions: readonly Exemption[],
  resource: ResourceAt,
  at: string,
): readonly Finding[] => {
  const identity = parseArn(resource.arn);
  return bound.flatMap(({ rule, clause }) => {
    if (!covers(clause.scope, identity, resource.gap !== undefined)) return [];
    const finding = look(clause, resource);
    if (!finding) return [];
    const { status, reason, value } = finding;
    const excuse = status === 'violating' ? excuseOf(clause, exemptions, resource, identity, at) : undefined;
    return [
      excuse
        ? { rule, status: 'exempt' as const, reason: `${reason}; ${excuse}`, value }
        : { rule, status, reason, value },
    ];
  });
};

/** Whether a scope holds a resource; the type of what is behind a gap is not known, so it may be any. */
const covers = (
  { types, accounts, regions }: Scope,
  { type, account, region }: ResourceIdentity,
  anyType = false,
): boolean =>
  (anyType || (types?.includes(type) ?? true)) &&
  (accounts?.includes(account) ?? true) &&
  (regions?.includes(region) ?? true);

type Looked = Omit<Finding, 'rule'>;

const look = (clause: Clause, { tags, gap, born }: ResourceAt): Looked | undefined => {
  const { key, demand } = clause;
  const value = tags.find((tag) => tag.key === key)?.value ?? null;
  if (gap !== undefined) return { status: 'unknown', reason: `its resources are not known: ${gap}`, value };
  if (!born) {
    return {
      status: 'unknown',
      reason: 'its birth was never seen, so what it bore before its first event is not known',
      value,
    };
  }
  const held = check(key, demand, tags, value);
  return held && { status: held.ok ? 'compliant' : 'violating', reason: held.reason, value: held.value };
};

/** Why a violation may be, as the end of a sentence. */
const excuseOf = (
  { key, graceMs = 0 }: Clause,
  exemptions: readonly Exemption[],
  { arn, born }: ResourceAt,
  identity: ResourceIdentity,
  at: string,
): string | undefined => {
  const exemption = exemptions.find(
    ({ scope, resources, keys, from = '', until }) =>
      from <= at &&
      at <= until &&
      covers(scope, identity) &&
      (keys?.includes(key) ?? true) &&
      (resources?.some((one) => one === arn || one === identity.id) ?? true),
  );
  if (exemption) {
    const { owner, reason, until } = exemption;
    return `exempt until ${until}, by ${owner}: ${reason}`;
  }
  if (!born || graceMs === 0) return undefined;
  const end = new Date(Date.parse(born.at) + graceMs).toISOString();
  return at < end ? `within ${durationText(graceMs)} after its birth, until ${end}` : undefined;
};
