import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CoordinationStore, Memo, StoredMemo } from '../../../src/coordination/coordination-store.ts';
import { at } from '../events.ts';

/** What the prose over `MemoStore` promises, asked of one adapter. */
export const memoStoreContract = (
  name: string,
  open: () => Promise<{ readonly coordination: CoordinationStore; close?(): Promise<void> }>,
): void => {
  const test = suite(`${name} keeps the contract of the memo store`);
  let opened: Awaited<ReturnType<typeof open>>;
  let coordination: CoordinationStore;
  let count = 0;

  test.before(async () => {
    opened = await open();
    coordination = opened.coordination;
  });
  test.after(async () => opened.close?.());

  const newKey = (kind = 'quiet') => `${kind}/${++count}`;
  const read = async (key: string): Promise<StoredMemo | undefined> => (await coordination.get([key]))[0];

  test('a memo comes back as it was written, with its version', async () => {
    const memo: Memo = {
      key: newKey(),
      value: { count: 3, sample: ['i-1'] },
      expiresAt: new Date('2026-04-01T00:00:00.000Z'),
      dueAt: at(15),
    };
    assert.ok(await coordination.swap(memo, undefined));
    assert.equal(await coordination.get([memo.key, memo.key, newKey()]), [{ ...memo, version: 1 }]);
  });

  test('a swap from what was seen wins, and one from an older state does not', async () => {
    const key = newKey();
    assert.ok(await coordination.swap({ key, value: 'first' }, undefined));
    const seen = await read(key);
    assert.ok(await coordination.swap({ key, value: 'second' }, seen));
    assert.not(await coordination.swap({ key, value: 'late' }, seen));
    assert.not(await coordination.swap({ key, value: 'later still' }, undefined));
    assert.equal(await read(key), { key, value: 'second', version: 2 });
  });

  test('a swap from a state that never was does not win', async () => {
    const key = newKey();
    assert.not(await coordination.swap({ key, value: 'x' }, { version: 1 }));
    assert.is(await read(key), undefined);
  });

  test('of many swaps at once from one state, one wins', async () => {
    const key = newKey();
    const won = await Promise.all(
      Array.from({ length: 8 }, (_, i) => coordination.swap({ key, value: i }, undefined)),
    );
    assert.is(won.filter(Boolean).length, 1);
    assert.is((await read(key))?.value, won.indexOf(true));
  });

  test('a swap whose answer was lost may be repeated', async () => {
    const key = newKey();
    assert.ok(await coordination.swap({ key, value: 'mine' }, undefined));
    assert.ok(await coordination.swap({ key, value: 'mine' }, undefined));
    assert.is((await read(key))?.version, 1);
  });

  test('what is due is found by its kind, the earliest first, and only so many', async () => {
    const due = async (minute: number, kind = 'watched') => {
      const key = newKey(kind);
      await coordination.swap({ key, value: null, dueAt: at(minute) }, undefined);
      return key;
    };
    const [second, first] = [await due(2), await due(1)];
    await due(30);
    await due(1, 'other');
    assert.equal(await coordination.due('watched', at(2), 10), [first, second]);
    assert.equal(await coordination.due('watched', at(2), 1), [first]);
    assert.ok(await coordination.swap({ key: first, value: 'done' }, await read(first)));
    assert.equal(await coordination.due('watched', at(2), 10), [second]);
  });

  test.run();
};
