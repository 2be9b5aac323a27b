import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { compareAndSwap } from '../../src/coordination/compare-and-swap.ts';
import type { CoordinationStore } from '../../src/coordination/coordination-store.ts';
import { rejectionOf } from '../support/async.ts';
import { meddling } from '../support/doubles.ts';

const test = suite('change a memo');

const KEY = 'quiet/x';

const wait = async () => undefined;

/** A change that adds a letter. */
const add = (letter: string) => (there: { value: unknown } | undefined) => ({
  value: `${(there?.value as string | undefined) ?? ''}${letter}`,
});

test('a memo is made, and changed from what is there', async () => {
  const coordination = memoryCoordinationStore();
  assert.equal(await compareAndSwap(coordination, KEY, add('a')), { value: 'a' });
  assert.equal(await compareAndSwap(coordination, KEY, add('b')), { value: 'ab' });
  assert.equal(await coordination.get([KEY]), [{ key: KEY, value: 'ab', version: 2 }]);
});

test('a change of nothing writes nothing', async () => {
  const coordination = memoryCoordinationStore();
  assert.is(await compareAndSwap(coordination, KEY, () => undefined), undefined);
  assert.equal(await coordination.get([KEY]), []);
});

test('what the caller has seen is not read again, and when it is old the change is made on what is there', async () => {
  const inner = memoryCoordinationStore();
  let reads = 0;
  const coordination: CoordinationStore = {
    ...inner,
    get(keys) {
      reads += 1;
      return inner.get(keys);
    },
  };
  await compareAndSwap(coordination, KEY, add('a'), { seen: { there: undefined } });
  assert.is(reads, 0);
  assert.equal(await compareAndSwap(coordination, KEY, add('b'), { seen: { there: undefined } }), {
    value: 'ab',
  });
  assert.is(reads, 1);
});

test('after lost races the change is made on what the winners wrote', async () => {
  const coordination = meddling(memoryCoordinationStore(), 3);
  assert.equal(await compareAndSwap(coordination, KEY, add('a')), { value: '...a' });
});

test('when others always win it gives up, having written nothing', async () => {
  const coordination = meddling(memoryCoordinationStore(), Number.POSITIVE_INFINITY);
  const error = (await rejectionOf(compareAndSwap(coordination, KEY, add('a'), { wait }))) as Error;
  assert.is(error.message, 'others changed the memo quiet/x 10 times meanwhile');
  assert.equal((await coordination.get([KEY]))[0]?.value, '.'.repeat(10));
});

test('of many changes at once none is lost', async () => {
  const coordination = memoryCoordinationStore();
  await Promise.all(['a', 'b', 'c', 'd'].map((letter) => compareAndSwap(coordination, KEY, add(letter))));
  const [memo] = await coordination.get([KEY]);
  assert.equal(String(memo?.value).split('').sort(), ['a', 'b', 'c', 'd']);
});

test.run();
