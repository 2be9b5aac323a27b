import pMap from 'p-map';
import { confidenceOf } from '../cloudtrail/identity/confidence.ts';
import { makerThrough, mayActForAnother, PARENT_TYPES, parentsOf } from '../cloudtrail/identity/parents.ts';
import { principalOf } from '../cloudtrail/identity/principal.ts';
import type { Pseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import { meaningOf } from '../cloudtrail/meaning.ts';
import { operationOf } from '../cloudtrail/operations/operations.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { arnOf, parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import { groupBy } from '../shared/collections.ts';
import { rememberGroups } from './group-attribution.ts';
import { actorIn, type InterpretationContext } from './interpret.ts';
import { rememberSessions } from './session-attribution.ts';

/** Sources that tell more about an actor than a single record does. */
export interface Acquaintance {
  /**
   * Remembers the person behind each role session, and the creator of each Auto Scaling group. Without it, sessions
   * keep their own names, and a group counts only if its creation is among the same records.
   */
  readonly coordination?: CoordinationStore | undefined;
  /** Pseudonymizes a person before it is stored. Without it, names are stored as they are. */
  readonly pseudonymize?: Pseudonymizer | undefined;
  /** Resolves to the creator of a resource, or undefined when it is unknown. */
  readonly makerOf: (arn: ResourceArn) => Promise<Who | undefined>;
}

const READS_AT_ONCE = 16;

/**
 * Attributes records that name only a role session or a service. A session is attributed to the person who
 * assumed the role (see `rememberSessions`). A resource that a service created is attributed to the creator
 * of the Auto Scaling group that it was created for (see `rememberGroups`), or of the parent resource, which these
 * records or earlier ones show. Each parent is looked up at most once.
 * Rejects when the coordination store or `makerOf` rejects.
 */
export const attribute = async (
  { coordination, pseudonymize, makerOf }: Acquaintance,
  records: readonly CloudTrailRecord[],
  now: Date,
): Promise<Pick<InterpretationContext, 'behind' | 'isRemembered'>> => {
  const sessions = coordination && (await rememberSessions(coordination, records, now, pseudonymize));
  const actorOf = actorIn({ ...(sessions && { behind: sessions.personOf }) });
  const isForAnother = (record: CloudTrailRecord): boolean =>
    operationOf(record.eventName)?.creates !== undefined && mayActForAnother(principalOf(record));
  const groups = await rememberGroups(coordination, records, actorOf, pseudonymize);
  const parents = (record: CloudTrailRecord): readonly ResourceArn[] =>
    isForAnother(record) ? parentsOf(record) : [];

  const wanted = new Set(records.flatMap(parents));
  const makers = wanted.size > 0 ? makersIn(records, actorOf) : new Map<ResourceArn, Who>();
  await pMap(
    [...wanted].filter((arn) => !makers.has(arn)),
    async (arn) => {
      const maker = await makerOf(arn);
      if (maker && confidenceOf(maker) === 'person') makers.set(arn, maker);
    },
    { concurrency: READS_AT_ONCE },
  );

  return {
    behind: (record) => {
      const person = sessions?.personOf(record);
      if (person || !isForAnother(record)) return person;
      const maker = groups.creatorFor(record) ?? nearest(parents(record), makers);
      return maker && makerThrough(maker, principalOf(record));
    },
    isRemembered: (record) => sessions?.isRemembered(record) || groups.isRemembered(record),
  };
};

/**
 * The creator of the nearest parents of which one is known. A record has one actor, so where it names several
 * parents of one type with different creators, there is none.
 */
const nearest = (parents: readonly ResourceArn[], makers: ReadonlyMap<ResourceArn, Who>): Who | undefined => {
  for (const same of groupBy(parents, (arn) => parseArn(arn).type).values()) {
    const [first, ...others] = same.map((arn) => makers.get(arn));
    if (first && others.every((one) => one?.name === first.name && one.arn === first.arn)) return first;
    if (first || others.some(Boolean)) return undefined;
  }
  return undefined;
};

/** The persons who, in these records, created resources for which a service may create others. */
export const makersIn = (
  records: readonly CloudTrailRecord[],
  actorOf: (record: CloudTrailRecord) => Who,
): Map<ResourceArn, Who> => {
  const makers = new Map<ResourceArn, Who>();
  for (const record of records) {
    if (!operationOf(record.eventName)?.creates?.some(({ type }) => PARENT_TYPES.has(type))) continue;
    const meaning = meaningOf(record, actorOf);
    if (meaning.kind !== 'creation' || confidenceOf(meaning.who) !== 'person') continue;
    for (const { identity } of meaning.resources) {
      if (PARENT_TYPES.has(identity.type)) makers.set(arnOf(identity), meaning.who);
    }
  }
  return makers;
};
