import {
  CreateTagsCommand,
  DescribeTagsCommand,
  EC2Client,
  EC2ServiceException,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../../src/embedded/simulated-aws/ec2/ec2.ts';
import type { Tag } from '../../../../src/events/tag.ts';

const test = suite('simulated EC2');

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const START = Date.parse('2026-03-31T12:00:00Z');
const OWNER: Tag = { key: 'Owner', value: 'ada' };

const resource = (type: string, id: string) => ({ account: ACCOUNT, region: REGION, type, id });
const instance = (id: string) => resource('instance', id);
const numbered = (count: number, prefix = 'i-') =>
  Array.from({ length: count }, (_, n) => prefix + n.toString(16).padStart(8, '0'));

const cloudWith = (
  options: Partial<SimulatedEc2Options> = {},
  instances: readonly string[] = ['i-1', 'i-2'],
) => {
  const clock = { ms: START };
  const cloud = simulatedEc2({ now: () => clock.ms, ...options });
  for (const id of instances) cloud.create(instance(id));
  const ec2 = cloud.client(ACCOUNT, REGION);
  const tag = (ids: string[], tags: readonly Tag[] = [OWNER], more: { DryRun?: boolean } = {}) =>
    ec2.send(
      new CreateTagsCommand({
        Resources: ids,
        Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
        ...more,
      }),
    );
  return { clock, cloud, ec2, tag };
};

const refusalOf = async (call: Promise<unknown>): Promise<EC2ServiceException> => {
  const error = await call.then(
    () => assert.unreachable('expected a refusal, the call succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.instance(error, EC2ServiceException);
  return error as EC2ServiceException;
};

const codeOf = async (call: Promise<unknown>) => (await refusalOf(call)).name;

test('CreateTags sets tags on every resource named and answers with metadata alone, as the SDK does', async () => {
  const { cloud, tag } = cloudWith();
  const reply = await tag(['i-1', 'i-2']);
  assert.equal(Object.keys(reply), ['$metadata']);
  assert.is(reply.$metadata.httpStatusCode, 200);
  assert.is(reply.$metadata.attempts, 1);
  assert.match(reply.$metadata.requestId ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7000-8000-000000000001$/);
  assert.equal(cloud.tagsOf(instance('i-1')), [OWNER]);
  assert.equal(cloud.tagsOf(instance('i-2')), [OWNER]);
});

test('CreateTags overwrites the value of a key and leaves the other keys alone', async () => {
  const { cloud, tag } = cloudWith();
  await tag(['i-1'], [{ key: 'Team', value: 'blue' }, OWNER]);
  await tag(['i-1'], [{ key: 'Owner', value: '' }]);
  assert.equal(cloud.tagsOf(instance('i-1')), [
    { key: 'Owner', value: '' },
    { key: 'Team', value: 'blue' },
  ]);
});

test('a resource that is named twice in a call is tagged once', async () => {
  const { cloud, tag } = cloudWith();
  await tag(['i-1', 'i-1']);
  assert.is(cloud.calls.resourcesTagged, 1);
});

test('request ids count up, and are the same in each run that starts at the same time', async () => {
  const ids = async () => {
    const { tag } = cloudWith();
    return [(await tag(['i-1'])).$metadata.requestId, (await tag(['i-1'])).$metadata.requestId];
  };
  const [first, second] = await ids();
  assert.is.not(first, second);
  assert.equal(await ids(), [first, second]);
});

test('a refusal has the form in which the SDK reads the same answer from EC2 itself', async () => {
  const { tag } = cloudWith();
  const simulated = await refusalOf(tag(['i-9']));
  const answer = `<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID 'i-9' does not exist</Message></Error></Errors><RequestID>x</RequestID></Response>`;
  const requestId = simulated.$metadata.requestId ?? '';
  const wire = new EC2Client({
    region: REGION,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: 400,
          headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
          body: new TextEncoder().encode(answer),
        },
      }),
    },
  });
  const real = await refusalOf(
    wire.send(new CreateTagsCommand({ Resources: ['i-9'], Tags: [{ Key: 'a', Value: '' }] })),
  );
  const fieldsOf = (error: EC2ServiceException) => {
    const { name, message, $fault, $metadata } = error;
    const { requestId, httpStatusCode, attempts } = $metadata;
    return { name, message, $fault, requestId, httpStatusCode, attempts, code: Reflect.get(error, 'Code') };
  };
  assert.equal(fieldsOf(simulated), fieldsOf(real));
  assert.is(real.name, 'InvalidInstanceID.NotFound');
});

