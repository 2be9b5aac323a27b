import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryMemoStore } from '../../src/adapters/memory/coordination-store.ts';
import { changeMemo } from '../../src/coordination/compare-and-swap.ts';
import type { MemoStore } from '../../src/coordination/coordination-store.ts';
import { meddling } from '../support/doubles.ts';
import { rejectionOf } from '../support/sample-events.ts';

const test = suite('change a memo');

const KEY = 'quiet/x';

const wait = async () => undefined;

/** A change that adds a letter. */
const add = (letter: string) => (there: { value: unknown } | undefined) => ({
  value: `${(there?.value as string | undefined) ?? ''}${letter}`,
});

test('a memo is made, and changed from what is there', async () => {
  const memos = memoryMemoStore();
  assert.equal(await changeMemo(memos, KEY, add('a')), { value: 'a' });
  assert.equal(await changeMemo(memos, KEY, add('b')), { value: 'ab' });
  assert.equal(await memos.get([KEY]), [{ key: KEY, value: 'ab', version: 2 }]);
});

test('a change of nothing writes nothing', async () => {
  const memos = memoryMemoStore();
  assert.is(await changeMemo(memos, KEY, () => undefined), undefined);
  assert.equal(await memos.get([KEY]), []);
});

test('what the caller has seen is not read again, and when it is old the change is made on what is there', async () => {
  const inner = memoryMemoStore();
  let reads = 0;
  const memos: MemoStore = {
    ...inner,
    get(keys) {
      reads += 1;
      return inner.get(keys);
    },
  };
  await changeMemo(memos, KEY, add('a'), { seen: { there: undefined } });
  assert.is(reads, 0);
  assert.equal(await changeMemo(memos, KEY, add('b'), { seen: { there: undefined } }), { value: 'ab' });
  assert.is(reads, 1);
});

test('after lost races the change is made on what the winners wrote', async () => {
  const memos = meddling(memoryMemoStore(), 3);
  assert.equal(await changeMemo(memos, KEY, add('a')), { value: '...a' });
});

test('when others always win it gives up, having written nothing', async () => {
  const memos = meddling(memoryMemoStore(), Number.POSITIVE_INFINITY);
  const error = (await rejectionOf(changeMemo(memos, KEY, add('a'), { wait }))) as Error;
  assert.is(error.message, 'others changed the memo quiet/x 10 times meanwhile');
  assert.equal((await memos.get([KEY]))[0]?.value, '.'.repeat(10));
});

test('of many changes at once none is lost', async () => {
  const memos = memoryMemoStore();
  await Promise.all(['a', 'b', 'c', 'd'].map((letter) => changeMemo(memos, KEY, add(letter))));
  const [memo] = await memos.get([KEY]);
  assert.equal(String(memo?.value).split('').sort(), ['a', 'b', 'c', 'd']);
});

test.run();
