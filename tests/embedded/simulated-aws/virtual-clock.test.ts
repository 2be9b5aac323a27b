import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { virtualClock } from '../../../src/embedded/simulated-aws/virtual-clock.ts';

const test = suite('skipping clock');

const START = Date.parse('2026-03-31T12:00:00Z');

test('an hour of sleep takes no time and moves the clock by an hour', async () => {
  const clock = virtualClock(() => START);
  await clock.sleep(3_600_000);
  assert.is(clock.now(), START + 3_600_000);
});

test('the clock goes on as its base does', async () => {
  const base = { ms: START };
  const clock = virtualClock(() => base.ms);
  await clock.sleep(100);
  base.ms += 5;
  assert.is(clock.now(), START + 105);
});

test('sleeps that begin together overlap, and end in the order of their lengths', async () => {
  const clock = virtualClock(() => START);
  const woken: [name: string, at: number][] = [];
  const nap = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push([name, clock.now() - START]);
  };
  await Promise.all([nap('long', 300), nap('short', 100), nap('middle', 200)]);
  assert.equal(woken, [
    ['short', 100],
    ['middle', 200],
    ['long', 300],
  ]);
});

test('a sleeper that sleeps again is woken before those who sleep longer', async () => {
  const clock = virtualClock(() => START);
  const woken: string[] = [];
  const twice = async () => {
    await clock.sleep(100);
    await clock.sleep(100);
    woken.push(`twice at ${clock.now() - START}`);
  };
  const once = async () => {
    await clock.sleep(300);
    woken.push(`once at ${clock.now() - START}`);
  };
  await Promise.all([once(), twice()]);
  assert.equal(woken, ['twice at 200', 'once at 300']);
});

test('a sleep of less than nothing does not turn the clock back', async () => {
  const clock = virtualClock(() => START);
  await clock.sleep(-1000);
  assert.is(clock.now(), START);
});

test('a sleep of NaN milliseconds is refused, and the clock stays whole', async () => {
  const clock = virtualClock(() => START);
  const error = await clock.sleep(Number.NaN).catch((thrown: unknown) => thrown);
  assert.instance(error, RangeError);
  assert.is(clock.now(), START);
});

test.run();
