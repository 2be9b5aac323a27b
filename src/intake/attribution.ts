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

/** Where more is known of who acted than one record tells. */
export interface Acquaintance {
  /** Remembers the persons behind role sessions; absent when sessions keep the names that they have. */
  readonly coordination?: CoordinationStore | undefined;
  /** What persons are remembered as; absent when that is as they are known. */
  readonly pseudonymize?: Pseudonymizer | undefined;
  /** Who made a resource, as far as is known. */
  readonly makerOf: (arn: ResourceArn) => Promise<Who | undefined>;
}

const READS_AT_ONCE = 16;

/**
 * Who acted in these records, where more is known than each of them tells: the person who assumed the role of a session
 * (see `rememberSessions`), and the person who made the resource for whose sake a service made others, in these
 * records or before. Each such resource is asked for once. Rejects when memos or makers do.
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

/** The persons who, in these records, made resources for whose sake a service may make others. */
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
