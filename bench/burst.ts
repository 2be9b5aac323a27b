import pMap from 'p-map';
import { memoryStore } from '../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../src/adapters/memory/state-store.ts';
import { localPipeline } from '../src/embedded/pipeline.ts';
import { CREATE_TAGS_BUCKET, simulatedEc2 } from '../src/embedded/simulated-aws/ec2/ec2.ts';
import type { BucketOptions } from '../src/embedded/simulated-aws/token-bucket.ts';
import { virtualClock } from '../src/embedded/simulated-aws/virtual-clock.ts';
import { createTags } from '../src/tagging/ec2/create-tags.ts';
import { startPace } from '../src/tagging/ec2/pace.ts';
import { parseTagRules } from '../src/tagging/rules/tag-rules.ts';
import { pipelineStores } from '../tests/support/pipeline-stores.ts';
import { instanceIds, launch } from './launches.ts';

/**
 * A burst: new instances, launched by 40 people in small calls that interleave, while others in the account take a
 * fifth of EC2's token bucket. Time is virtual: only waiting for EC2 takes any. Beside it the least time that the
 * bucket allows for the distinct tag sets, and one call for each resource.
 * `npm run bench:burst [-- RESOURCES]`
 */
const RESOURCES = Number(process.argv[2] ?? 10_000);
const PEOPLE = 40;
const MOST = 1.5;
const IDS_PER_CALL = 1_000;
const START = Date.parse('2026-03-31T10:02:00Z');

type Bucket = Omit<BucketOptions, 'now'>;
const LEFT: Bucket = {
  capacity: CREATE_TAGS_BUCKET.capacity * 0.8,
  refillPerSecond: CREATE_TAGS_BUCKET.refillPerSecond * 0.8,
};

/** Launches of 1 to 20 instances, in turn by each of the people. */
const records = (() => {
  const all: unknown[] = [];
  for (let first = 0; first < RESOURCES; ) {
    const call = all.length;
    const count = Math.min(1 + ((call * 7) % 20), RESOURCES - first);
    all.push(launch(call, { ids: instanceIds(first, count), person: `person-${call % PEOPLE}` }));
    first += count;
  }
  return all;
})();

interface Burst {
  readonly calls: number;
  readonly throttled: number;
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
}

const show = (title: string, { calls, throttled, virtualSeconds, wallSeconds }: Burst) => {
  console.log(title);
  console.log(`  CreateTags calls         ${calls}, ${throttled} of them throttled`);
  console.log(`  until all are tagged     ${virtualSeconds.toFixed(1)} s of virtual time`);
  console.log(`  on this machine          ${wallSeconds.toFixed(1)} s`);
};

/** The whole pipeline over the burst. Says so, and fails the run, when a resource stays untagged or it takes too long. */
const pipelined = async (title: string, rules: Record<string, string>): Promise<void> => {
  const stores = pipelineStores(memoryStore(), memoryStateStore());
  const pipeline = localPipeline(stores, {
    rules: parseTagRules(JSON.stringify(rules)),
    // The figures are of one resource: an instance would bring its root volume.
    tagChildren: false,
    now: () => new Date(START),
    ec2: { createTagsBucket: LEFT },
  });
  const begin = performance.now();
  await pipeline.request(records, 'burst');
  await pipeline.settle();
  const wallSeconds = (performance.now() - begin) / 1000;

  const outcomes = { TagApplied: 0, TagFailed: 0 };
  const sets = new Map<string, number>();
  for await (const { event } of stores.store.readAll()) {
    if (event.type === 'TagApplied' || event.type === 'TagFailed') outcomes[event.type] += 1;
    if (event.type !== 'TagRequested') continue;
    const set = JSON.stringify(event.tags);
    sets.set(set, (sets.get(set) ?? 0) + 1);
  }
  const needed = [...sets.values()].reduce((sum, count) => sum + Math.ceil(count / IDS_PER_CALL), 0);
  const least = Math.max(0, (needed - LEFT.capacity) / LEFT.refillPerSecond);
  const { createTags: calls, throttled } = pipeline.ec2Calls;
  const virtualSeconds = (pipeline.cloudNow() - START) / 1000;
  show(title, { calls, throttled, virtualSeconds, wallSeconds });
  const { TagApplied: applied, TagFailed: failures } = outcomes;
  console.log(`  outcomes                 ${applied} TagApplied, ${failures} TagFailed`);
  console.log(`  the least for these sets ${needed} calls, ${least.toFixed(1)} s`);
  if (applied !== RESOURCES || failures > 0) process.exitCode = 1;
  if (least === 0) return;
  const ratio = virtualSeconds / least;
  console.log(`  beside the least         ${ratio.toFixed(2)}× (at most ${MOST}× wanted)`);
  if (ratio > MOST) process.exitCode = 1;
};

/** One call for each resource, at this project's own pace and with all the time that it takes. */
const oneByOne = async (title: string, createTagsBucket: Bucket): Promise<void> => {
  const clock = virtualClock(() => START);
  const ec2 = simulatedEc2({ now: clock.now, createTagsBucket });
  const [account, region] = ['111122223333', 'eu-west-1'];
  const pace = startPace(clock.now);
  const begin = performance.now();
  await pMap(
    Array.from({ length: RESOURCES }, (_, i) => `i-${i.toString(16).padStart(17, '0')}`),
    async (id) => {
      ec2.create({ account, region, type: 'instance', id });
      await createTags(ec2.client(account, region), [id], [{ key: 'Owner', value: 'ada' }], {
        sleep: clock.sleep,
        remainingMs: () => Number.POSITIVE_INFINITY,
        isYoung: () => false,
        pace,
      });
    },
    { concurrency: 4 },
  );
  const { createTags: calls, throttled, resourcesTagged } = ec2.calls;
  if (resourcesTagged !== RESOURCES)
    throw new Error(`got ${resourcesTagged} resources tagged, expected ${RESOURCES}`);
  const wallSeconds = (performance.now() - begin) / 1000;
  show(title, { calls, throttled, virtualSeconds: (clock.now() - START) / 1000, wallSeconds });
};

console.log(`${RESOURCES} new instances in ${records.length} launches by ${PEOPLE} people\n`);
await pipelined('the same tags for each of the people', { Owner: '{who.name}', CostCenter: '4711' });
await pipelined('a tag of its own for each resource', { Owner: '{who.name}', Resource: '{resource.id}' });
await oneByOne('a call for each resource', LEFT);
await oneByOne('a call for each resource, nobody else in the account', CREATE_TAGS_BUCKET);
