import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCourse, readInstant, readMoment } from '../../src/projections/moment.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';

const test = suite('a moment that a person writes');

const NOW = new Date('2026-04-02T08:00:00.000Z');

for (const [text, instant] of [
  ['2026-03-31', '2026-03-31T23:59:59.999Z'],
  ['2024-02-29', '2024-02-29T23:59:59.999Z'],
  ['2026-03-31T23:59Z', '2026-03-31T23:59:00.000Z'],
  ['2026-03-31T23:59:00Z', '2026-03-31T23:59:00.000Z'],
  ['2026-03-31T23:59:00.5Z', '2026-03-31T23:59:00.500Z'],
  ['2026-04-01T01:59+02:00', '2026-03-31T23:59:00.000Z'],
  ['2026-03-31T18:29:00.123456789-0530', '2026-03-31T23:59:00.123Z'],
  ['2026-03-31t23:59:00z', '2026-03-31T23:59:00.000Z'],
] as const) {
  test(`${text} is ${instant}`, () => {
    assert.is(readInstant('--as-of', text), instant);
  });
}

const refuses = (act: () => unknown, words: RegExp): void =>
  assert.throws(act, (error: unknown) => {
    assert.instance(error, InvalidInputError);
    assert.match((error as Error).message, words);
    assert.is((error as Error).message.split('\n').length, 1);
    return true;
  });

for (const text of [
  '',
  'yesterday',
  '2026-02-30',
  '2026-13-01',
  '2026-3-31',
  '31.03.2026',
  '2026-03-31T25:00Z',
  '2026-03-31T23:60Z',
  '2026-03-31 23:59:00Z',
  '2026-03-31T23:59+25:00',
  '2026-03-31T23Z',
  '1774915140',
  '+012026-03-31',
  '2026-03-31Z',
  '2026-03-31\n',
]) {
  test(`${JSON.stringify(text)} is refused in one sentence that says how to write it`, () => {
    refuses(
      () => readInstant('--as-of', text),
      /^The value .* of --as-of is not a date or a time\. Write a date such as .* or a time with its zone/,
    );
  });
}

for (const text of ['2026-03-31T23:59', '2026-03-31T23:59:00', '2026-03-31T23:59:00.5']) {
  test(`${text} has no zone, and is refused with what to add`, () => {
    refuses(
      () => readInstant('--as-of', text),
      new RegExp(`^The time "${text}" of --as-of has no zone\\. Add Z or \\+02:00, such as ${text}Z\\.$`),
    );
  });
}

test('what is not said is now', () => {
  assert.equal(readMoment({}, NOW), { knownAt: NOW.toISOString() });
});

test('what will be known in the future is what is known now', () => {
  assert.is(readMoment({ knownAt: '2026-04-02' }, NOW).knownAt, NOW.toISOString());
  assert.is(readMoment({ knownAt: '2026-04-01' }, NOW).knownAt, '2026-04-01T23:59:59.999Z');
});

test('a time later than that of knowing it stays as it is', () => {
  assert.equal(readMoment({ asOf: '2026-04-30', knownAt: '2026-03-31' }, NOW), {
    asOf: '2026-04-30T23:59:59.999Z',
    isDay: true,
    knownAt: '2026-03-31T23:59:59.999Z',
  });
});

test('a course of days is the end of each, the last one included', () => {
  assert.equal(readCourse({ from: '2026-03-30', to: '2026-04-01', step: '1d' }), [
    '2026-03-30T23:59:59.999Z',
    '2026-03-31T23:59:59.999Z',
    '2026-04-01T23:59:59.999Z',
  ]);
});

test('a course ends before a step that would lead beyond its end', () => {
  const from = '2026-03-30T00:00Z';
  assert.is(readCourse({ from, to: '2026-03-30T01:59Z', step: '30m' }).length, 4);
  assert.equal(readCourse({ from, to: from, step: '2w' }), ['2026-03-30T00:00:00.000Z']);
});

test('a course with a bad step, its ends changed round, or too many steps is refused', () => {
  const [from, to] = ['2026-03-30', '2026-03-31'];
  for (const step of ['', '0d', '1', 'd', '1y', '-1d', '1.5h']) {
    refuses(
      () => readCourse({ from, to, step }),
      / of --step is not a number of minutes, hours, days or weeks\. Write one such as /,
    );
  }
  refuses(
    () => readCourse({ from: to, to: from, step: '1d' }),
    /^--to 2026-03-30 is before --from 2026-03-31\. Swap them\.$/,
  );
  refuses(
    () => readCourse({ from, to, step: '1m' }),
    / gives 1441 instants, and at most 1000 are possible\. /,
  );
});

test.run();
