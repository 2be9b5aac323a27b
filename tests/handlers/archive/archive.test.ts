import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { archiveFleet } from '../../../src/archive/archive-fleet.ts';
import { inboxNames } from '../../../src/archive/inbox.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import { archiveConsumer } from '../../../src/handlers/archive/archive.ts';
import { memoryArchive } from '../../support/archive.ts';
import { flatListOf } from '../../support/async.ts';
import { remembering } from '../../support/doubles.ts';
import { at, chain, observed, requested, STREAM } from '../../support/events.ts';
import { batchOf, DONE, feedOf, from, lowest, tampered, unreadable } from '../../support/feed-records.ts';

const test = suite('archive');

const EVENTS = chain([requested('r1'), observed('o1')]) as [RecordedEvent, RecordedEvent];
const MOMENT = { asOf: at(30), knownAt: '2026-12-31T00:00:00.000Z' };

const setUp = () => {
  const objects = memoryArchive();
  const { telemetry, counts, lines } = remembering();
  return { objects, counts, lines, telemetry, handle: lowest(archiveConsumer({ objects, telemetry })) };
};

test('what a batch brings can be asked for at once', async () => {
  const { objects, counts, handle } = setUp();
  assert.equal(await handle(feedOf(EVENTS)), DONE);
  assert.equal(
    (await flatListOf(archiveFleet(objects, memoryStore()).at(MOMENT))).map(({ arn }) => arn),
    [STREAM],
  );
  assert.is(counts.EventsArchived, 2);
});

test('a batch that is delivered again leaves one object', async () => {
  const { objects, handle } = setUp();
  await handle(feedOf(EVENTS));
  await handle(feedOf(EVENTS));
  assert.is((await inboxNames(objects)).length, 1);
});

test('what is no new event, or cannot be read, leaves nothing', async () => {
  const { objects, handle } = setUp();
  const batch = batchOf(unreadable(EVENTS[0]), tampered(EVENTS[0], EVENTS[1]));
  assert.equal(await handle(batch), DONE);
  assert.equal(await inboxNames(objects), []);
});

test('when the object cannot be written, the batch comes again from its first record on', async () => {
  const { objects, lines, telemetry } = setUp();
  const gone = { ...objects, create: () => Promise.reject(new Error('the bucket cannot be reached')) };
  const handle = lowest(archiveConsumer({ objects: gone, telemetry }));
  assert.equal(await handle(feedOf(EVENTS)), from(0));
  assert.equal(
    lines.map(({ message }) => message),
    ['events could not be archived'],
  );
});

test.run();
