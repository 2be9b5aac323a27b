import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { type SimulatedEc2Options, simulatedEc2 } from '../../../src/embedded/simulated-aws/ec2/ec2.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import { record } from '../../../src/events/recorded-event.ts';
import { currentTags, fold } from '../../../src/events/resource.ts';
import { parseArn, type ResourceArn } from '../../../src/events/resource-arn.ts';
import type { EventFormat, TagEvent } from '../../../src/events/tag-event.ts';
import { sweep } from '../../../src/handlers/sweep/sweep.ts';
import { rowOf } from '../../../src/projections/state-row.ts';
import { parseTagRules, type TagRules } from '../../../src/tagging/rules/tag-rules.ts';
import { appendAll, remembering, tickingClock, watched } from '../../support/doubles.ts';
import {
  applied,
  chain,
  created,
  NOW,
  observed,
  requested,
  retired,
  streamOf,
  tags,
} from '../../support/events.ts';

const test = suite('sweep');

const stream = (n: number): ResourceArn => streamOf(`i-${String(n).padStart(8, '0')}`);
const RULES = parseTagRules('{"Owner":"{who.name}"}');
const ASK = requested('r1', { rules: RULES.id, birth: { tags: tags('Name=web') } });

/** A day after the events of the ledger. */
const setUp = ({
  limit,
  rules = RULES,
  eventFormat = 1,
  ...faults
}: Partial<SimulatedEc2Options> & { limit?: number; rules?: TagRules; eventFormat?: EventFormat } = {}) => {
  const base = tickingClock(new Date(NOW.getTime() + 24 * 3600_000).toISOString());
  const clock = virtualClock(() => base().getTime());
  const ec2 = simulatedEc2({ ...faults, now: clock.now });
  const store = watched(memoryStore());
  const states = memoryStateStore();
  const seen = remembering();
  const deps = {
    ledger: { store, eventFormat, now: () => new Date(clock.now()), wait: async () => undefined },
    states,
    coordination: memoryCoordinationStore(),
    ec2: ec2.client,
    sleep: clock.sleep,
    random: () => 0.5,
    telemetry: seen.telemetry,
    ...(limit !== undefined && { healing: { rules, limit } }),
  };
  let runs = 0;
  const project = async (of: ResourceArn) => states.save(rowOf(of, fold(await store.read(of))));
  const givenOnly = async (n: number, ...events: readonly TagEvent[]) => {
    const recorded = chain(events, stream(n));
    await appendAll(store, recorded);
    await project(stream(n));
    ec2.create({ ...parseArn(stream(n)), tags: currentTags(fold(recorded)) });
    store.forgetCalls();
  };
  return {
    ...seen,
    ec2,
    store,
    project,
    now: () => new Date(clock.now()).toISOString(),
    wait: clock.sleep,
    run: (remainingMs: () => number = () => 60_000) => sweep(deps)(`run ${++runs}`, remainingMs),
    /** A resource that the ledger has tagged, and that is so in EC2. */
    given: (n: number, ...events: readonly TagEvent[]) => givenOnly(n, ASK, applied('a1'), ...events),
    givenOnly,
    last: async (n: number) => (await store.read(stream(n))).at(-1)?.event,
    count: async (n: number) => (await store.read(stream(n))).length,
  };
};

test('what EC2 shows as the ledger says is read with one call for 200 resources, and nothing is recorded', async () => {
  const world = setUp();
  for (let n = 1; n <= 250; n++) await world.given(n);
  const done = await world.run();
  assert.equal([done.compared, done.differing, done.isDone], [250, 0, true]);
  assert.is(world.ec2.calls.describeTags, 2);
  assert.equal([world.store.calls.append, world.store.calls.read.length], [0, 0]);
});

test('what somebody set, changed or removed is observed, as nobody’s in particular', async () => {
  const world = setUp();
  for (const n of [1, 2, 3]) await world.given(n);
  await world.ec2.setTags(parseArn(stream(1)), tags('Team=red'));
  await world.ec2.setTags(parseArn(stream(2)), tags('Owner=eve'));
  await world.ec2.deleteTags(parseArn(stream(3)), ['Owner']);
  assert.is((await world.run()).differing, 3);
  const seen = await Promise.all([1, 2, 3].map(world.last));
  assert.equal(
    seen.map((event) => event?.type === 'TagObserved' && [event.how, event.who, event.set, event.removed]),
    [
      ['sweep', undefined, tags('Team=red'), []],
      ['sweep', undefined, tags('Owner=eve'), []],
      ['sweep', undefined, [], ['Owner']],
    ],
  );
  for (const n of [1, 2, 3]) await world.project(stream(n));
  assert.is((await world.run()).differing, 0);
});