test('accounts and Regions know nothing of each other', async () => {
  const { cloud } = cloudWith();
  const elsewhere = [cloud.client(ACCOUNT, 'us-east-1'), cloud.client('444455556666', REGION)];
  for (const ec2 of elsewhere) {
    const call = ec2.send(new CreateTagsCommand({ Resources: ['i-1'], Tags: [{ Key: 'a', Value: 'b' }] }));
    assert.is(await codeOf(call), 'InvalidInstanceID.NotFound');
  }
  assert.equal(cloud.tagsOf(instance('i-1')), []);
});

test('1,000 resources fit in a call, 1,001 do not, and then none is tagged', async () => {
  const ids = numbered(1001);
  const { cloud, tag } = cloudWith({}, ids);
  assert.is(await codeOf(tag(ids)), 'ResourceCountExceeded');
  assert.equal(cloud.tagsOf(instance(ids[0] ?? '')), []);
  await tag(ids.slice(0, 1000));
  assert.equal(cloud.tagsOf(instance(ids[999] ?? '')), [OWNER]);
});

test('a resource takes 50 tags and no 51st, a value may still change, and tags of AWS do not count', async () => {
  const { cloud, tag } = cloudWith();
  await cloud.setTags(instance('i-1'), [{ key: 'aws:autoscaling:groupName', value: 'web' }]);
  const fifty = numbered(50, 'key-').map((key) => ({ key, value: 'v' }));
  await tag(['i-1'], fifty);
  assert.is(await codeOf(tag(['i-1'])), 'TagLimitExceeded');
  await tag(['i-1'], [{ key: 'key-00000000', value: 'changed' }]);
  assert.is(cloud.tagsOf(instance('i-1'))?.length, 51);
});

test('one resource without room leaves all the others untagged', async () => {
  const { cloud, tag } = cloudWith();
  await tag(
    ['i-2'],
    numbered(50, 'key-').map((key) => ({ key, value: 'v' })),
  );
  assert.is(await codeOf(tag(['i-1', 'i-2'])), 'TagLimitExceeded');
  assert.equal(cloud.tagsOf(instance('i-1')), []);
});

for (const [what, good, bad] of [
  ['a key of 127 characters, not of 128', 'k'.repeat(127), 'k'.repeat(128)],
  ['characters and not UTF-16 units: a key of 127 emoji', '🦉'.repeat(127), '🦉'.repeat(128)],
  ['a key of one character, not an empty one', 'k', ''],
  ['a key that begins with aws, not with aws:', 'awsome', 'aws:some'],
  ['a key that has AWS: inside, not in front', 'my-AWS:key', 'AWS:key'],
] as const) {
  test(`EC2 takes ${what}`, async () => {
    const { cloud, tag } = cloudWith();
    await tag(['i-1'], [{ key: good, value: 'v' }]);
    assert.is(await codeOf(tag(['i-1'], [{ key: bad, value: 'v' }])), 'InvalidParameterValue');
    assert.equal(cloud.tagsOf(instance('i-1')), [{ key: good, value: 'v' }]);
  });
}

test('EC2 takes a value of 256 characters, not of 257', async () => {
  const { tag } = cloudWith();
  await tag(['i-1'], [{ key: 'k', value: 'v'.repeat(256) }]);
  assert.is(await codeOf(tag(['i-1'], [{ key: 'k', value: 'v'.repeat(257) }])), 'InvalidParameterValue');
});

test('a tag without a value and a key given twice are refused', async () => {
  const { ec2, tag } = cloudWith();
  const noValue = ec2.send(new CreateTagsCommand({ Resources: ['i-1'], Tags: [{ Key: 'a' }] }));
  assert.is(await codeOf(noValue), 'InvalidParameterValue');
  assert.is(await codeOf(tag(['i-1'], [OWNER, OWNER])), 'InvalidParameterValue');
});

test('a call without resources or without tags misses a parameter', async () => {
  const { tag } = cloudWith();
  assert.is(await codeOf(tag([])), 'MissingParameter');
  assert.is(await codeOf(tag(['i-1'], [])), 'MissingParameter');
});

test('__proto__ is a tag key like any other', async () => {
  const { cloud, tag } = cloudWith();
  await tag(['i-1'], [{ key: '__proto__', value: 'v' }]);
  assert.equal(cloud.tagsOf(instance('i-1')), [{ key: '__proto__', value: 'v' }]);
});

