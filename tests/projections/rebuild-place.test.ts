import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { rebuildPlace } from '../../src/projections/rebuild-place.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { rejectionOf } from '../support/async.ts';
import { NOW, STREAM } from '../support/events.ts';

const test = suite('the place of a rebuild');

const now = () => NOW;
const START = { events: 0, rows: 0 };
const PLACE = { after: STREAM, events: 12, rows: 3 };

test('the first one begins at the beginning', async () => {
  assert.equal((await rebuildPlace(memoryCoordinationStore(), 'ledger', now, false)).begun, START);
});

test('one that died goes on at the last place that it kept, in this ledger only', async () => {
  const coordination = memoryCoordinationStore();
  const first = await rebuildPlace(coordination, 'ledger', now, false);
  await first.keep({ ...PLACE, events: 4 });
  await first.keep(PLACE);
  assert.equal((await rebuildPlace(coordination, 'ledger', now, false)).begun, PLACE);
  assert.equal((await rebuildPlace(coordination, 'other', now, false)).begun, START);
  assert.equal((await rebuildPlace(coordination, 'ledger', now, true)).begun, START);
});

test('after its end, and a day after the last place, the next one begins at the beginning', async () => {
  const coordination = memoryCoordinationStore();
  const first = await rebuildPlace(coordination, 'ledger', now, false);
  await first.keep(PLACE);
  const later = (hours: number) => () => new Date(NOW.getTime() + hours * 3_600_000);
  assert.equal((await rebuildPlace(coordination, 'ledger', later(23), false)).begun, PLACE);
  assert.equal((await rebuildPlace(coordination, 'ledger', later(24), false)).begun, START);
  await first.forget();
  assert.equal((await rebuildPlace(coordination, 'ledger', now, false)).begun, START);
});

test('a place that no version wrote counts for nothing', async () => {
  const coordination = memoryCoordinationStore();
  const memo = { key: 'rebuild/ledger', value: { after: 7 }, expiresAt: new Date(NOW.getTime() + 1000) };
  await coordination.swap(memo, undefined);
  const place = await rebuildPlace(coordination, 'ledger', now, false);
  assert.equal(place.begun, START);
  await place.keep(PLACE);
});

test('of two at once the one that kept its place last goes on, and the other is told', async () => {
  const coordination = memoryCoordinationStore();
  const [first, second] = [
    await rebuildPlace(coordination, 'ledger', now, false),
    await rebuildPlace(coordination, 'ledger', now, false),
  ];
  await second.keep(PLACE);
  const error = await rejectionOf(first.keep({ ...PLACE, events: 1 }));
  assert.instance(error, InvalidInputError);
  assert.match(String(error), 'Another rebuild of ledger is running.');
  await second.keep({ ...PLACE, events: 20 });
});

test.run();
