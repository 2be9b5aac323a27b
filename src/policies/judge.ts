import { isWhole } from '../events/resource.ts';
import { parseArn, type ResourceIdentity } from '../events/resource-arn.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import { check, type HeldTag } from './check-demand.ts';
import { type Clause, type Demand, durationText, type Exemption, type Scope } from './clause.ts';
import type { ComplianceFinding, Policy, Rule } from './policy.ts';

/** A rule with the clause behind it. */
export interface Bound {
  readonly rule: Rule;
  readonly clause: Clause;
}

/**
 * Judges a resource at an instant by each rule that concerns it. When its creation was never seen and no
 * baseline showed it, its tags before the first event are not known, so each finding is `unknown`. The rules of each
 * type are looked up once, because whole fleets are judged.
 */
export const judgeBy = (bound: readonly Bound[], exemptions: readonly Exemption[]): Policy['judge'] => {
  const ofType = boundByType(bound);
  return (resource, at) => {
    const identity = parseArn(resource.arn);
    // The type behind a gap is not known, so the rules of every type apply.
    const concerned = resource.gap === undefined ? ofType(identity.type) : bound;
    const findings: ComplianceFinding[] = [];
    for (const one of concerned) {
      const finding = judgeOne(one, exemptions, resource, identity, at);
      if (finding) findings.push(finding);
    }
    return findings;
  };
};

/** Judges a resource by one rule; undefined when the rule does not apply. */
const judgeOne = (
  { rule, clause }: Bound,
  exemptions: readonly Exemption[],
  resource: ResourceAt,
  identity: ResourceIdentity,
  at: string,
): ComplianceFinding | undefined => {
  if (!isWithin(clause.scope, identity)) return undefined;
  const looked = look(clause, resource);
  if (!looked) return undefined;
  const { status, reason, value } = looked;
  if (status !== 'violating') return { rule, status, reason, value };
  const excuse = excuseOf(clause, exemptions, resource, identity, at);
  if (excuse) return { rule, status: 'exempt', reason: `${reason}; ${excuse}`, value };
  const doubt = doubtOf(clause, resource, at);
  return doubt
    ? { rule, status: 'unknown', reason: `${reason}; ${doubt}`, value }
    : { rule, status, reason, value };
};

/** Returns the rules for a resource type, found on first use and then cached. */
const boundByType = (bound: readonly Bound[]): ((type: string) => readonly Bound[]) => {
  const byType = new Map<string, readonly Bound[]>();
  return (type) => {
    const known = byType.get(type);
    if (known) return known;
    const sought = bound.filter(({ clause }) => clause.scope.types?.includes(type) ?? true);
    byType.set(type, sought);
    return sought;
  };
};

/** Whether a resource is in the accounts and Regions of a scope. */
const isWithin = ({ accounts, regions }: Scope, { account, region }: ResourceIdentity): boolean =>
  (accounts?.includes(account) ?? true) && (regions?.includes(region) ?? true);

type Looked = Omit<ComplianceFinding, 'rule'>;

const look = (clause: Clause, resource: ResourceAt): Looked | undefined => {
  const { key, demand } = clause;
  const { tags, gap, unseen } = resource;
  const value = tags.find((tag) => tag.key === key)?.value ?? null;
  if (gap !== undefined) return { status: 'unknown', reason: `its resources are not known: ${gap}`, value };
  if (!isWhole(resource)) {
    return {
      status: 'unknown',
      reason: 'its creation was not recorded, so the tags that it had before its first event are not known',
      value,
    };
  }
  if ('refused' in demand) {
    const reason = `the pattern that the recorded policy has for the value of ${key} ${demand.refused}; then record the policy anew with \`tagledger policy record FILE\``;
    return value === null ? undefined : { status: 'unknown', reason, value };
  }
  const held = check(key, demand, tags, value);
  if (unseen && !isSettled(key, demand, held, { value, lacks: unseen.lacks })) {
    return { status: 'unknown', reason: UNSEEN_TAGS, value };
  }
  return held && { status: held.ok ? 'compliant' : 'violating', reason: held.reason, value: held.value };
};

const UNSEEN_TAGS = 'tags were copied to it when it was created, and nothing has shown them yet';

/**
 * Whether the known tags decide a demand on a resource that may have others. The value of the one key decides most
 * demands. One that concerns every spelling of the key is decided only by a tag that is known: a right one where one must
 * be there, a wrong one otherwise.
 */
const isSettled = (
  key: string,
  demand: Exclude<Demand, { refused: string }>,
  held: HeldTag | undefined,
  { value, lacks }: { readonly value: string | null; readonly lacks: readonly string[] },
): boolean => {
  const isOfAllSpellings = demand.kind === 'case' || ('anyCase' in demand && demand.anyCase === true);
  if (!isOfAllSpellings) return value !== null || lacks.includes(key);
  return held?.ok === (demand.kind === 'required');
};

/** Why a violation is excused, as the end of a sentence; undefined when it is not. */
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
      (scope.types?.includes(identity.type) ?? true) &&
      isWithin(scope, identity) &&
      (keys?.includes(key) ?? true) &&
      (resources?.some((one) => one === arn || one === identity.id) ?? true),
  );
  if (exemption) {
    const { owner, reason, until } = exemption;
    return `exempt until ${until}, by ${owner}: ${reason}`;
  }
  if (!born || graceMs === 0) return undefined;
  const end = Date.parse(born.at) + graceMs;
  if (Date.parse(at) >= end) return undefined;
  return `within ${durationText(graceMs)} after its creation, until ${new Date(end).toISOString()}`;
};

/**
 * Why a violation may be excused although the creation of the resource is not known, as the end of a sentence; undefined
 * when it is not. It was created before a baseline showed it.
 */
const doubtOf = ({ graceMs = 0 }: Clause, { born, found }: ResourceAt, at: string): string | undefined =>
  !born && found !== undefined && Date.parse(at) < Date.parse(found) + graceMs
    ? `its creation was not recorded, so the ${durationText(graceMs)} after it may not be over`
    : undefined;
