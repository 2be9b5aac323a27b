import { arnOf, isResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { isIdOf, resourceTypeOf } from '../events/resource-type.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import type { Cause, Who } from '../events/tag-event.ts';
import { accountOf } from './account.ts';
import { findInRequest, requestBodies, responseBody } from './bodies.ts';
import { birthTagsOf, readTags, withValue } from './body-tags.ts';
import { mayCreate, type Operation, operationOf } from './operations.ts';
import { type CloudTrailRecord, causeIdOf } from './record.ts';
import { type Omission, omissionIn } from './record-omission.ts';
import { each, type Found, find, memberOf } from './walk.ts';
import { whoOf } from './who.ts';

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
interface Act {
  readonly cause: Cause;
  readonly at: string;
  readonly who: Who;
}

/** A resource that was made, with the user tags that it bore from its first moment, sorted by key. */
export interface Newborn {
  readonly identity: ResourceIdentity;
  readonly birthTags: readonly Tag[];
}

/** What a CloudTrail record says of EC2 resources. `resources` has at least one, and none twice. */
export type Meaning =
  | (Act & { readonly kind: 'creation'; readonly resources: readonly Newborn[] })
  | (Act & { readonly kind: 'ending'; readonly resources: readonly ResourceIdentity[] })
  | (Act & {
      readonly kind: 'tag-change';
      readonly resources: readonly ResourceIdentity[];
      readonly set: readonly Tag[];
      /** `all`: the call named no tag, which removes every user tag. */
      readonly removed: readonly string[] | 'all';
    })
  | { readonly kind: 'nothing'; readonly reason: string; readonly code: SkipCode };

/**
 * What a record means for EC2 resources; never throws, and never reads anything but the record. A call with
 * an `errorCode` changed nothing. An ending is the call that was accepted, not the moment the resource is gone.
 */
export const meaningOf = (record: CloudTrailRecord): Meaning => {
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
      who: whoOf(record),
    },
    identity: (type, id) => ({ region, account, type, id }),
  };
  const omission = omissionIn(record);
  return omission ? afterOmission(omission, read(omission.rest, context)) : read(record, context);
};

/**
 * What is left of a record counts where it is whole. A creation without its request is not: which of the
 * resources are new, and which tags they bore, stood there. Nor is the removal of tags that are not named.
 */
const afterOmission = ({ isRequestCut, reason }: Omission, found: Meaning): Meaning =>
  found.kind === 'nothing' ||
  (found.kind === 'creation' && isRequestCut) ||
  (found.kind === 'tag-change' && found.removed === 'all')
    ? nothing('omitted', reason)
    : found;

interface Context {
  readonly act: Act;
  readonly identity: (type: string, id: string) => ResourceIdentity;
}
type Reader = (record: CloudTrailRecord, context: Context) => Meaning;

const readerOf = (eventName: string): Reader | undefined => {
  if (eventName === 'CreateTags' || eventName === 'DeleteTags') return tagChange;
  const row = operationOf(eventName);
  if (row?.creates) return creation(row.creates);
  return row?.ends && ending(row.ends);
};

const creation =
  (creates: NonNullable<Operation['creates']>): Reader =>
  (record, { act, identity }) => {
    const body = responseBody(record);
    const resources = creates.flatMap(({ type, path, existing }) => {
      const known = new Set(existing ? findInRequest(record, existing).map(({ value }) => value) : []);
      return usable(find(body, path), type)
        .filter(({ value }) => !known.has(value))
        .map(({ value, holder }) => ({
          identity: identity(type, value),
          birthTags: birthTagsOf(record, type, holder),
        }));
    });
    return resources.length ? { kind: 'creation', ...act, resources } : noId(record);
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
    const unique = [...new Map(resources.map((r) => [`${r.type}/${r.id}`, r])).values()];
    return unique.length ? { kind: 'ending', ...act, resources: unique } : noId(record);
  };

/**
 * CreateTags and DeleteTags. A tag that DeleteTags names with a value is removed only from resources that bear
 * this very value, and the record does not tell which did. It counts as removed: callers pass the value that
 * they have just read, and a sweep puts right what was not.
 * Source: EC2 API reference, DeleteTags.
 */
const tagChange: Reader = (record, { act, identity }) => {
  const ids = new Set(findInRequest(record, 'resourcesSet.resourceId').map(({ value }) => value));
  const resources = [...ids].flatMap((id) => {
    const type = resourceTypeOf(id);
    return type ? [identity(type, id)] : [];
  });
  if (!resources.length) return noId(record);
  const lists = requestBodies(record).map((body) => memberOf(body, 'tagSet'));
  const tags = lists.flatMap(readTags);
  if (record.eventName === 'DeleteTags') {
    const namesNone = lists.every((list) => each(list).length === 0);
    if (!namesNone && !tags.length) return noTags(record);
    const removed = namesNone ? ('all' as const) : [...new Set(tags.map(({ key }) => key))].sort();
    return { kind: 'tag-change', ...act, resources, set: [], removed };
  }
  if (!tags.length) return noTags(record);
  return { kind: 'tag-change', ...act, resources, set: sortedTags(tags.map(withValue)), removed: [] };
};

/** Ids that can be of this type, each once: masked ones (`HIDDEN`, `i-***`) fall out. */
const usable = (found: readonly Found[], type: string): readonly Found[] => [
  ...new Map(found.filter(({ value }) => isIdOf(value, type)).map((one) => [one.value, one])).values(),
];

const nothing = (code: SkipCode, reason: string): Meaning => ({ kind: 'nothing', reason, code });

const noId = ({ eventName }: CloudTrailRecord): Meaning =>
  nothing('no-id', `the record of ${eventName} holds no usable resource id`);

const noTags = ({ eventName }: CloudTrailRecord): Meaning =>
  nothing('no-tags', `the record of ${eventName} holds no user tag`);
