import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TextStyle } from '../../../src/cli/text-style.ts';
import { statusColour } from '../../../src/cli/views/status-colour.ts';
import { FACTS, type TableColumn, table } from '../../../src/cli/views/table.ts';

const test = suite('tables');

const FULL: TextStyle = { width: undefined, colour: false, unicode: true };
const upTo = (width: number): TextStyle => ({ ...FULL, width });
const ID = 'i-031f7fc5ee54c269b';
const TAGS: readonly TableColumn[] = [
  { name: 'status' },
  { name: 'id' },
  { name: 'account', optional: 1 },
  { name: 'tags', fit: 'cut' },
];
const ROW = ['applied', ID, '111122223333', 'Name=checkout-canary Owner=gh-actions-4711'];
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => stringWidth(line)));

test('without a width, every cell is written in full, and the last column is not padded', () => {
  assert.is(
    table([ROW, ['failed', ID, '111122223333', '']], FULL, TAGS),
    [
      'status   id                   account       tags',
      `applied  ${ID}  111122223333  Name=checkout-canary Owner=gh-actions-4711`,
      `failed   ${ID}  111122223333`,
    ].join('\n'),
  );
});

test('without columns, a table has no headings and is never fitted', () => {
  assert.is(table([['policy', 'a long text without end']], upTo(10)), 'policy  a long text without end');
});

test('a table that is too wide is cut where it may be cut', () => {
  assert.is(
    table([ROW], upTo(70), TAGS),
    [
      'status   id                   account       tags',
      `applied  ${ID}  111122223333  Name=checkout-canary Owne…`,
    ].join('\n'),
  );
});

test('the widest column is narrowed first', () => {
  const columns: readonly TableColumn[] = [{ fit: 'cut' }, { fit: 'cut' }];
  assert.is(
    table([['123456789012', '12345678901234567890']], upTo(26), columns),
    '123456789012  12345678901…',
  );
  assert.is(table([['123456789012', '12345678901234567890']], upTo(22), columns), '123456789…  123456789…');
});

test('an optional column is left out once nothing else can be narrowed, and a note names it', () => {
  assert.is(
    table([ROW], upTo(48), TAGS),
    [
      'status   id                   tags',
      `applied  ${ID}  Name=checkout-can…`,
      '',
      'not shown for want of room: account; -o wide',
      'shows all',
    ].join('\n'),
  );
});

test('of several optional columns, the lowest number goes first', () => {
  const columns: readonly TableColumn[] = [
    { name: 'to' },
    { name: 'from', optional: 2 },
    { name: 'recorded', optional: 1 },
  ];
  const text = table([['canary', 'production', '2026-03-31']], upTo(20), columns);
  assert.match(text, 'to      from\ncanary  production\n\n');
});

test('an id is never cut: the line is longer instead', () => {
  const text = table([ROW], upTo(20), TAGS);
  assert.match(text, `applied  ${ID}  Name=ch…\n`);
});

test('facts are wrapped at spaces below their beginning', () => {
  assert.is(
    table(
      [
        ['policy', 'the files a.json and b.json'],
        ['ledger', 'began today'],
      ],
      upTo(24),
      FACTS,
    ),
    ['policy  the files a.json', '        and b.json', 'ledger  began today'].join('\n'),
  );
});

test('wide characters are measured, so that columns stay aligned and lines fit', () => {
  const columns: readonly TableColumn[] = [{ fit: 'cut' }, {}];
  assert.is(
    table(
      [
        ['東京', 'a'],
        ['tokyo', 'b'],
      ],
      FULL,
      columns,
    ),
    ['東京   a', 'tokyo  b'].join('\n'),
  );
  assert.is(widest(table([['東京都千代田区丸の内', 'a']], upTo(15), columns)), 15);
});

test('in ASCII, three dots mark a cut', () => {
  const text = table([ROW], { ...upTo(70), unicode: false }, TAGS);
  assert.match(text, 'Name=checkout-canary Ow...');
  assert.not.match(text, /[^\n -~]/);
});

test('colour adds escapes only: without them the text is the same', () => {
  const columns = [{ name: 'status', colour: statusColour }, ...TAGS.slice(1)];
  const rows = [ROW, ['failed', ID, '111122223333', 'Name=x']];
  const text = table(rows, { ...upTo(70), colour: true }, columns);
  assert.match(text, `\u001b[31mfailed\u001b[39m   ${ID}`);
  assert.match(text, `\u001b[32mapplied\u001b[39m  ${ID}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  assert.is(text.replace(/\u001b\[\d+m/g, ''), table(rows, upTo(70), columns));
});

test('escapes in a cell are gone before it is coloured', () => {
  const text = table([['\u001b[2Jfailed', '\u001b]0;title\u0007x']], { ...FULL, colour: true }, [
    { colour: () => 'red' },
    { colour: () => undefined },
  ]);
  assert.is(text, '\u001b[31m [2Jfailed\u001b[39m   ]0;title x');
});

test('a status has the colour of its meaning, in any case, and the worst that is added to it counts', () => {
  assert.equal(['violating', 'FAILED', 'applied, tampered'].map(statusColour), ['red', 'red', 'red']);
  assert.equal(['compliant', 'OK', 'applied'].map(statusColour), ['green', 'green', 'green']);
  assert.equal(['unknown', 'NOT CHECKED'].map(statusColour), ['yellow', 'yellow']);
  assert.equal(['exempt', 'retired'].map(statusColour), ['dim', 'dim']);
  assert.is(statusColour('anything else'), undefined);
});

test.run();