test('a missing resource fails the whole call, and the message names all missing ids of its type', async () => {
  const { cloud, tag } = cloudWith();
  const two = await refusalOf(tag(['i-1', 'i-8', 'vol-7', 'i-9']));
  assert.is(two.name, 'InvalidInstanceID.NotFound');
  assert.is(two.message, "The instance IDs 'i-8, i-9' do not exist");
  assert.is(two.$metadata.httpStatusCode, 400);
  assert.is(two.$fault, 'client');
  const next = await refusalOf(tag(['i-1', 'vol-7']));
  assert.is(next.message, "The volume 'vol-7' does not exist.");
  assert.equal(cloud.tagsOf(instance('i-1')), []);
});

for (const [id, code, message] of [
  ['i-0abc', 'InvalidInstanceID.NotFound', "The instance ID 'i-0abc' does not exist"],
  ['vol-0abc', 'InvalidVolume.NotFound', "The volume 'vol-0abc' does not exist."],
  ['snap-0abc', 'InvalidSnapshot.NotFound', "The snapshot 'snap-0abc' does not exist."],
  ['ami-0abc', 'InvalidAMIID.NotFound', "The image id '[ami-0abc]' does not exist"],
  ['sg-0abc', 'InvalidGroup.NotFound', "The security group 'sg-0abc' does not exist"],
  ['sgr-0abc', 'InvalidSecurityGroupRuleId.NotFound', "The securityGroupRule ID 'sgr-0abc' does not exist"],
  ['subnet-0abc', 'InvalidSubnetID.NotFound', "The subnet ID 'subnet-0abc' does not exist"],
  ['vpc-0abc', 'InvalidVpcID.NotFound', "The vpc ID 'vpc-0abc' does not exist"],
  ['eni-0abc', 'InvalidNetworkInterfaceID.NotFound', "The networkInterface ID 'eni-0abc' does not exist"],
  ['rtb-0abc', 'InvalidRouteTableID.NotFound', "The routeTable ID 'rtb-0abc' does not exist"],
  [
    'tgw-attach-0abc',
    'InvalidTransitGatewayAttachmentID.NotFound',
    "The transitGatewayAttachment ID 'tgw-attach-0abc' does not exist",
  ],
  [
    'fleet-12a34b55-67cd-8ef9-ba9b-9208dEXA'.toLowerCase(),
    'InvalidID',
    "The ID 'fleet-12a34b55-67cd-8ef9-ba9b-9208dexa' is not valid",
  ],
  [
    'fleet-12a34b55-67cd-8ef9-ba9b-9208d0000000',
    'InvalidFleetId.NotFound',
    "The fleet ID 'fleet-12a34b55-67cd-8ef9-ba9b-9208d0000000' does not exist",
  ],
  ['zebra-0abc', 'InvalidID', "The ID 'zebra-0abc' is not valid"],
  ['i-eCHmOTcEW0OZ9KbNe', 'InvalidID', "The ID 'i-eCHmOTcEW0OZ9KbNe' is not valid"],
  ['i-8 i-9', 'InvalidID', "The ID 'i-8 i-9' is not valid"],
] as const) {
  test(`EC2 says ${code} of ${id}`, async () => {
    const { tag } = cloudWith();
    const refusal = await refusalOf(tag(['i-1', id]));
    assert.is(refusal.name, code);
    assert.is(refusal.message, message);
  });
}

test('a malformed id is reported before missing ones', async () => {
  const { tag } = cloudWith();
  assert.is((await refusalOf(tag(['i-9', 'nonsense']))).message, "The ID 'nonsense' is not valid");
});

test('ids are case-sensitive', async () => {
  const { tag } = cloudWith({}, ['i-0abc']);
  assert.is(await codeOf(tag(['i-0ABC'])), 'InvalidID');
  assert.is((await tag(['i-0abc'])).$metadata.httpStatusCode, 200);
});

test('a new resource cannot be tagged until it is visible, and then it can', async () => {
  const { clock, cloud, tag } = cloudWith({ visibleAfterMs: (id) => (id === 'i-2' ? 2000 : 0) });
  await tag(['i-1']);
  clock.ms += 1999;
  const early = await refusalOf(tag(['i-1', 'i-2']));
  assert.is(early.message, "The instance ID 'i-2' does not exist");
  clock.ms += 1;
  await tag(['i-1', 'i-2']);
  assert.equal(cloud.tagsOf(instance('i-2')), [OWNER]);
});

test('a resource that is not visible yet is reported by its type, whatever its id looks like', async () => {
  const { cloud, tag } = cloudWith({ visibleAfterMs: 1000 });
  cloud.create(resource('volume', 'my-disk'));
  assert.is((await refusalOf(tag(['my-disk']))).message, "The volume 'my-disk' does not exist.");
});

