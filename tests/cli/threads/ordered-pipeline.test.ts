import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderedPipeline } from '../../../src/cli/threads/ordered-pipeline.ts';

const test = suite('taking results in order');

async function* items(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i += 1) yield i;
}

test('results are taken in the order of the items, whichever is done first', async () => {
  const done: number[] = [];
  const taken: number[] = [];
  const work = async (n: number) => {
    await delay(n % 2 ? 1 : 15);
    done.push(n);
    return n;
  };
  await orderedPipeline(items(6), work, (n) => taken.push(n), 4);
  assert.equal(taken, [0, 1, 2, 3, 4, 5]);
  assert.not.equal(done, taken);
});

test('a result is taken when those before it were, however slowly more items come', async () => {
  const taken: number[] = [];
  async function* slow(): AsyncGenerator<number> {
    yield 0;
    await delay(5);
    assert.equal(taken, [0]);
    yield 1;
  }
  await orderedPipeline(
    slow(),
    async (n) => n,
    (n) => taken.push(n),
    8,
  );
  assert.equal(taken, [0, 1]);
});

test('no more items are under way than are allowed', async () => {
  let underWay = 0;
  let most = 0;
  const work = async (n: number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await delay(n === 0 ? 20 : 1);
    return n;
  };
  const take = () => {
    underWay -= 1;
  };
  await orderedPipeline(items(20), work, take, 3);
  assert.is(most, 3);
});

test('work may wait for all that is before it', async () => {
  let sum = 0;
  const seen: number[] = [];
  const work = async (n: number, before: () => Promise<void>) => {
    if (n % 3 === 2) {
      await before();
      seen.push(sum);
    }
    return n;
  };
  const take = (n: number) => {
    sum += n;
  };
  await orderedPipeline(items(9), work, take, 8);
  assert.equal(seen, [1, 10, 28]);
});

const failing = async (run: Promise<void>): Promise<string> =>
  run.then(
    () => 'no failure',
    (error: Error) => error.message,
  );

test('the first failure in the order of the items is the one that is met, after what is before it', async () => {
  const taken: number[] = [];
  const work = async (n: number) => {
    await delay(n === 0 ? 20 : 1);
    if (n >= 2) throw new Error(`work ${n}`);
    return n;
  };
  assert.is(await failing(orderedPipeline(items(9), work, (n) => taken.push(n), 4)), 'work 2');
  assert.equal(taken, [0, 1]);
});

test('when the items fail, what came before is taken first', async () => {
  const taken: number[] = [];
  async function* broken(): AsyncGenerator<number> {
    yield* items(3);
    throw new Error('no more');
  }
  const work = (n: number) => delay(10, n);
  assert.is(await failing(orderedPipeline(broken(), work, (n) => taken.push(n), 8)), 'no more');
  assert.equal(taken, [0, 1, 2]);
});

test('when a result cannot be taken, none behind it is', async () => {
  const taken: number[] = [];
  const take = (n: number) => {
    if (n === 1) throw new Error('full');
    taken.push(n);
  };
  assert.is(await failing(orderedPipeline(items(9), async (n) => n, take, 4)), 'full');
  assert.equal(taken, [0]);
});

test.run();
