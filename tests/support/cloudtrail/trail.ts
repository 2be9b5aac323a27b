import { sample } from './samples.ts';

type Over = Readonly<Record<string, unknown>>;

/** RunInstances of these instances, by ada in 111122223333, eu-west-1; `over` replaces members of the record. */
export const launch = (ids: readonly string[], over: Over = {}) =>
  sample('RunInstances', {
    eventID: `launch of ${ids.join()}`,
    responseElements: { instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } },
    ...over,
  });

/** TerminateInstances of these instances. */
export const termination = (ids: readonly string[], over: Over = {}) =>
  sample('TerminateInstances', {
    eventID: `end of ${ids.join()}`,
    eventTime: '2026-04-01T10:00:00Z',
    requestParameters: { instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } },
    ...over,
  });

/** CreateTags on one resource; tags as `{Owner: 'bob'}`. */
export const tagging = (id: string, tags: Readonly<Record<string, string>>, over: Over = {}) =>
  sample('CreateTags', {
    eventID: `tagging of ${id} with ${Object.entries(tags).join(' ')}`,
    eventTime: '2026-04-01T08:00:00Z',
    requestParameters: {
      resourcesSet: { items: [{ resourceId: id }] },
      tagSet: { items: Object.entries(tags).map(([key, value]) => ({ key, value })) },
    },
    ...over,
  });

/** DeleteTags of these keys on one resource. */
export const untagging = (id: string, keys: readonly string[], over: Over = {}) =>
  sample('DeleteTags', {
    eventID: `untagging of ${id}`,
    eventTime: '2026-04-01T09:00:00Z',
    requestParameters: {
      resourcesSet: { items: [{ resourceId: id }] },
      tagSet: { items: keys.map((key) => ({ key })) },
    },
    ...over,
  });

/** The session of a role, as CloudTrail tells who called. */
export const sessionOf = (role: string, session: string, account = '111122223333') => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${session}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
  accountId: account,
});

/** A record in the envelope in which EventBridge delivers it. */
export const envelope = (detail: unknown) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2026-03-31T23:59:30Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});
