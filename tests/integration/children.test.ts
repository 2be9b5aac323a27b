import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EmbeddedAws, embeddedAws } from '../../src/embedded/embedded-aws.ts';
import type { PipelineOptions } from '../../src/embedded/pipeline.ts';
import { childrenOf } from '../../src/embedded/simulated-aws/ec2/children.ts';
import { arnOf, type ResourceArn } from '../../src/events/resource-arn.ts';
import { viewOf } from '../../src/projections/state-row.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { listOf } from '../support/async.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch, termination } from '../support/cloudtrail/trail.ts';
import { tags } from '../support/events.ts';
import { breakIn, streamsOf } from './chains.ts';

const test = suite('children, end to end on this machine');

const folder = mkdtempSync(join(tmpdir(), 'tagledger-children-'));
test.after(() => rmSync(folder, { recursive: true }));

const creationOf = (eventName: string, responseElements: object) =>
  sample(eventName, { eventID: `${eventName} 1`, responseElements });

const TRAIL: readonly unknown[] = [
  launch(['i-01', 'i-02']),
  creationOf('CreateVpc', { vpc: { vpcId: 'vpc-01' } }),
  creationOf('CreateImage', { imageId: 'ami-01' }),
  creationOf('RegisterImage', { imageId: 'ami-02' }),
];

/** Opens the embedded AWS on the day after the trail, for the time of one act. */
const during = async <T>(
  options: Partial<PipelineOptions>,
  act: (aws: EmbeddedAws) => Promise<T>,
): Promise<T> => {
  let ms = Date.parse('2026-04-01T12:00:00.000Z');
  const aws = await embeddedAws({
    rules: parseTagRules('{"Owner":"{who.name}"}'),
    now: () => new Date(ms++),
    ...options,
  });
  try {
    return await act(aws);
  } finally {
    await aws.close();
  }
};

const parents: readonly (readonly [type: string, id: string, by: string])[] = [
  ['instance', 'i-01', 'RunInstances'],
  ['instance', 'i-02', 'RunInstances'],
  ['vpc', 'vpc-01', 'CreateVpc'],
  ['image', 'ami-01', 'CreateImage'],
  ['image', 'ami-02', 'RegisterImage'],
];
const CHILDREN: readonly ResourceArn[] = parents.flatMap(([type, id, by]) =>
  childrenOf({ account: '111122223333', region: 'eu-west-1', type, id }, by).map(({ identity }) =>
    arnOf(identity),
  ),
);

const contents = async ({ store, states, ec2Calls }: EmbeddedAws) => ({
  events: await listOf(store.readAll()),
  rows: await listOf(states.list()),
  createTags: ec2Calls.createTags,
});

test('what comes with instances, VPCs and new images is tagged, and its streams are whole', async () => {
  assert.is(CHILDREN.length, 2 + 3 + 1);
  await during({}, async (aws) => {
    await aws.request(TRAIL, 'morning');
    await aws.settle();
    const rows = await listOf(aws.states.list());
    assert.is(rows.length, parents.length + CHILDREN.length);
    for (const row of rows) {
      const { status, tags: borne, createdBy } = viewOf(row);
      assert.equal([status, borne, createdBy?.name], ['applied', tags('Owner=ada'), 'ada'], row.arn);
    }
    for (const events of (await streamsOf(aws.store)).values()) assert.is(breakIn(events), undefined);
    assert.equal(aws.dropped, []);
  });
});

test('the same files again ask for nothing', async () => {
  await during({}, async (aws) => {
    for (const _ of ['first', 'again']) {
      await aws.request(TRAIL, 'morning');
      await aws.settle();
    }
    const once = await contents(aws);
    await aws.request(TRAIL, 'morning');
    await aws.settle();
    assert.equal(await contents(aws), once);
    // The instances and the VPC have an event more: which children end with them.
    const dependent = parents.filter(([type]) => type !== 'image');
    assert.is(once.events.length, 2 * (parents.length + CHILDREN.length) + dependent.length);
  });
});

test('what was born before a restart has its children tagged after it, and those of what ended are not looked for', async () => {
  const ended = termination(['i-02'], { eventTime: '2026-04-01T08:00:00Z' });
  await during({ folder }, (aws) => aws.request([...TRAIL, ended], 'morning'));
  await during({ folder }, async (aws) => {
    await aws.settle();
    const streams = await streamsOf(aws.store);
    const [, rootOfEnded] = CHILDREN;
    for (const child of CHILDREN) {
      assert.is(streams.get(child)?.length, child === rootOfEnded ? undefined : 2, child);
    }
  });
});

test('switched off, EC2 is asked for nothing, and nothing is named that no record names', async () => {
  await during({ tagChildren: false }, async (aws) => {
    await aws.request(TRAIL, 'morning');
    await aws.settle();
    assert.is((await listOf(aws.states.list())).length, parents.length);
    assert.is(aws.ec2Calls.describeChildren, 0);
  });
});

test.run();
