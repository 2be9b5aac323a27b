import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeBaseline, type PlacedAnswer, placeOfAnswer } from '../../src/baseline/compose-baseline.ts';
import { readDescribeAnswer } from '../../src/baseline/describe-answer.ts';
import { jsonDocuments } from '../../src/cli/commands/baseline/json-documents.ts';
import { tags } from '../support/events.ts';

const test = suite('an answer of a describe call');

const PLACE = { account: '111122223333', region: 'eu-west-1' };
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';

const composed = (...answers: readonly object[]) =>
  composeBaseline(
    answers.map(
      (answer): PlacedAnswer => ({
        ...PLACE,
        at: '2026-03-31T09:00:00.000Z',
        answer: readDescribeAnswer(answer),
      }),
    ),
  );
const shownIn = (...answers: readonly object[]) =>
  composed(...answers).shown.map(({ arn, tags }) => [arn.slice(arn.lastIndexOf(':') + 1), tags]);
const skippedIn = (...answers: readonly object[]) => Object.fromEntries(composed(...answers).skipped);

test('interfaces call their tags otherwise', () => {
  const answer = {
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718',
        VpcId: 'vpc-1',
        TagSet: [{ Key: 'App', Value: 'shop' }],
      },
    ],
  };
  assert.equal(shownIn(answer), [['network-interface/eni-0a1b2c3d4e5f60718', tags('App=shop')]]);
});

test('where it is from is told by zones and ARNs, and whose it is by what nobody else can see', () => {
  const of = (answer: object) => placeOfAnswer(readDescribeAnswer(answer), {});
  const zoned = (zone: string) => of({ Volumes: [{ VolumeId: VOLUME, AvailabilityZone: zone }] }).region;
  assert.equal(
    ['eu-west-1a', 'us-gov-west-1b', 'us-west-2-lax-1a', 'euw1-az1', undefined].map((zone) =>
      zoned(zone ?? ''),
    ),
    ['eu-west-1', 'us-gov-west-1', 'us-west-2', undefined, undefined],
  );
  const arn = `arn:aws:ec2:eu-west-1:111122223333:volume/${VOLUME}`;
  assert.equal(of({ Volumes: [{ VolumeId: VOLUME, VolumeArn: arn }] }), PLACE);
  // A subnet can be shared by another account, and shows other tags there.
  const subnet = {
    SubnetId: 'subnet-0a1b2c3d4e5f60718',
    OwnerId: '444455556666',
    AvailabilityZone: 'eu-west-1a',
  };
  assert.equal(of({ Subnets: [subnet] }), { account: undefined, region: 'eu-west-1' });
});

test('what another account owns is left out: its tags are not those that this account sees', () => {
  const answer = { Images: [{ ImageId: 'ami-0a1b2c3d4e5f60718', OwnerId: '444455556666' }] };
  assert.equal(shownIn(answer), []);
  assert.equal(skippedIn(answer), { 'image of another account': 1 });
});

test('what has ended is left out, also where describe-tags still shows it', () => {
  const ended = [
    { Volumes: [{ VolumeId: VOLUME, State: 'deleting' }], NextToken: 'more' },
    { Tags: [{ ResourceId: VOLUME, ResourceType: 'volume', Key: 'App', Value: 'shop' }] },
  ];
  assert.equal(shownIn(...ended), []);
  const fleet = 'fleet-01234567-89ab-cdef-0123-456789abcdef';
  assert.equal(shownIn({ Fleets: [{ FleetId: fleet, FleetState: 'deleted_running' }] }), []);
  const peering = { VpcPeeringConnectionId: 'pcx-0a1b2c3d4e5f60718', Status: { Code: 'deleted' } };
  assert.equal(shownIn({ VpcPeeringConnections: [peering] }), []);
});

test('of a type that is listed, describe-tags alone shows nothing that exists', () => {
  const lines = { Tags: [{ ResourceId: VOLUME, ResourceType: 'volume', Key: 'App', Value: 'shop' }] };
  assert.equal(shownIn(lines), [[`volume/${VOLUME}`, tags('App=shop')]]);
  assert.equal(shownIn(lines, { Volumes: [] }), []);
  // A page lists only some of them.
  assert.equal(shownIn(lines, { Volumes: [], NextToken: 'more' }).length, 1);
});

test('the tags of a resource in two pages of describe-tags are joined', () => {
  const line = (Key: string) => ({ Tags: [{ ResourceId: VOLUME, ResourceType: 'volume', Key, Value: 'x' }] });
  assert.equal(shownIn(line('Team'), line('App')), [[`volume/${VOLUME}`, tags('App=x Team=x')]]);
});

for (const [what, answer, skipped] of [
  [
    'what is in the Recycle Bin',
    { Snapshots: [{ SnapshotId: SNAPSHOT, RecycleBinEnterTime: 'x' }] },
    'list Snapshots, which describes no resources with their tags',
  ],
  [
    'statuses',
    { VolumeStatuses: [{ VolumeId: VOLUME }] },
    'list VolumeStatuses, which describes no resources with their tags',
  ],
  [
    'instances outside of reservations',
    { Instances: [{ InstanceId: 'i-0a1b2c3d4e5f60718' }] },
    'list Instances, which describes no resources with their tags',
  ],
  ['an entry without an id', { Volumes: [{ State: 'in-use' }] }, 'entry of Volumes without an id'],
  [
    'tags that are no tags',
    { Volumes: [{ VolumeId: VOLUME, Tags: ['App'] }] },
    'entry of Volumes without readable tags',
  ],
  [
    'tags of an unknown type',
    { Tags: [{ ResourceId: 'x-1', ResourceType: 'thing', Key: 'a', Value: 'b' }] },
    'tag of a resource of the unknown type thing',
  ],
  [
    'a list alone, as --query gives it',
    [{ VolumeId: VOLUME }],
    'not an answer of `aws ec2 describe-*` (run it with --output json, and without --query)',
  ],
  [
    'anything else',
    { Records: 'none' },
    'not an answer of `aws ec2 describe-*` (run it with --output json, and without --query)',
  ],
] as const) {
  test(`${what} is left out by name`, () => {
    assert.equal(shownIn(answer), []);
    assert.equal(skippedIn(answer), { [skipped]: 1 });
  });
}

test('answers that were written one after another are read one by one', () => {
  const [one, two] = [{ a: '}"{' }, { b: ['\\"', {}] }];
  const text = `\ufeff${JSON.stringify(one, null, 2)}\n${JSON.stringify(two)}${JSON.stringify([])}\n`;
  assert.equal(jsonDocuments(text), [one, two, []]);
  assert.equal(jsonDocuments(' \n'), []);
  assert.throws(() => jsonDocuments('{"a":1}\n{"b":'), /JSON/);
  assert.throws(() => jsonDocuments('volume\tvol-1'), /JSON/);
});

test.run();
