import { arnOf, isResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { isIdOf, resourceTypeOf } from '../events/resource-type.ts';
import type { Tag } from '../events/tag.ts';
import type { Cause, DependencyObserved, Who } from '../events/tag-event.ts';
import { accountOf } from './account.ts';
import { findInRequest, requestBodies, responseBody } from './body/bodies.ts';
import { doubtful, type InitialTags, initialTagsOf, readTags, tagsToSet } from './body/body-tags.ts';
import { type Omission, omissionIn } from './body/omission.ts';
import { each, type FoundValue, find, type JsonBody, memberOf, objectsAt } from './body/walk.ts';
import {
  DEPENDENCY_OPERATIONS,
  type Dependencies,
  dependencyChangesIn,
  withDependencies,
} from './dependencies.ts';
import { EVICTION, evictedInstances, exposedInstances, WHY_UNCERTAIN } from './exceptional-ends.ts';
import { principalOf } from './identity/principal.ts';
import {
  isServiceOf,
  mayCreate,
  type Operation,
  operationOf,
  TAG_OPERATIONS,
} from './operations/operations.ts';
import { type CloudTrailRecord, causeIdOf } from './record.ts';

/** Why a record is skipped. */
export type SkipCode =
  | 'failed-call'
  | 'dry-run'
  | 'not-ec2'
  | 'not-a-change' // a read, or an operation that creates and ends nothing that can have tags
  | 'unsupported-operation' // it may create something that is not followed yet
  | 'incomplete' // a member is missing without which no event can be written
  | 'no-account'
  | 'no-region' // the Region cannot be part of an ARN
  | 'no-id' // the operation is followed, but the record has no usable id: omitted, truncated or masked
  | 'omitted' // CloudTrail says that it omitted what the call was about
  | 'no-tags'; // a tagging call whose record holds no user tag

/** The cause of what a record says, when it happened in AWS, and who acted. */
export interface Trigger {
  readonly cause: Cause;
  readonly at: string;
  readonly who: Who;
}

/** A new resource, with the user tags that it had when it was created. */
interface Newborn extends InitialTags, Dependencies {
  readonly identity: ResourceIdentity;
}

/** A resource that existed before, and what a record says of it: with what it ends, or what may end with it. */
type Dependent = ResourceIdentity & Pick<DependencyObserved, 'endsWith' | 'children' | 'unsure'>;

/** What EventBridge's notification of an instance's state says (see `stateChangeOf`). */
export type StateChange =
  | (Omit<Trigger, 'who'> & { readonly kind: 'notice'; readonly resources: readonly ResourceIdentity[] })
  | Extract<Meaning, { readonly kind: 'nothing' }>;

/** What a CloudTrail record says about EC2 resources. `resources` is never empty and has no duplicates. */
export type Meaning =
  | (Trigger & {
      readonly kind: 'creation';
      readonly resources: readonly Newborn[];
      /** What it says of resources that existed before. Absent if it says nothing. */
      readonly dependents?: readonly Dependent[];
    })
  | (Trigger & { readonly kind: 'dependency'; readonly resources: readonly Dependent[] })
  | (Trigger & {
      readonly kind: 'ending';
      readonly resources: readonly ResourceIdentity[];
      /** The ids of resources that had ended before, or were about to end. Absent if there are none. */
      readonly repeated?: readonly string[];
      /** Why it is not certain that they ended. */
      readonly uncertain?: string;
    })
  /** They came back from the Recycle Bin. */
  | (Trigger & { readonly kind: 'restoration'; readonly resources: readonly ResourceIdentity[] })
  | (Trigger & {
      readonly kind: 'tag-change';
      readonly resources: readonly ResourceIdentity[];
      readonly set: readonly Tag[];
      /** Keys that were certainly removed. `all`: the call named no tag, which removes every user tag. */
      readonly removed: readonly string[] | 'all';
      /**
       * Tags that were removed only from resources where the key had exactly this value, sorted by key; a key
       * may occur with several values. The record does not say which resources had it: that depends on the
       * tags they had. Absent if there are none.
       */
      readonly removedIf?: readonly Tag[];
      /** EventBridge's count of the changes of the resource's tags. */
      readonly version?: number;
      /**
       * Keys whose value is in doubt: `set` may spell it differently, or lacks the key because the value is
       * lost.
       */
      readonly uncertain?: readonly string[];
    })
  | {
      readonly kind: 'nothing';
      readonly reason: string;
      readonly code: SkipCode;
      /** For the code `omitted`: the trigger of the call, with its account and Region. */
      readonly lost?: Trigger & Pick<ResourceIdentity, 'account' | 'region'>;
    };

/**
 * What a record means for EC2 resources. Reads nothing but the record, and never throws. A call with an
 * `errorCode` changed nothing, but for a TerminateInstances that may have ended a part. An ending is the accepted call, not the moment at which the resource
 * disappears. Pass another `actorOf` to name an actor whom the record alone does not show.
 */
export const meaningOf = (record: CloudTrailRecord, actorOf: typeof principalOf = principalOf): Meaning => {
  const { errorCode, eventName, eventSource } = record;
  const exposed = exposedInstances(record);
  if (errorCode && exposed.length === 0) {
    return errorCode.endsWith('DryRunOperation')
      ? nothing('dry-run', 'a dry run changes nothing')
      : nothing('failed-call', `the call failed with ${errorCode.slice(0, 100).toWellFormed()}`);
  }
  if (!isServiceOf(eventSource, eventName)) return nothing('not-ec2', `${eventSource} is not EC2`);
  const read = exposed.length > 0 ? perhapsEnding(exposed) : readerOf(eventName);
  if (!read) {
    return mayCreate(eventName)
      ? nothing('unsupported-operation', `${eventName} may make something that tagledger does not follow`)
      : notAChange(eventName);
  }
  const { eventTime, awsRegion: region } = record;
  const causeId = causeIdOf(record);
  if (!causeId || !eventTime || !region) {
    const missing = (['eventID', 'eventTime', 'awsRegion'] as const).filter((name) => !record[name]);
    return nothing('incomplete', `the record has no ${missing.join(', no ')}`);
  }
  const account = accountOf(record);
  if (!account) return nothing('no-account', 'the record names no account of 12 digits');
  if (!isResourceArn(arnOf({ region, account, type: 'instance', id: 'i-0' }))) {
    return nothing('no-region', `${region} is no Region`);
  }
  const context: Context = {
    act: {
      cause: { source: 'cloudtrail', id: causeId, name: eventName },
      at: eventTime,
      who: actorOf(record),
    },
    identity: (type, id) => ({ region, account, type, id }),
  };
  const omission = omissionIn(record);
  if (!omission) return read(record, context);
  const rest = read(omission.rest, context);
  return isWhole(omission, rest)
    ? rest
    : { ...nothing('omitted', omission.reason), lost: { ...context.act, account, region } };
};

/**
 * Whether the part of a record that CloudTrail did not omit can be used. A creation without its request
 * cannot, because the request says which resources are new and which tags they had. Neither can a removal of
 * all tags, because the names of the tags may have been omitted.
 */
const isWhole = ({ isRequestCut }: Omission, found: Meaning): boolean =>
  found.kind !== 'nothing' &&
  !(found.kind === 'creation' && isRequestCut) &&
  !(found.kind === 'tag-change' && found.removed === 'all');

interface Context {
  readonly act: Trigger;
  readonly identity: (type: string, id: string) => ResourceIdentity;
}
type Reader = (record: CloudTrailRecord, context: Context) => Meaning;

const readerOf = (eventName: string): Reader | undefined => {
  if (TAG_OPERATIONS.has(eventName)) return tagChange;
  if (DEPENDENCY_OPERATIONS.has(eventName)) return dependencyChange;
  if (eventName === EVICTION) return eviction;
  const row = operationOf(eventName);
  if (row?.creates) return creation(row.creates);
  if (row?.restores) return restoration(row.restores);
  return row?.ends && ending(row.ends);
};

const creation =
  (creates: NonNullable<Operation['creates']>): Reader =>
  (record, { act, identity }) => {
    const body = responseBody(record);
    const resources = creates.flatMap(({ type, path, existing, onlyIf, heldByAnother }) => {
      if (onlyIf && !findInRequest(record, onlyIf.path).some(({ value }) => value === onlyIf.is)) return [];
      const known = new Set(existing ? findInRequest(record, existing).map(({ value }) => value) : []);
      return usable(find(body, path), type)
        .filter(({ value }) => !known.has(value))
        .map(({ value, holder }) => ({
          identity: identity(type, value),
          ...initialTagsOf(record, type, heldByAnother ? undefined : holder),
        }));
    });
    const unique = [...new Map(resources.map((r) => [keyOf(r.identity), r])).values()];
    if (!unique.length) return noId(record);
    return { kind: 'creation', ...act, ...withDependencies(record, unique, identity) };
  };

const dependencyChange: Reader = (record, { act, identity }) => {
  const resources = dependencyChangesIn(record).map(({ type, id, ...rest }) => ({
    ...identity(type, id),
    ...rest,
  }));
  return resources.length > 0 ? { kind: 'dependency', ...act, resources } : notAChange(record.eventName);
};

const ending =
  (ends: NonNullable<Operation['ends']>): Reader =>
  (record, { act, identity }) => {
    const body = responseBody(record);
    // DeleteVpcEndpoints and DeleteFlowLogs may succeed as calls without deleting all of their ids.
    const stays = new Set(find(body, 'unsuccessful.resourceId').map(({ value }) => value));
    const resources = ends.flatMap(({ type, in: where, path, where: only }) =>
      usable(where === 'request' ? findInRequest(record, path) : find(body, path), type)
        .filter(
          ({ value, holder }) => !stays.has(value) && (!only || memberOf(holder, only.member) === only.is),
        )
        .map(({ value }) => identity(type, value)),
    );
    const unique = [...new Map(resources.map((r) => [keyOf(r), r])).values()];
    if (!unique.length) return noId(record);
    const ended = find(body, 'instancesSet.instanceId').filter(({ holder }) => hadEnded(holder));
    const repeated = ended.map(({ value }) => value);
    return { kind: 'ending', ...act, resources: unique, ...(repeated.length > 0 && { repeated }) };
  };

/** EC2 took back Spot instances. */
const eviction: Reader = (record, { act, identity }) => {
  const ids = evictedInstances(record);
  if (ids.length === 0) return noId(record);
  return { kind: 'ending', ...act, resources: ids.map((id) => identity('instance', id)) };
};

const perhapsEnding =
  (ids: readonly string[]): Reader =>
  (_, { act, identity }) => ({
    kind: 'ending',
    ...act,
    resources: ids.map((id) => identity('instance', id)),
    uncertain: WHY_UNCERTAIN,
  });

/**
 * Whether an instance was shutting down or terminated before TerminateInstances, which succeeds again.
 * Source: EC2 API reference, TerminateInstances and InstanceState.
 */
const hadEnded = (instance: JsonBody): boolean =>
  objectsAt(instance, ['previousState']).some((state) => ENDED_STATES.has(Number(memberOf(state, 'code'))));

/** The codes of `shutting-down` and `terminated`. */
const ENDED_STATES: ReadonlySet<number> = new Set([32, 48]);

const restoration =
  (restores: NonNullable<Operation['restores']>): Reader =>
  (record, { act, identity }) => {
    const resources = restores.flatMap(({ type, path }) =>
      usable(findInRequest(record, path), type).map(({ value }) => identity(type, value)),
    );
    return resources.length ? { kind: 'restoration', ...act, resources } : noId(record);
  };

/**
 * CreateTags and DeleteTags. DeleteTags without tags removes all user tags. A key without a value is removed
 * whatever its value is; a key with a value, even an empty one, is removed only from resources where it has
 * exactly this value. Tags of DeleteTags that are in doubt are skipped, because they do not show what was
 * removed.
 * Source: EC2 API reference, DeleteTags.
 */
const tagChange: Reader = (record, { act, identity }) => {
  const ids = new Set(findInRequest(record, 'resourcesSet.resourceId').map(({ value }) => value));
  const resources = [...ids].flatMap((id) => {
    const type = resourceTypeOf(id);
    return type ? [identity(type, id)] : [];
  });
  if (!resources.length) return noId(record);
  const change = { kind: 'tag-change', ...act, resources } as const;
  const lists = requestBodies(record).map((body) => memberOf(body, 'tagSet'));
  const tags = lists.flatMap(readTags);
  if (record.eventName === 'DeleteTags') {
    if (lists.every((list) => each(list).length === 0)) return { ...change, set: [], removed: 'all' };
    const certain = tags.filter(({ doubt }) => !doubt);
    const removed = new Set(certain.flatMap(({ key, value }) => (value === undefined ? [key] : [])));
    const removedIf = certain.flatMap(({ key, value }) =>
      value === undefined || removed.has(key) ? [] : [{ key, value }],
    );
    if (!removed.size && !removedIf.length) return noTags(record);
    return {
      ...change,
      set: [],
      removed: [...removed].sort(),
      ...(removedIf.length > 0 && { removedIf: inOrder(removedIf) }),
    };
  }
  if (!tags.length) return noTags(record);
  const uncertain = doubtful(tags);
  return { ...change, set: tagsToSet(tags), removed: [], ...(uncertain.length > 0 && { uncertain }) };
};

/** Removes duplicate tags, and sorts by key and then by value. */
const inOrder = (tags: readonly Tag[]): readonly Tag[] =>
  [...new Map(tags.map((tag) => [JSON.stringify([tag.key, tag.value]), tag]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, tag]) => tag);

const keyOf = ({ type, id }: Pick<ResourceIdentity, 'type' | 'id'>): string => `${type}/${id}`;

/** Removes duplicates, and ids that cannot be of this type, such as masked ones (`HIDDEN`, `i-***`). */
const usable = (found: readonly FoundValue[], type: string): readonly FoundValue[] => [
  ...new Map(found.filter(({ value }) => isIdOf(value, type)).map((one) => [one.value, one])).values(),
];

/** That nothing is recorded, and why. */
export const nothing = (code: SkipCode, reason: string): Extract<Meaning, { kind: 'nothing' }> => ({
  kind: 'nothing',
  reason,
  code,
});

const notAChange = (eventName: string): Meaning =>
  nothing('not-a-change', `${eventName} makes and ends nothing that tagledger follows`);

const noId = ({ eventName }: CloudTrailRecord): Meaning =>
  nothing('no-id', `the record of ${eventName} holds no usable resource id`);

const noTags = ({ eventName }: CloudTrailRecord): Meaning =>
  nothing('no-tags', `the record of ${eventName} holds no user tag`);
