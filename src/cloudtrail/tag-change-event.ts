import * as v from 'valibot';
import { arnOf, isResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { resourceTypeOf } from '../events/resource-type.ts';
import { sortedTags } from '../events/tag.ts';
import { UNKNOWN_ACTOR } from '../events/tag-event.ts';
import { shown } from '../shared/text.ts';
import { accountId } from './account.ts';
import { isUserKey } from './body/body-tags.ts';
import { isBody } from './body/walk.ts';
import { AN_EVENT, EVENT_MEMBERS, parseEvent } from './eventbridge-event.ts';
import { type Meaning, nothing } from './meaning.ts';

/** The detail-type of EventBridge events that report changed tags of a resource. */
export const TAG_CHANGE = 'Tag Change on Resource';

type TagObject = Readonly<Record<string, string>>;
/** Not valibot's `record`, which drops keys such as `constructor`: such a tag would seem to be removed. */
const isTagObject = (value: unknown): boolean =>
  isBody(value) && Object.values(value).every((tag) => typeof tag === 'string');

const EventSchema = v.object(
  {
    ...EVENT_MEMBERS,
    resources: v.array(v.string('an ARN'), 'a list of ARNs'),
    detail: v.object(
      {
        'changed-tag-keys': v.array(v.string('a tag key'), 'a list of tag keys'),
        service: v.string('a service'),
        version: v.nullish(v.unknown()),
        /** All tags that the resource has now; a changed key that is missing here was removed. */
        tags: v.nullish(v.custom<TagObject>(isTagObject, 'an object of tags')),
      },
      'an object with changed-tag-keys and tags',
    ),
  },
  AN_EVENT,
);

/** Whether an input is an EventBridge event `Tag Change on Resource`, valid or malformed. */
export const isTagChange = (input: unknown): boolean =>
  isBody(input) && input['detail-type'] === TAG_CHANGE && input.source === 'aws.tag';

/**
 * What a `Tag Change on Resource` event says about EC2 resources: which of the changed keys are set now and
 * which were removed. It does not say who changed them. If an ARN lacks the account (images, snapshots), the
 * event's account counts. Throws an `InvalidInputError` for a malformed event.
 * Source: EventBridge events reference, "Tags events", for the name; the shape follows real events in public
 * code.
 */
export const tagChangeOf = (input: unknown): Extract<Meaning, { kind: 'tag-change' | 'nothing' }> => {
  const { id, time, account, region, resources, detail } = parseEvent(EventSchema, TAG_CHANGE, input);
  if (detail.service !== 'ec2') return nothing('not-ec2', `${detail.service.toWellFormed()} is not EC2`);
  const found = resources.map((arn) => identityIn(arn, accountId(account), region ?? undefined));
  const identities = found.filter((one) => typeof one === 'object');
  if (identities.length === 0) {
    return found.includes('no-account')
      ? nothing('no-account', 'the event names no account of 12 digits')
      : nothing('no-id', `the event names no EC2 resource that is followed: ${shown(resources.join(' '))}`);
  }
  const keys = new Set(detail['changed-tag-keys'].map((key) => key.toWellFormed()).filter(isUserKey));
  if (keys.size === 0) return nothing('no-tags', 'no user tag has changed');
  const tags = new Map(
    Object.entries(detail.tags ?? {}).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
  );
  return {
    kind: 'tag-change',
    cause: { source: 'eventbridge', id, name: TAG_CHANGE },
    at: time,
    who: UNKNOWN_ACTOR,
    resources: [...new Map(identities.map((one) => [arnOf(one), one])).values()],
    set: sortedTags([...keys].flatMap((key) => setIn(tags, key))),
    removed: [...keys].filter((key) => !tags.has(key)).sort(),
    ...(isCount(detail.version) && { version: detail.version }),
  };
};

const isCount = (version: unknown): version is number => Number.isSafeInteger(version) && Number(version) > 0;

const setIn = (tags: ReadonlyMap<string, string>, key: string) => {
  const value = tags.get(key);
  return value === undefined ? [] : [{ key, value }];
};

/** The id determines the type, as everywhere. An ARN with a name in place of the id cannot be used. */
const identityIn = (
  arn: string,
  eventAccount: string | undefined,
  eventRegion: string | undefined,
): ResourceIdentity | 'no-account' | 'no-id' => {
  const [, region, account, id] = /^arn:[^:]*:ec2:([^:]*):([^:]*):[^/]+\/([^/]+)$/.exec(arn) ?? [];
  const type = id && resourceTypeOf(id);
  if (!id || !type) return 'no-id';
  const owner = accountId(account) ?? eventAccount;
  if (!owner) return 'no-account';
  const identity = { region: region || (eventRegion ?? ''), account: owner, type, id };
  return isResourceArn(arnOf(identity)) ? identity : 'no-id';
};
