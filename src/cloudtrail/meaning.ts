import { arnOf, isResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { isIdOf, resourceTypeOf } from '../events/resource-type.ts';
import type { Tag } from '../events/tag.ts';
import type { Cause, Who } from '../events/tag-event.ts';
import { accountOf } from './account.ts';
import { findInRequest, requestBodies, responseBody } from './body/bodies.ts';
import { doubtful, type InitialTags, initialTagsOf, readTags, tagsToSet } from './body/body-tags.ts';
import { type Omission, omissionIn } from './body/omission.ts';
import { each, type FoundValue, find, memberOf } from './body/walk.ts';
import { principalOf } from './identity/principal.ts';
import { mayCreate, type Operation, operationOf, TAG_OPERATIONS } from './operations/operations.ts';
import { type CloudTrailRecord, causeIdOf } from './record.ts';

/** Why a record means nothing here. */
export type SkipCode =
  | 'failed-call'
  | 'dry-run'
  | 'not-ec2'
  | 'not-a-change' // a read, or an operation that makes and ends nothing which can bear tags
  | 'unsupported-operation' // it may make something that is not followed yet
  | 'incomplete' // it lacks a member without which no fact can be written
  | 'no-account'
  | 'no-region' // not one that an ARN can hold
  | 'no-id' // an operation that is followed, but its record holds no usable id: omitted, cut short or masked
  | 'omitted' // CloudTrail says that it left out what the call was about
  | 'no-tags'; // a tagging call whose record holds no user tag

/** By which act of whom, and when in AWS. */
interface Trigger {
  readonly cause: Cause;
  readonly at: string;
  readonly who: Who;
}

/** A resource that was made, with the user tags that it bore from its first moment. */
export interface Newborn extends InitialTags {
  readonly identity: ResourceIdentity;
}

/** What a CloudTrail record says of EC2 resources. `resources` has at least one, and none twice. */
export type Meaning =
  | (Trigger & { readonly kind: 'creation'; readonly resources: readonly Newborn[] })
  | (Trigger & { readonly kind: 'ending'; readonly resources: readonly ResourceIdentity[] })
  | (Trigger & {
      readonly kind: 'tag-change';
      readonly resources: readonly ResourceIdentity[];
      readonly set: readonly Tag[];
      /** What is gone for certain. `all`: the call named no tag, which removes every user tag. */
      readonly removed: readonly string[] | 'all';
      /**
       * What is gone from those resources that bore the key with this very value, sorted by key; a key may come with
       * several. Which did, the record does not tell: whoever knows their tags decides. Absent when there is none.
       */
      readonly removedIf?: readonly Tag[];
      /** Keys in `set` whose value may be spelled otherwise, or which were set and are not in it because their value is lost. */
      readonly uncertain?: readonly string[];
    })
  | {
      readonly kind: 'nothing';
      readonly reason: string;
      readonly code: SkipCode;
      /** Which act is `omitted`, and where it was. */
      readonly lost?: Trigger & Pick<ResourceIdentity, 'account' | 'region'>;
    };

/**
 * What a record means for EC2 resources; never throws, and never reads anything but the record. A call with
 * an `errorCode` changed nothing. An ending is the call that was accepted, not the moment the resource is gone.
 * Who knows more of who acted than the record gives another `actorOf`.
 */
export const meaningOf = (record: CloudTrailRecord, actorOf: typeof principalOf = principalOf): Meaning => {
  const { errorCode, eventName, eventSource } = record;
  if (errorCode) {
    return errorCode.endsWith('DryRunOperation')
      ? nothing('dry-run', 'a dry run changes nothing')
      : nothing('failed-call', `the call failed with ${errorCode.slice(0, 100).toWellFormed()}`);
  }
  if (eventSource !== 'ec2.amazonaws.com') return nothing('not-ec2', `${eventSource} is not EC2`);
  const read = readerOf(eventName);
  if (!read) {
    return mayCreate(eventName)
      ? nothing('unsupported-operation', `${eventName} may make something that tagledger does not follow`)
      : nothing('not-a-change', `${eventName} makes and ends nothing that tagledger follows`);
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
 * What is left of a record counts where it is whole. A creation without its request is not: which of the
 * resources are new, and which tags they bore, stood there. Nor is the removal of tags that are not named.
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
  const row = operationOf(eventName);
  if (row?.creates) return creation(row.creates);
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
    return unique.length ? { kind: 'creation', ...act, resources: unique } : noId(record);
  };

const ending =
  (ends: NonNullable<Operation['ends']>): Reader =>
  (record, { act, identity }) => {
    const body = responseBody(record);
    // DeleteVpcEndpoints and DeleteFlowLogs succeed as calls although some of their ids stay.
    const stays = new Set(find(body, 'unsuccessful.resourceId').map(({ value }) => value));
    const resources = ends.flatMap(({ type, in: where, path, where: only }) =>
      usable(where === 'request' ? findInRequest(record, path) : find(body, path), type)
        .filter(
          ({ value, holder }) => !stays.has(value) && (!only || memberOf(holder, only.member) === only.is),
        )
        .map(({ value }) => identity(type, value)),
    );
    const unique = [...new Map(resources.map((r) => [keyOf(r), r])).values()];
    return unique.length ? { kind: 'ending', ...act, resources: unique } : noId(record);
  };

/**
 * CreateTags and DeleteTags. DeleteTags without tags removes all user tags; a key without a value goes whatever its
 * value is, and a key with one, also the empty one, only from resources that bear it with this very value. A
 * value that cannot be read says nothing of what is gone.
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

/** Each tag once, by key and then by value. */
const inOrder = (tags: readonly Tag[]): readonly Tag[] =>
  [...new Map(tags.map((tag) => [JSON.stringify([tag.key, tag.value]), tag]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, tag]) => tag);

const keyOf = ({ type, id }: ResourceIdentity): string => `${type}/${id}`;

/** Ids that can be of this type, each once: masked ones (`HIDDEN`, `i-***`) fall out. */
const usable = (found: readonly FoundValue[], type: string): readonly FoundValue[] => [
  ...new Map(found.filter(({ value }) => isIdOf(value, type)).map((one) => [one.value, one])).values(),
];

const nothing = (code: SkipCode, reason: string): Extract<Meaning, { kind: 'nothing' }> => ({
  kind: 'nothing',
  reason,
  code,
});

const noId = ({ eventName }: CloudTrailRecord): Meaning =>
  nothing('no-id', `the record of ${eventName} holds no usable resource id`);

const noTags = ({ eventName }: CloudTrailRecord): Meaning =>
  nothing('no-tags', `the record of ${eventName} holds no user tag`);
