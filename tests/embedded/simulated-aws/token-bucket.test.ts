import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenBucket } from '../../../src/embedded/simulated-aws/token-bucket.ts';

const test = suite('token bucket');

const bucketAt = (capacity: number, refillPerSecond: number) => {
  const clock = { ms: Date.parse('2026-03-31T12:00:00Z') };
  const bucket = tokenBucket({ capacity, refillPerSecond, now: () => clock.ms });
  const takeAll = () => {
    let taken = 0;
    while (bucket.take()) taken += 1;
    return taken;
  };
  return { clock, bucket, takeAll };
};

test('a new bucket is full, and gives no more than its capacity', () => {
  assert.is(bucketAt(100, 10).takeAll(), 100);
});

test('a token comes back when it is due, and not a millisecond before', () => {
  const { clock, bucket, takeAll } = bucketAt(100, 10);
  takeAll();
  clock.ms += 99;
  assert.is(bucket.take(), false);
  clock.ms += 1;
  assert.is(bucket.take(), true);
  assert.is(bucket.take(), false);
});

test('a wait in small steps gives as much as one long wait', () => {
  const { clock, bucket, takeAll } = bucketAt(100, 10);
  takeAll();
  for (let step = 0; step < 10; step += 1) {
    assert.is(bucket.take(), false);
    clock.ms += 10;
  }
  assert.is(bucket.take(), true);
});

test('a bucket never holds more than its capacity, however long nobody calls', () => {
  const { clock, takeAll } = bucketAt(100, 10);
  clock.ms += 3_600_000;
  assert.is(takeAll(), 100);
});

test('what is left can be taken although the clock went back', () => {
  const { clock, bucket } = bucketAt(2, 10);
  bucket.take();
  clock.ms -= 60_000;
  assert.is(bucket.take(), true);
  assert.is(bucket.take(), false);
});

test('a clock that goes back neither fills nor empties the bucket', () => {
  const { clock, bucket, takeAll } = bucketAt(2, 10);
  takeAll();
  clock.ms -= 60_000;
  assert.is(bucket.take(), false);
  clock.ms += 60_000;
  assert.is(bucket.take(), false);
  clock.ms += 100;
  assert.is(bucket.take(), true);
});

test.run();
