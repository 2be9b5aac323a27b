import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../../src/adapters/memory/state-store.ts';
import { embeddedAws } from '../../../src/embedded/embedded-aws.ts';
import { fold } from '../../../src/events/resource.ts';
import type { TagEvent } from '../../../src/events/tag-event.ts';
import { reconcile } from '../../../src/handlers/reconcile/reconcile.ts';
import { rowOf } from '../../../src/projections/state-row.ts';
import { DEFAULT_RETRY } from '../../../src/tagging/retry-policy.ts';
import { parseTagRules } from '../../../src/tagging/rules/tag-rules.ts';
import { envelope, launch } from '../../support/cloudtrail/trail.ts';
import { appendAll, GONE, remembering, watched } from '../../support/doubles.ts';
import { applied, at, chain, failed, NOW, requested, streamOf } from '../../support/events.ts';

const test = suite('measures');

const LATER = new Date(NOW.getTime() + 3_600_000);

/** What a run of reconcile says is the age of the oldest request, at `NOW`, over these streams. */
const oldestAge = async (...streams: readonly (readonly TagEvent[])[]) => {
  const store = watched(memoryStore());
  const states = memoryStateStore();
  for (const [n, events] of streams.entries()) {
    const stream = streamOf(`i-0000000${n}`);
    const recorded = chain(events, stream);
    await appendAll(store, recorded);
    await states.save(rowOf(stream, fold(recorded)));
  }
  const seen = remembering();
  const ledger = { store, eventFormat: 1 as const, now: () => LATER, wait: async () => undefined };
  const run = reconcile({ ledger, states, policy: DEFAULT_RETRY, limit: 0, telemetry: seen.telemetry });
  const measure = async () => {
    await run(() => 60_000);
    return seen.measured.OldestRequestAge;
  };
  return { ...seen, store, measure };
};

const AGAIN = failed('f1', { class: 'throttled', retryAt: at(600) });
const [FIRST] = chain([requested('r1')]);
const AGE = (LATER.getTime() - Date.parse(FIRST?.recordedAt ?? '')) / 1_000;

test('the age of the oldest request counts from its first attempt, however many it has had', async () => {
  const again = requested('r2', { attempt: 2, request: 'r1' });
  const world = await oldestAge(
    [requested('r1'), AGAIN, again],
    [requested('x'), applied('a', { request: 'x' })],
  );
  assert.equal(await world.measure(), [AGE]);
});

test('where nothing waits the age is 0, and it is measured all the same, so that silence means that reconcile is down', async () => {
  assert.equal(await (await oldestAge()).measure(), [0]);
  assert.equal(await (await oldestAge([requested('r1'), applied('a1')])).measure(), [0]);
});

test('an age that cannot be told keeps reconcile from nothing', async () => {
  const world = await oldestAge([requested('r1'), AGAIN, requested('r2', { attempt: 2, request: 'r1' })]);
  world.store.failRead = () => GONE;
  assert.is(await world.measure(), undefined);
  assert.equal(world.errors(), ['the age of the oldest request could not be determined']);
});

/** Two launches, of which one may not be tagged, through the whole pipeline a minute after they happened. */
const launched = async () => {
  const seen = remembering();
  const pipeline = await embeddedAws({
    rules: parseTagRules('{"Owner":"{who.name}"}'),
    now: () => new Date('2026-04-01T12:01:00.000Z'),
    ec2: { denied: ({ id }) => id === 'i-02' },
    telemetry: seen.telemetry,
    tagChildren: false,
  });
  const happened = { eventTime: '2026-04-01T12:00:00Z' };
  for (const id of ['i-01', 'i-02'])
    await pipeline.request(envelope(launch([id], { ...happened, eventID: `cause of ${id}` })), id);
  await pipeline.settle();
  pipeline.close();
  return seen;
};

test('from the call until its tags are on it is a minute, and the failed one is no part of it', async () => {
  const { measured, counts } = await launched();
  assert.equal(measured.TimeToTag, [60]);
  assert.equal([counts.RequestsRecorded, counts.ResourcesApplied, counts.FinalFailures], [2, 1, 1]);
});

test('an event is followed by its id through the lines of request, apply and project', async () => {
  const { lines } = await launched();
  const naming = (id: string) =>
    lines.flatMap(({ message, fields }) => (JSON.stringify(fields).includes(id) ? [message] : []));
  assert.equal(naming('cause of i-01'), ['input handled', 'tags applied', 'states projected']);
  const [request] = lines.flatMap(({ message, fields }) =>
    message === 'tags applied' ? (fields.requests as string[]) : [],
  );
  assert.ok(request && naming(request).includes('states projected'));
});

test.run();
