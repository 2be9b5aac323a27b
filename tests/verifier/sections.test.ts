import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toLine } from '../../src/events/ledger-line.ts';
import { checkEvents } from '../../src/verifier/check-events.ts';
import { type Checked, sectionChecker } from '../../src/verifier/check-section.ts';
import { emptyExtent, widen, widenBy } from '../../src/verifier/extent.ts';
import type { Finding } from '../../src/verifier/finding.ts';
import { type Section, sectionsOf } from '../../src/verifier/sections.ts';
import { type FileLines, readLines } from '../../src/verifier/whole-lines.ts';
import { LEDGER, SEEN, UNSEEN } from '../support/verifier/attacks.ts';

const test = suite('the sections of an exported ledger');

const linesOf = (columns: readonly object[]): string[] =>
  columns.map((one) => `${toLine(one as (typeof LEDGER)[number])}\n`);

/** The lines, so many at once, and behind them something that is wrong with all of the file. */
async function* given(lines: readonly string[], atOnce: number): AsyncGenerator<FileLines | Finding> {
  for (let i = 0; i < lines.length; i += atOnce) {
    yield { bytes: Buffer.from(lines.slice(i, i + atOnce).join('')), line: i + 1 };
  }
  yield TRAILING;
}
const TRAILING: Finding = { kind: 'file', stream: null, seq: null, expected: 'nothing', found: '3 bytes' };

const sectionsIn = async (lines: readonly string[], atOnce: number, mostHeld: number) => {
  const sections: (Section | Finding)[] = [];
  for await (const one of sectionsOf(given(lines, atOnce), mostHeld)) sections.push(one);
  return sections;
};

/** What a check of one line after the other gives. */
const oracle = (lines: readonly string[]): Checked => {
  const check = checkEvents({ isSorted: true });
  const extent = emptyExtent();
  const findings = [...readLines({ bytes: Buffer.from(lines.join('')), line: 1 })].flatMap((one) => {
    if ('kind' in one) return [one];
    widen(extent, one);
    return check.add(one);
  });
  const counts = { ...check.counts };
  return { findings: [...findings, ...check.end(), TRAILING], counts, extent, seen: [] };
};

/** Two threads, of which the second has only every other run of sections. */
const inTwoThreads = (sections: readonly (Section | Finding)[]): Checked => {
  const checks = [false, false].map((tells) => sectionChecker({ tells }));
  let turn = 0;
  const all = sections.map((one) => {
    if ('kind' in one) return { findings: [one], counts: { events: 0, streams: 0 }, extent: emptyExtent() };
    if (one.begins) turn += 1;
    return (checks[turn % 2] as (typeof checks)[0])(one);
  });
  const extent = emptyExtent();
  for (const one of all) widenBy(extent, one.extent);
  return {
    extent,
    findings: all.flatMap(({ findings }) => findings),
    counts: {
      events: all.reduce((sum, { counts }) => sum + counts.events, 0),
      streams: all.reduce((sum, { counts }) => sum + counts.streams, 0),
    },
    seen: [],
  };
};

const garbled = (at: number): string[] =>
  linesOf(LEDGER).map((line, i) => (i === at ? line.replace('"type"', '"tYpe"') : line));
const files: readonly (readonly [string, string[]])[] = [
  ['nothing is wrong', linesOf(LEDGER)],
  ['there is nothing', []],
  ['the last stream comes first', linesOf([...LEDGER.slice(6), ...LEDGER.slice(0, 6)])],
  ['there is an empty line', ['\n', ...linesOf(LEDGER)]],
  ...LEDGER.map((_, i) => [`line ${i + 1} cannot be read`, garbled(i)] as const),
  ...[...SEEN, ...UNSEEN].map(({ name, on }) => [name, linesOf(on([...LEDGER]))] as const),
];

for (const [name, lines] of files) {
  test(`where ${name}, sections tell what all lines tell, however they come`, async () => {
    const expected = oracle(lines);
    for (const atOnce of [1, 2, 3, 100]) {
      for (const mostHeld of [1, 2000, 1_000_000]) {
        const found = inTwoThreads(await sectionsIn(lines, atOnce, mostHeld));
        assert.equal(found, expected, `${atOnce} at once, ${mostHeld} bytes held`);
      }
    }
  });
}

test('a section begins where a stream does, and a long stream comes in parts', async () => {
  const sections = await sectionsIn(linesOf(LEDGER), 2, 1);
  const shape = sections.flatMap((one) => ('kind' in one ? [] : [[one.begins, one.ends, one.line]]));
  // Streams begin in the lines 1, 6 and 7, and only the second one within what comes at once. The last has no line.
  assert.equal(shape, [
    [true, false, 1],
    [false, false, 3],
    [false, true, 5],
    [true, false, 6],
    [false, false, 7],
    [false, false, 9],
    [false, true, 9],
  ]);
  const whole = await sectionsIn(linesOf(LEDGER), 100, 1_000_000);
  assert.equal(
    whole.flatMap((one) => ('kind' in one ? [] : [one.line])),
    [1, 7],
  );
});

test('events are told where they are asked for, with what other checks look at', async () => {
  const [section] = await sectionsIn(linesOf(LEDGER), 100, 1_000_000);
  const { seen } = sectionChecker({ tells: true })(section as Section);
  const [{ stream, seq, eventId, recordedAt, hash }] = LEDGER as [(typeof LEDGER)[0]];
  assert.equal(seen[0], { stream, seq, eventId, recordedAt, hash });
  assert.is(seen.length, 6);
});

test.run();
