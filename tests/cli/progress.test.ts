import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ProgressMode, progressTo } from '../../src/cli/progress.ts';

const test = suite('progress');

/** What the line is erased with. */
const ERASED = '\r\u001b[K';

/** A progress whose clock is moved by hand, and what it wrote since it was last asked. */
const given = (mode: ProgressMode, width = 100) => {
  let at = 0;
  let written = '';
  const progress = progressTo({
    mode,
    command: 'verify',
    now: () => at,
    write: (text) => {
      written += text;
    },
    width: () => width,
  });
  return {
    ...progress,
    /** Shows progress at a time in milliseconds after the start of the process. */
    at: (ms: number, ...shown: Parameters<typeof progress.show>): string => {
      at = ms;
      written = '';
      progress.show(...shown);
      return written;
    },
    clear: (): string => {
      written = '';
      progress.clear();
      return written;
    },
  };
};

test('a line says how much is done, the share, the rate and the time that is left', () => {
  const { at } = given('draw');
  at(1_000, 0, 1_000_000, 'events');
  assert.is(
    at(6_643, 412_000, 1_000_000, 'events'),
    `${ERASED}verify  412,000 of 1,000,000 events  41 %  73,000/s  9 s left`,
  );
});

test('without a total it says the count and the rate', () => {
  const { at } = given('draw');
  at(1_000, 0, undefined, 'messages');
  assert.is(at(11_000, 30, undefined, 'messages'), `${ERASED}verify  30 messages  3/s`);
});

test('a rate needs a second, and is that of the work since it was first shown', () => {
  const { at } = given('draw');
  // A rebuild that goes on begins at what an earlier one had done.
  assert.is(at(1_000, 5_000, 10_000, 'events'), `${ERASED}verify  5,000 of 10,000 events  50 %`);
  assert.is(at(1_999, 5_100, 10_000, 'events'), `${ERASED}verify  5,100 of 10,000 events  51 %`);
  assert.is(
    at(2_000, 5_100, 10_000, 'events'),
    '',
    'it is drawn ten times a second at most, and here after a thousandth',
  );
  assert.is(
    at(3_000, 5_200, 10_000, 'events'),
    `${ERASED}verify  5,200 of 10,000 events  52 %  100/s  48 s left`,
  );
});

for (const [rate, says] of [
  [0.25, '0.25/s'],
  [2.46, '2.5/s'],
  [73_412, '73,000/s'],
] as const) {
  test(`a rate has two digits: ${says}`, () => {
    const { at } = given('draw');
    at(0, 0, undefined, 'events');
    assert.match(at(100_000, rate * 100, undefined, 'events'), `  ${says}`);
  });
}

for (const [left, says] of [
  [1, '1 s left'],
  [59, '59 s left'],
  [125, '2 min 5 s left'],
  [3_599, '59 min 59 s left'],
  [7_260, '2 h 1 min left'],
] as const) {
  test(`the time that is left is rounded up: ${says}`, () => {
    const { at } = given('draw');
    at(0, 0, left + 10, 'events');
    assert.match(at(10_000, 10, left + 10, 'events'), new RegExp(`  ${says}$`));
  });
}

test('the first half second of a command shows nothing, because most commands end in it', () => {
  const { at, clear } = given('draw');
  assert.is(at(400, 10, 20, 'events'), '');
  assert.is(clear(), '', 'and there is nothing to erase');
  assert.is(at(500, 11, 20, 'events'), `${ERASED}verify  11 of 20 events  55 %`);
});

test('at the end its line is erased', () => {
  const { at, clear } = given('draw');
  at(1_000, 1, 3, 'events');
  assert.is(at(1_001, 3, 3, 'events'), ERASED);
  assert.is(clear(), '');
});

test('a message erases the line, and it is drawn again after a tenth of a second', () => {
  const { at, clear } = given('draw');
  at(1_000, 10, 30, 'events');
  assert.is(clear(), ERASED);
  assert.is(at(1_099, 11, 30, 'events'), '');
  assert.is(at(1_100, 12, 30, 'events'), `${ERASED}verify  12 of 30 events  40 %`);
});

test('a count within another one is not shown until that one ends', () => {
  const { at } = given('draw');
  at(1_000, 0, 3, 'instants');
  assert.is(at(1_200, 500, 1_000, 'events'), '');
  assert.is(at(1_300, 1_000, 1_000, 'events'), '');
  assert.is(at(1_400, 1, 3, 'instants'), `${ERASED}verify  1 of 3 instants  33 %`);
  at(1_500, 3, 3, 'instants');
  assert.is(at(1_600, 500, 1_000, 'events'), `${ERASED}verify  500 of 1,000 events  50 %`);
});

test('a count that begins again has its own rate', () => {
  const { at } = given('draw');
  at(1_000, 0, 100, 'events');
  at(11_000, 90, 100, 'events');
  assert.is(at(12_000, 10, 100, 'events'), `${ERASED}verify  10 of 100 events  10 %`);
});

test('a total that was too low is not believed', () => {
  const { at } = given('draw');
  assert.is(at(1_000, 11, 10, 'events'), `${ERASED}verify  11 events`);
});

test('a line is never longer than the terminal, because a wrapped one cannot be erased', () => {
  const { at } = given('draw', 20);
  assert.is(at(1_000, 412_000, 1_000_000, 'events'), `${ERASED}verify  412,000 of `);
});

test('as lines it is one line every 30 seconds', () => {
  const { at, clear } = given('lines');
  assert.is(at(1_000, 0, 100, 'events'), '');
  assert.is(at(29_999, 30, 100, 'events'), '');
  assert.is(at(31_000, 60, 100, 'events'), 'verify  60 of 100 events  60 %  2/s  20 s left\n');
  assert.is(at(60_999, 80, 100, 'events'), '');
  assert.is(at(61_000, 90, 100, 'events'), 'verify  90 of 100 events  90 %  1.5/s  7 s left\n');
  assert.is(at(62_000, 100, 100, 'events'), '');
  assert.is(clear(), '');
});

test('switched off it writes nothing', () => {
  const { at } = given('off');
  at(1_000, 0, 100, 'events');
  assert.is(at(100_000, 60, 100, 'events'), '');
});

test.run();
