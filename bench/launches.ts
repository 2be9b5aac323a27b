/** CloudTrail records of launches, as a benchmark wants them: `count` calls of RunInstances with `each` instances. */
export const launches = (count: number, each: number): unknown[] =>
  Array.from({ length: count }, (_, call) => launch(call, { ids: instanceIds(call * each, each) }));

/** The ids of made-up instances `first` to `first + count - 1`. */
export const instanceIds = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `i-${(first + i).toString(16).padStart(17, '0')}`);

/** The CloudTrail record of one call of RunInstances, by one person. */
export const launch = (
  call: number,
  { ids, person = 'ana.lopez' }: { ids: readonly string[]; person?: string },
): unknown => ({
  eventVersion: '1.11',
  eventID: `5f2d1c3e-7a41-4c0e-9b1d-${String(call).padStart(12, '0')}`,
  eventSource: 'ec2.amazonaws.com',
  eventName: 'RunInstances',
  eventTime: '2026-03-31T10:00:00Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  userIdentity: {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${person}@example.com`,
    arn: `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Platform_0123456789abcdef/${person}@example.com`,
    accountId: '111122223333',
  },
  requestParameters: {
    tagSpecificationSet: {
      items: [{ resourceType: 'instance', tags: [{ key: 'Name', value: `web-${call}` }] }],
    },
  },
  responseElements: { instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } },
});