test('creating a resource again changes neither its tags nor its visibility', async () => {
  const { clock, cloud, tag } = cloudWith({ visibleAfterMs: 1000 });
  clock.ms += 1000;
  await tag(['i-1']);
  cloud.create({ ...instance('i-1'), tags: [{ key: 'Owner', value: 'eve' }] });
  await tag(['i-1'], [{ key: 'Team', value: 'blue' }]);
  assert.equal(cloud.tagsOf(instance('i-1')), [OWNER, { key: 'Team', value: 'blue' }]);
});

test('a removed resource is gone, and a repeated creation does not bring it back', async () => {
  const { cloud, tag } = cloudWith();
  cloud.remove(instance('i-1'));
  cloud.create(instance('i-1'));
  assert.is(cloud.tagsOf(instance('i-1')), undefined);
  assert.is(await codeOf(tag(['i-1'])), 'InvalidInstanceID.NotFound');
});

test('others may set and delete tags, but not on a resource that does not exist', async () => {
  const { cloud } = cloudWith();
  await cloud.setTags(instance('i-1'), [OWNER, { key: 'Team', value: 'blue' }]);
  await cloud.deleteTags(instance('i-1'), ['Owner', 'no such key']);
  assert.equal(cloud.tagsOf(instance('i-1')), [{ key: 'Team', value: 'blue' }]);
  const error = await cloud.setTags(instance('i-9'), [OWNER]).catch((thrown: unknown) => thrown);
  assert.match(String(error), 'no resource i-9');
});

test('the 101st call at once is throttled, a tenth of a second later one call passes', async () => {
  const { clock, cloud, tag } = cloudWith();
  for (let call = 0; call < 100; call += 1) await tag(['i-1']);
  const throttled = await refusalOf(tag(['i-1']));
  assert.is(throttled.name, 'RequestLimitExceeded');
  assert.is(throttled.$metadata.httpStatusCode, 503);
  assert.is(throttled.$fault, 'server');
  clock.ms += 99;
  assert.is(await codeOf(tag(['i-1'])), 'RequestLimitExceeded');
  clock.ms += 1;
  await tag(['i-1']);
  assert.equal(
    { ...cloud.calls },
    { createTags: 103, describeTags: 0, describeChildren: 0, throttled: 2, resourcesTagged: 101 },
  );
});

test('a refused call costs a token as well, and each Region and action has its own bucket', async () => {
  const { cloud, ec2, tag } = cloudWith();
  for (let call = 0; call < 100; call += 1) await codeOf(tag(['i-9']));
  assert.is(await codeOf(tag(['i-1'])), 'RequestLimitExceeded');
  assert.equal((await ec2.send(new DescribeTagsCommand({}))).Tags, []);
  cloud.create({ ...instance('i-3'), region: 'us-east-1' });
  await cloud
    .client(ACCOUNT, 'us-east-1')
    .send(new CreateTagsCommand({ Resources: ['i-3'], Tags: [{ Key: 'a', Value: 'b' }] }));
});

test('DescribeTags is refilled with 20 calls a second', async () => {
  const { clock, ec2 } = cloudWith();
  const describe = () => ec2.send(new DescribeTagsCommand({}));
  for (let call = 0; call < 100; call += 1) await describe();
  assert.is(await codeOf(describe()), 'RequestLimitExceeded');
  clock.ms += 50;
  await describe();
  assert.is(await codeOf(describe()), 'RequestLimitExceeded');
});

test('throttling can be switched off', async () => {
  const { tag } = cloudWith({ throttle: false });
  for (let call = 0; call < 150; call += 1) await tag(['i-1']);
});

test('a denied resource fails the whole call and is named by its ARN', async () => {
  const { cloud, tag } = cloudWith({
    denied: ({ id }, tags) => id === 'i-2' && tags.some(({ key }) => key === 'Owner'),
  });
  const refusal = await refusalOf(tag(['i-1', 'i-2']));
  assert.is(refusal.name, 'UnauthorizedOperation');
  assert.is(refusal.$metadata.httpStatusCode, 403);
  assert.match(
    refusal.message,
    'is not authorized to perform: ec2:CreateTags on resource: arn:aws:ec2:eu-west-1:111122223333:instance/i-2 because',
  );
  assert.equal(cloud.tagsOf(instance('i-1')), []);
  await tag(['i-2'], [{ key: 'Team', value: 'blue' }]);
});

test('the ARN of a denied snapshot leaves the account empty, as it does in IAM', async () => {
  const { cloud, tag } = cloudWith({ denied: () => true });
  cloud.create(resource('snapshot', 'snap-1'));
  assert.match(
    (await refusalOf(tag(['snap-1']))).message,
    'on resource: arn:aws:ec2:eu-west-1::snapshot/snap-1 ',
  );
});

