import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedBacklog } from '../../src/embedded/change-feed.ts';
import { openStoresToRead } from '../../src/embedded/embedded-stores.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { CONSUMERS } from '../../src/handlers/redrive/dead-letter.ts';
import { compare } from '../../src/projections/compare.ts';
import { listOf } from '../support/async.ts';
import { verifyChain } from '../support/cli/chain.ts';
import { linesOf, run, temporaryFolder } from '../support/cli/command-line.ts';
import { type Contents, contentsOf } from '../support/cli/contents.ts';
import { databaseFile } from '../support/cli/database.ts';
import { type Exited, start } from '../support/cli/spawned.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('killed in the middle of an ingest');
const folder = temporaryFolder(test);

const TAG_RULES = '{"Owner":"{who.name}","Team":"shop"}';
const file = join(folder, 'trail.ndjson');
const hex = (n: number): string => `0${n.toString(16).padStart(16, '0')}`;
const volume = (n: number): string => `vol-${hex(n)}`;
const fifty = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: 'v' }));

/** The `n`th of 800 records. What concerns one resource lies 500 apart, so that it is never in one call. */
const recordOf = (n: number): object => {
  const about = (eventName: string, over: object) => sample(eventName, { eventID: `event-${n}`, ...over });
  const earlier = volume(n - 500);
  if (n >= 750) {
    const resourceId = `arn:aws:ec2:eu-west-1:111122223333:volume/${earlier}`;
    return { resourceId, user: 'bob', tags: { App: 'shop' } };
  }
  if (n >= 700) return recordOf(n - 500);
  if (n >= 650) return about('DeleteVolume', { requestParameters: { volumeId: earlier } });
  if (n >= 500) {
    const tagSet = { items: [{ key: 'Owner', value: `person-${n}` }] };
    return about('CreateTags', {
      requestParameters: { resourcesSet: { items: [{ resourceId: earlier }] }, tagSet },
    });
  }
  if (n % 10 === 0) {
    const items = [0, 1, 2].map((i) => ({ instanceId: `i-${hex(n * 10 + i)}` }));
    return about('RunInstances', { responseElements: { instancesSet: { items } } });
  }
  // A volume with 50 tags can take no more, which is a failure for good.
  const items = [{ resourceType: 'volume', tags: n % 25 === 7 ? fifty : [] }];
  return about('CreateVolume', {
    requestParameters: { tagSpecificationSet: { items } },
    responseElements: { volumeId: volume(n) },
  });
};

const ingest = (ledger: string) =>
  start(
    [
      'ingest',
      '--simulate',
      file,
      '--ledger',
      ledger,
      '--rejects',
      join(folder, 'rejects'),
      '--format',
      'ndjson',
    ],
    {
      env: { TAG_RULES },
    },
  );

/** The number of events that are stored. */
const storedIn = (ledger: string): number => {
  const { database, close } = openStoresToRead(ledger);
  try {
    return database.get<{ events: number }>('SELECT count(*) AS events FROM events')?.events ?? 0;
  } finally {
    close();
  }
};

/** Starts an ingest, and kills it as soon as its database is there and holds more than so many events. */
const killBehind = async (ledger: string, least: number): Promise<Exited> => {
  const { child, exited } = ingest(ledger);
  let over = false;
  void exited.then(() => {
    over = true;
  });
  while (!over) {
    if (existsSync(databaseFile(ledger)) && storedIn(ledger) > least) child.kill('SIGKILL');
    await delay(5);
  }
  return exited;
};

/** Asserts that each stored event has come to both consumers, and each row is as the events give it. */
const assertConsumed = async (ledger: string): Promise<void> => {
  const { database, store, states, close } = openStoresToRead(ledger);
  try {
    for (const consumer of CONSUMERS) assert.equal(feedBacklog(database, consumer), [], consumer);
    const compared = await listOf(compare({ store, states }));
    assert.equal(
      compared.flatMap(({ differences }) => differences),
      [],
    );
  } finally {
    close();
  }
};

/** What must be the same in two ledgers: of each resource its tags, its status and its events. */
const essence = ({ events, views }: Contents): string[] => {
  const streams = verifyChain(events);
  return views
    .map(({ arn, status, tags }) =>
      JSON.stringify([
        arn,
        status,
        tags,
        (streams.get(arn) ?? []).map(({ event }) => [event.type, event.eventId]),
      ]),
    )
    .sort();
};

const outcomesOf = (events: readonly RecordedEvent[]): Map<string, number> => {
  const outcomes = new Map<string, number>();
  for (const { event } of events) {
    if (event.type === 'TagRequested') outcomes.set(event.eventId, outcomes.get(event.eventId) ?? 0);
    if (event.type === 'TagApplied' || event.type === 'TagFailed')
      outcomes.set(event.request, (outcomes.get(event.request) ?? 0) + 1);
  }
  return outcomes;
};

const whole = join(folder, 'whole');
const ledger = join(folder, 'killed');
let uninterrupted: Promise<Exited>;
test.before(() => {
  // 1,000 records are one transaction: 200 of these, and calls that failed and so change nothing.
  const failed = Array.from({ length: 800 }, () =>
    sample('CreateVolume', { errorCode: 'VolumeLimitExceeded' }),
  );
  const records = Array.from({ length: 4 }, (_, i) => [
    ...Array.from({ length: 200 }, (_, n) => recordOf(i * 200 + n)),
    ...failed,
  ]);
  writeFileSync(
    file,
    records
      .flat()
      .map((record) => JSON.stringify(record))
      .join('\n'),
  );
  uninterrupted = ingest(whole).exited;
});

/** 1,000 records are one transaction with the consumers; the first kill is before any of them. */
let before = -1;
for (const what of ['in its first transaction', 'in the second', 'in the third', 'in the fourth']) {
  test(`${what}, it has come further than before, and what is there are whole transactions`, async () => {
    const { signal, said } = await killBehind(ledger, before);
    assert.is(signal, 'SIGKILL', `it ended before it was killed: ${said}`);
    const { events } = await contentsOf(ledger);
    verifyChain(events);
    await assertConsumed(ledger);
    console.log(`  killed ${what} at ${events.length} events`);
    assert.ok(events.length > before);
    before = events.length;
  });
}

test('and started again, it ends as one that was not: nothing lost, nothing doubled', async () => {
  const { code, out, said } = await ingest(ledger).exited;
  assert.is(code, 0, said);
  const outcomes = linesOf<{ outcome: string }>(out).map(({ outcome }) => outcome);
  assert.ok(outcomes.includes('already-there') && outcomes.includes('appended'));

  assert.is((await uninterrupted).code, 0);
  const expected = await contentsOf(whole);
  // Every tenth volume is never born, and heard of all the same: 15 are tagged, 5 deleted, 5 called for. Each of the
  // 150 instances has a root volume, which no record names.
  assert.is(expected.views.length, 50 * 3 * 2 + 450 + 25);
  const contents = await contentsOf(ledger);
  assert.equal(essence(contents), essence(expected));
  for (const [request, count] of outcomesOf(contents.events)) assert.is(count, 1, request);
  await assertConsumed(ledger);
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 0);
});

test.run();
