import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fold } from '../../../src/events/resource.ts';
import type { ResourceArn } from '../../../src/events/resource-arn.ts';
import { rowOf, type StateRow } from '../../../src/projections/state-row.ts';
import type { StateStore } from '../../../src/projections/state-store.ts';
import { storedOf } from '../../../src/projections/stored-row.ts';
import { listOf } from '../async.ts';
import { at, chain, failed, ONE_OF_EACH, requested, streamOf } from '../events.ts';

/** A store to be put to the test, and how to let go of it. */
export interface Opened {
  readonly states: StateStore;
  close?(): Promise<void>;
}

/** The rows that a resource has one after another, while one event of each type is recorded. */
export const rowsOf = (arn: ResourceArn): StateRow[] => {
  const events = chain(ONE_OF_EACH, arn);
  return events.map((_, i) => rowOf(arn, fold(events.slice(0, i + 1))));
};

/** What the prose over `StateStore` promises, asked of one adapter. Every test works on resources of its own. */
export const stateStoreContract = (name: string, open: () => Opened | Promise<Opened>): void => {
  const test = suite(`${name} keeps the contract of the state store`);
  let opened: Opened;
  let states: StateStore;
  let resources = 0;

  test.before(async () => {
    opened = await open();
    states = opened.states;
  });
  test.after(async () => opened.close?.());

  const newResource = (): ResourceArn => streamOf(`i-${String(++resources).padStart(8, '0')}`);
  const saveAll = async (rows: readonly StateRow[]): Promise<void> => {
    for (const row of rows) await states.save(row);
  };
  const byArn = (rows: readonly StateRow[]) => [...rows].sort((a, b) => (a.arn < b.arn ? -1 : 1));

  test('a saved row comes back as it was', async () => {
    for (const row of rowsOf(newResource())) {
      await states.save(row);
      assert.equal(await states.get([row.arn]), [row]);
    }
  });

  test('an older row never replaces a newer one, and is no error', async () => {
    const rows = rowsOf(newResource());
    await saveAll(rows.toReversed());
    assert.equal(await states.get([rows[0]?.arn as ResourceArn]), rows.slice(-1));
  });

  test('a row that is saved again stays as it is', async () => {
    const [row] = rowsOf(newResource()) as [StateRow];
    await states.save(row);
    const other: StateRow = { ...row, resource: { ...row.resource, tags: [] } };
    await saveAll([row, other]);
    assert.equal(await states.get([row.arn]), [row]);
  });

  test('whatever the order and number of saves, also at once, the newest row stays', async () => {
    const anyOrder = fc.array(fc.nat({ max: ONE_OF_EACH.length - 1 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(anyOrder, fc.boolean(), async (order, atOnce) => {
        const rows = rowsOf(newResource());
        const saves = order.map((i) => rows[i] as StateRow);
        if (atOnce) await Promise.all(saves.map((row) => states.save(row)));
        else await saveAll(saves);
        assert.equal(await states.get([rows[0]?.arn as ResourceArn]), [rows[Math.max(...order)]]);
      }),
      { numRuns: 30 },
    );
  });

  test('the rows of many resources come back, and none for those that have none', async () => {
    const rows = Array.from({ length: 130 }, () => rowsOf(newResource())[0] as StateRow);
    await Promise.all(rows.map((row) => states.save(row)));
    const nowhere = [newResource(), newResource()];
    assert.equal(byArn(await states.get([...nowhere, ...rows.map(({ arn }) => arn)])), byArn(rows));
    assert.equal(await states.get(nowhere), []);
    assert.equal(await states.get([]), []);
  });

  test('the list has every row once, as it is now', async () => {
    const rows = rowsOf(newResource());
    await saveAll(rows);
    const list = await listOf(states.list());
    assert.equal(
      list.filter(({ arn }) => arn === rows[0]?.arn),
      rows.slice(-1),
    );
    assert.is(new Set(list.map(({ arn }) => arn)).size, list.length);
    assert.equal(byArn(await states.get(list.map(({ arn }) => arn))), byArn(list));
  });

  test('a row is stored as storedOf says, and is found among the stored rows', async () => {
    const rows = rowsOf(newResource());
    await saveAll(rows);
    const last = storedOf(rows.at(-1) as StateRow);
    assert.equal(await states.stored([last.resource, newResource()]), [last]);
    const all = await listOf(states.listStored());
    assert.equal(
      all.filter(({ resource }) => resource === last.resource),
      [last],
    );
  });

  test('a replacement takes the place of what was seen, also of a newer row', async () => {
    const rows = rowsOf(newResource()) as [StateRow, StateRow, StateRow];
    for (const there of [undefined, rows[0], rows[2]]) {
      if (there) await states.save(there);
      const [seen] = await states.stored([rows[1].arn]);
      assert.is(await states.replace(rows[1], seen), true);
      assert.equal(await states.get([rows[1].arn]), [rows[1]]);
    }
  });

  test('a replacement does nothing when a save came in between', async () => {
    const rows = rowsOf(newResource()) as [StateRow, StateRow, StateRow];
    for (const later of rows) {
      const [seen] = await states.stored([later.arn]);
      await states.save(later);
      assert.is(await states.replace(rows[0], seen), false);
      assert.equal(await states.get([later.arn]), [later]);
    }
  });

  test('a row that was seen and is gone is not replaced', async () => {
    const [row] = rowsOf(newResource()) as [StateRow];
    assert.is(await states.replace(row, storedOf(row)), false);
    assert.equal(await states.get([row.arn]), []);
  });

  test('a row is removed while it is as it was seen, and not once somebody saved it', async () => {
    const [first, second] = rowsOf(newResource()) as [StateRow, StateRow];
    await saveAll([first, second]);
    assert.is(await states.remove(storedOf(first)), false);
    assert.equal(await states.get([first.arn]), [second]);
    assert.is(await states.remove(storedOf(second)), true);
    assert.equal(await states.get([first.arn]), []);
    assert.is(await states.remove(storedOf(second)), false);
  });

  test('the list goes on behind any of its rows, as the rows are then', async () => {
    await saveAll(Array.from({ length: 5 }, () => rowsOf(newResource())[0] as StateRow));
    const all = await listOf(states.list());
    for (const place of [0, Math.floor(all.length / 2), all.length - 1]) {
      const behind = await listOf(states.list(all[place]?.arn));
      assert.equal(behind, all.slice(place + 1));
    }
  });

  /** Rows that wait for another attempt, due at these minutes. */
  const saveRetrying = async (...minutes: readonly number[]): Promise<ResourceArn[]> => {
    const arns: ResourceArn[] = [];
    for (const minute of minutes) {
      const arn = newResource();
      arns.push(arn);
      const events = [requested('r1'), failed('f1', { class: 'throttled', retryAt: at(minute) })];
      await states.save(rowOf(arn, fold(chain(events, arn))));
    }
    return arns;
  };

  test('what is due is found by its status, the longest due first, and only so many', async () => {
    const [late, never, early, middle] = await saveRetrying(-530, 999_999, -550, -540);
    assert.equal(await states.due('retrying', at(-530), 10), [early, middle, late]);
    assert.equal(await states.due('retrying', at(-530), 2), [early, middle]);
    assert.equal(await states.due('retrying', at(-551), 10), []);
    assert.not.ok((await states.due('retrying', at(0), 1000)).includes(never as ResourceArn));
    assert.not.ok((await states.due('open', at(999_999), 1000)).includes(early as ResourceArn));
  });

  test('a row that waits no more is not due', async () => {
    const [arn] = (await saveRetrying(-600)) as [ResourceArn];
    assert.equal(await states.due('retrying', at(-600), 1), [arn]);
    const events = [
      requested('r1'),
      failed('f1', { class: 'throttled', retryAt: at(-600) }),
      failed('f2', { attempt: 1 }),
    ];
    await states.save(rowOf(arn, fold(chain(events, arn))));
    assert.equal(await states.due('retrying', at(-600), 1), []);
  });

  test.run();
};
