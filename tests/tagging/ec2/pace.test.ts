import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenBucket } from '../../../src/embedded/simulated-aws/token-bucket.ts';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';
import { startPace } from '../../../src/tagging/ec2/pace.ts';

const test = suite('pace');

const START = Date.parse('2026-03-31T12:00:00.000Z');

/** A pace without jitter on a clock that stands still until it is moved. */
const still = () => {
  const time = { ms: 0 };
  return {
    time,
    pace: startPace(
      () => time.ms,
      () => 0.5,
    ),
  };
};

test('until a call is throttled nobody waits', () => {
  const { pace } = still();
  for (let i = 0; i < 1_000; i++) {
    assert.is(pace.turn(), 0);
    pace.admitted();
  }
});

test('after a throttle turns are a tenth of a second apart, in the order in which they are taken', () => {
  const { pace } = still();
  pace.turn();
  pace.throttled();
  assert.equal([pace.turn(), pace.turn(), pace.turn()], [100, 200, 300]);
});

test('calls that are throttled together slow the pace once, and the next one again', () => {
  const { pace, time } = still();
  for (let i = 0; i < 4; i++) pace.throttled();
  time.ms = 1_000;
  assert.equal([pace.turn(), pace.turn()], [0, 100]);
  pace.throttled();
  time.ms = 10_000;
  assert.equal([pace.turn(), Math.round(pace.turn())], [0, 143]);
});

test('however often calls are throttled there is a turn every two seconds', () => {
  const { pace, time } = still();
  for (let i = 0; i < 100; i++) {
    time.ms += 1_000;
    pace.throttled();
  }
  time.ms += 10_000;
  assert.equal([pace.turn(), pace.turn()], [0, 2_000]);
});

test('calls that get through make it faster', () => {
  const { pace } = still();
  pace.throttled();
  for (let i = 0; i < 70; i++) pace.admitted();
  pace.turn();
  assert.equal([pace.turn(), pace.turn()].map(Math.round), [150, 200]);
});

test('whatever refill is left, calls take little more than the least time and few of them are throttled', async () => {
  for (const refillPerSecond of [1, 3, 8, 10, 20]) {
    const clock = virtualClock(() => START);
    const bucket = tokenBucket({ capacity: 80, refillPerSecond, now: clock.now });
    const pace = startPace(clock.now, () => 0.5);
    let [left, throttled] = [1_000, 0];
    const caller = async () => {
      while (left > 0) {
        const wait = pace.turn();
        if (wait > 0) await clock.sleep(wait);
        if (bucket.take()) {
          left -= 1;
          pace.admitted();
        } else {
          throttled += 1;
          pace.throttled();
        }
      }
    };
    await Promise.all([caller(), caller(), caller(), caller()]);
    const least = (1_000 - 80) / refillPerSecond;
    const seconds = (clock.now() - START) / 1_000;
    assert.ok(
      seconds < least * 1.05 + 2,
      `${seconds} s at ${refillPerSecond} a second, the least is ${least}`,
    );
    assert.ok(throttled < 100, `${throttled} throttled calls at ${refillPerSecond} a second`);
  }
});

test.run();