test('of a resource without any tag in EC2 nothing is recorded: it may be gone', async () => {
  const world = setUp();
  for (const n of [1, 2]) await world.given(n);
  await world.given(3, retired('x1'));
  world.ec2.remove(parseArn(stream(1)));
  await world.ec2.deleteTags(parseArn(stream(2)), ['Owner', 'Name']);
  const done = await world.run();
  assert.equal([done.unclear, done.compared, done.differing], [2, 0, 0]);
  assert.is(await world.count(1), 2);
});

test('of a resource with copied tags what EC2 shows is recorded once, and nothing where it shows no tag', async () => {
  const world = setUp({ eventFormat: 2 });
  const copied = created('c1', { unseenTags: true });
  await world.givenOnly(1, copied);
  await world.givenOnly(2, copied);
  await world.ec2.setTags(parseArn(stream(1)), tags('Owner=platform'));
  const done = await world.run();
  assert.equal([done.compared, done.differing, done.unclear], [1, 1, 1]);
  const seen = await world.last(1);
  assert.equal(seen?.type === 'TagObserved' && [seen.set, seen.allSeen], [tags('Owner=platform'), true]);
  await world.project(stream(1));
  assert.is((await world.run()).differing, 0);
  assert.is(await world.count(2), 1);
});

test('AWS’s own tags are no difference', async () => {
  const world = setUp();
  await world.given(1);
  await world.ec2.setTags(parseArn(stream(1)), tags('aws:cloudformation:stack-name=x'));
  assert.is((await world.run()).differing, 0);
});

test('a run without time stops after what it has read, and the next one goes on there', async () => {
  const world = setUp();
  for (let n = 1; n <= 1_200; n++) await world.given(n);
  const first = await world.run(() => (world.ec2.calls.describeTags < 5 ? 60_000 : 5_000));
  assert.is(first.isDone, false);
  const second = await world.run();
  assert.equal([second.compared, second.isDone], [200, true]);
  assert.is((await world.run()).compared, 1_200);
});

test('two runs at once record a difference once', async () => {
  const world = setUp();
  await world.given(1);
  await world.ec2.setTags(parseArn(stream(1)), tags('Team=red'));
  await Promise.all([world.run(), world.run()]);
  assert.is(await world.count(1), 3);
});

test('when EC2 does not answer, the resources count as failed and are looked at another time', async () => {
  const world = setUp({ fault: () => Object.assign(new Error('no'), { name: 'UnauthorizedOperation' }) });
  await world.given(1);
  assert.equal([(await world.run()).failed, world.errors().length], [1, 1]);
});

test('what rules demand and somebody removed is asked for again, so many times a day', async () => {
  const world = setUp({ limit: 2 });
  await world.given(1);
  for (const healed of [1, 1, 0]) {
    await world.ec2.deleteTags(parseArn(stream(1)), ['Owner']);
    assert.is((await world.run()).healed, healed);
    const event = await world.last(1);
    if (event?.type === 'TagRequested') {
      assert.equal([event.cause.name, event.tags], ['heal', tags('Owner=ada')]);
      const recorded = await world.store.read(stream(1));
      const outcome = applied(`of ${event.eventId}`, { request: event.eventId, effectiveAt: world.now() });
      await world.store.append(record(stream(1), outcome, recorded.at(-1), new Date(world.now())));
      await world.ec2.setTags(parseArn(stream(1)), event.tags);
    }
    await world.project(stream(1));
    await world.wait(3_600_000);
  }
  assert.is(world.counts.HealsRefused, 1);
});

test('a value that somebody put in the place of a rule’s is theirs', async () => {
  const world = setUp({ limit: 3 });
  await world.given(1);
  await world.ec2.setTags(parseArn(stream(1)), tags('Owner=eve'));
  assert.is((await world.run()).healed, 0);
  assert.is((await world.last(1))?.type, 'TagObserved');
});

test('a rule that wins over others does so also after it had asked for another key alone', async () => {
  const rules = parseTagRules('{"Owner":"{who.name}","Cost":{"value":"1","overwrite":true}}');
  const world = setUp({ limit: 3, rules });
  const cost = requested('r2', { rules: rules.id, tags: tags('Cost=1'), overwrite: ['Cost'] });
  const owner = requested('r3', { rules: rules.id, tags: tags('Owner=ada') });
  await world.given(
    1,
    cost,
    applied('a2', { request: 'r2', tags: cost.tags }),
    owner,
    applied('a3', { request: 'r3' }),
  );
  await world.ec2.setTags(parseArn(stream(1)), tags('Cost=9'));
  assert.is((await world.run()).healed, 1);
  const event = await world.last(1);
  assert.ok(event?.type === 'TagRequested');
  assert.equal([event.tags, event.overwrite], [tags('Cost=1'), ['Cost']]);
});

test('a removal that CloudTrail told is healed too, and what a person set instead is not', async () => {
  const world = setUp({ limit: 3 });
  await world.given(
    1,
    observed('o1', { set: [], removed: ['Owner'], effectiveAt: '2026-03-31T13:00:00.000Z' }),
  );
  assert.is((await world.run()).healed, 1);
});

test.run();