test('a dry run that would succeed says so and sets nothing; one that would fail says why', async () => {
  const { cloud, tag } = cloudWith();
  const refusal = await refusalOf(tag(['i-1'], [OWNER], { DryRun: true }));
  assert.is(refusal.name, 'DryRunOperation');
  assert.is(refusal.$metadata.httpStatusCode, 412);
  assert.is(await codeOf(tag(['i-9'], [OWNER], { DryRun: true })), 'InvalidInstanceID.NotFound');
  assert.equal(cloud.tagsOf(instance('i-1')), []);
});

test('a resource that is not in memory is looked up once and then remembered', async () => {
  const asked: string[] = [];
  const { cloud, tag } = cloudWith({
    lookup: async (account, region, id) => {
      asked.push(`${account}/${region}/${id}`);
      return id === 'vol-5' ? { type: 'volume', tags: [{ key: 'Team', value: 'blue' }] } : undefined;
    },
    visibleAfterMs: 60_000,
  });
  await tag(['vol-5']);
  await tag(['vol-5'], [{ key: 'Env', value: 'test' }]);
  assert.equal(asked, ['111122223333/eu-west-1/vol-5']);
  assert.equal(cloud.tagsOf(resource('volume', 'vol-5')), [
    { key: 'Env', value: 'test' },
    OWNER,
    { key: 'Team', value: 'blue' },
  ]);
  assert.is(await codeOf(tag(['vol-6'])), 'InvalidVolume.NotFound');
});

test('a lookup does not overwrite what came into being while it ran, nor bring back what was removed', async () => {
  const { cloud, tag } = cloudWith({
    lookup: async () => ({ type: 'instance', tags: [{ key: 'Old', value: 'x' }] }),
  });
  const tagging = tag(['i-7', 'i-8']);
  cloud.create(instance('i-7'));
  cloud.remove(instance('i-8'));
  assert.is((await refusalOf(tagging)).message, "The instance ID 'i-8' does not exist");
  assert.equal(cloud.tagsOf(instance('i-7')), []);
});

test('calls that run side by side are each all or nothing', async () => {
  const { cloud, tag } = cloudWith({ lookup: async () => undefined });
  const results = await Promise.allSettled([tag(['i-1', 'i-9']), tag(['i-1', 'i-2']), tag(['i-9', 'i-2'])]);
  assert.equal(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected'],
  );
  assert.is(cloud.calls.resourcesTagged, 2);
});

test('input that changes after the call was made does not change the call', async () => {
  const { cloud, ec2 } = cloudWith({ lookup: async () => undefined });
  const tags = [{ Key: 'Owner', Value: 'ada' }];
  const call = ec2
    .send(new CreateTagsCommand({ Resources: ['i-1', 'i-9'], Tags: tags }))
    .catch(() => undefined);
  const second = ec2.send(new CreateTagsCommand({ Resources: ['i-1'], Tags: tags }));
  tags[0] = { Key: 'Owner', Value: 'eve' };
  await Promise.all([call, second]);
  assert.equal(cloud.tagsOf(instance('i-1')), [OWNER]);
});

test('a lost request does nothing, a lost reply leaves the tags set, and both throw the error they were given', async () => {
  for (const [lose, tags] of [
    ['fault', []],
    ['loseReply', [OWNER]],
  ] as const) {
    const { cloud, tag } = cloudWith({ [lose]: () => new Error('socket hang up') });
    const error = await tag(['i-1']).catch((thrown: unknown) => thrown);
    assert.is((error as Error).message, 'socket hang up');
    assert.equal(cloud.tagsOf(instance('i-1')), tags);
    assert.is(cloud.calls.createTags, tags.length);
  }
});

test('a refusal comes through although replies get lost, because there was no act to hide', async () => {
  const { tag } = cloudWith({ loseReply: () => new Error('socket hang up') });
  assert.is(await codeOf(tag(['i-9'])), 'InvalidInstanceID.NotFound');
});

test('a command that the simulation does not know is a clear error', async () => {
  const { ec2 } = cloudWith();
  const call = ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
  const error = await call.catch((thrown: unknown) => thrown);
  assert.is(
    (error as Error).message,
    'The simulated EC2 got RunInstancesCommand; it supports CreateTagsCommand, DescribeTagsCommand, DescribeVolumesCommand, DescribeSecurityGroupsCommand, DescribeNetworkAclsCommand, DescribeRouteTablesCommand, DescribeImagesCommand, DescribeSnapshotsCommand and DescribeTransitGatewayAttachmentsCommand only.',
  );
});

test.run();
