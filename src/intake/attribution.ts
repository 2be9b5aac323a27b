import pMap from 'p-map';
import { confidenceOf } from '../cloudtrail/identity/confidence.ts';
import { makerThrough, PARENT_TYPES, parentsOf } from '../cloudtrail/identity/parents.ts';
import { principalOf } from '../cloudtrail/identity/principal.ts';
import type { Pseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import { meaningOf } from '../cloudtrail/meaning.ts';
import { operationOf } from '../cloudtrail/operations/operations.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { arnOf, type ResourceArn } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import { actorIn, type InterpretationContext } from './interpret.ts';
import { rememberSessions } from './session-attribution.ts';

/** Sources that tell more about an actor than a single record does. */
export interface Acquaintance {
  /** Remembers the person behind each role session. Without it, sessions keep their own names. */
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
 * of the parent resource, which these records or earlier ones show. Each parent is looked up at most once.
 * Rejects when the coordination store or `makerOf` rejects.
 */
export const attribute = async (
  { coordination, pseudonymize, makerOf }: Acquaintance,
  records: readonly CloudTrailRecord[],
  now: Date,
): Promise<Pick<InterpretationContext, 'behind' | 'isRemembered'>> => {
  const sessions = coordination && (await rememberSessions(coordination, records, now, pseudonymize));
  const actorOf = actorIn({ ...(sessions && { behind: sessions.personOf }) });
  const parents = (record: CloudTrailRecord): readonly ResourceArn[] =>
    operationOf(record.eventName)?.creates && confidenceOf(principalOf(record)) === 'service'
      ? parentsOf(record)
      : [];

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
      if (person || wanted.size === 0) return person;
      const maker = parents(record)
        .map((arn) => makers.get(arn))
        .find(Boolean);
      return maker && makerThrough(maker, principalOf(record));
    },
    ...(sessions && { isRemembered: sessions.isRemembered }),
  };
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
