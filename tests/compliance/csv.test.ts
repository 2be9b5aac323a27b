import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvRecord } from '../../src/compliance/csv.ts';

const test = suite('findings as CSV');

/** The cells of a record, as RFC 4180 has them. */
const cellsIn = (record: string): string[] => {
  const cells: string[] = [];
  let rest = record;
  for (;;) {
    const [whole, quoted] = /^"((?:[^"]|"")*)"/.exec(rest) ?? [];
    assert.ok(whole !== undefined && quoted !== undefined, `no quoted cell at ${rest}`);
    cells.push(quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    if (rest === '') return cells;
    assert.is(rest[0], ',');
    rest = rest.slice(1);
  }
};

test('every cell is quoted, and quotation marks are doubled', () => {
  assert.is(csvRecord(['a', '', 'b "c", d', 'e;f', 'g\r\nh']), '"a","","b ""c"", d","e;f","g\r\nh"');
});

const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '\nx',
  '\0=1',
  ' =1+1',
  '\u00a0=1+1',
  '\u200b=1+1',
  '\ufeff@SUM(A1)',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '﹦1',
  '﹢1',
  '﹣1',
  '﹫x',
  '⁺1',
  '₌1',
  '−1',
  '=HYPERLINK("http://example.com","x")',
];

for (const text of FORMULAS) {
  test(`${JSON.stringify(text)} is text and no formula, with an apostrophe before it`, () => {
    assert.equal(cellsIn(csvRecord(['a', text])), ['a', `'${text}`]);
  });
}

for (const text of [
  '',
  'ada',
  'a=1',
  'a-b',
  '2026-03-31T23:59:59.999Z',
  "'=1",
  'arn:aws:ec2:eu-west-1:1:x/y',
  'Ä',
  '名',
]) {
  test(`${JSON.stringify(text)} stays as it is`, () => {
    assert.equal(cellsIn(csvRecord([text])), [text]);
  });
}

test('whatever is written, every cell comes back with at most an apostrophe before it, and none begins a formula', () => {
  const hostile = fc.tuple(
    fc.constantFrom('', ' ', '\t', '\u200b', '\r\n', '"', ',', ';'),
    fc.constantFrom(...FORMULAS, 'a', ''),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(
      fc.array(
        hostile.map((parts) => parts.join('')),
        { minLength: 1 },
      ),
      (texts) => {
        const cells = cellsIn(csvRecord(texts));
        assert.is(cells.length, texts.length);
        texts.forEach((text, i) => {
          const cell = cells[i] ?? '';
          assert.ok(cell === text || cell === `'${text}`);
          assert.not.match(cell.normalize('NFKC').replace(/^[\s\p{C}]+/u, ''), /^[=+\-@]/);
          assert.not.match(cell, /^[\t\r\n\0]/);
        });
      },
    ),
  );
});

test.run();
