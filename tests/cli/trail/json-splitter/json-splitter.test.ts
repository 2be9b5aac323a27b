import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formOf, HEAD_BYTES, type JsonForm } from '../../../../src/cli/trail/json-splitter/form.ts';
import { jsonSplitter, type Piece } from '../../../../src/cli/trail/json-splitter/json-splitter.ts';

const test = suite('splitting JSON');

/** A text in chunks that end at these places. */
const cutAt = (text: string | Buffer, places: readonly number[]): Buffer[] => {
  const bytes = Buffer.from(text);
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
};

const split = (form: JsonForm, chunks: readonly Buffer[]): Piece[] => {
  const splitter = jsonSplitter(form);
  return [...chunks.flatMap((chunk) => splitter.feed(chunk)), ...splitter.end()];
};

const textOf = ({ bytes }: Piece): string => String(bytes).trim();
/** Values and elements as JSON has them; a frame must be JSON, and is left out. */
const valuesOf = (pieces: readonly Piece[]): unknown[] =>
  pieces.flatMap((piece) => {
    const value: unknown = JSON.parse(textOf(piece));
    return piece.kind === 'frame' ? [] : [value];
  });
const shown = (pieces: readonly Piece[]): string[] =>
  pieces.map((piece) => {
    const place = piece.kind === 'value' ? '' : ` ${piece.list}[${piece.index}]`;
    return `${piece.line ? `${piece.line} ` : ''}${piece.kind}${place} ${textOf(piece)}`;
  });

/** Texts in which all that a splitter looks at comes often. */
const hostile = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\n', 'é', '🔥', 'a'),
});
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    hostile,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(hostile, fc.constantFrom('Records', 'Events', '__proto__')), tie('value'), {
      maxKeys: 4,
    }),
  ),
})).value;
const places = fc.array(fc.nat(100_000), { maxLength: 30 });
const spacing = fc.constantFrom(0, 1, '\t');
const clone = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('a list in any chunks gives its elements, with their indexes', () => {
  fc.assert(
    fc.property(fc.array(anyValue), places, spacing, (list, cuts, space) => {
      const pieces = split('documents', cutAt(JSON.stringify(list, null, space), cuts));
      assert.equal(valuesOf(pieces), clone(list));
      const elements = pieces.filter(({ kind }) => kind === 'element');
      assert.equal(
        elements.map(({ index }) => index),
        list.map((_, i) => i),
      );
    }),
    { numRuns: 500 },
  );
});

test('a log file in any chunks gives its records, whatever stands beside them', () => {
  const beside = fc.dictionary(hostile, anyValue, { maxKeys: 3 });
  const name = fc.constantFrom('Records', 'Events');
  fc.assert(
    fc.property(
      beside,
      name,
      fc.array(anyValue),
      beside,
      places,
      spacing,
      (before, list, items, after, cuts, space) => {
        const document = { ...before, [list]: items, ...after };
        const pieces = split('documents', cutAt(JSON.stringify(document, null, space), cuts));
        assert.equal(valuesOf(pieces), clone(items));
        assert.ok(pieces.every((piece) => piece.list === list));
      },
    ),
    { numRuns: 500 },
  );
});

test('objects one after the other, in any chunks, are values; so are those of a line each', () => {
  const record = fc.dictionary(hostile, anyValue, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(record), places, spacing, (records, cuts, space) => {
      const documents = records.map((one) => JSON.stringify(one, null, space)).join('');
      assert.equal(valuesOf(split('documents', cutAt(documents, cuts))), clone(records));
      const lines = records.map((one) => JSON.stringify(one)).join('\r\n');
      const pieces = split('lines', cutAt(lines, cuts));
      assert.equal(valuesOf(pieces), clone(records));
      assert.equal(
        pieces.map(({ line }) => line),
        records.map((_, i) => i + 1),
      );
    }),
    { numRuns: 300 },
  );
});

test('any bytes in any chunks give the same pieces as in one, and no error', () => {
  const bytes = fc.oneof(
    fc.uint8Array().map((array) => Buffer.from(array)),
    fc
      .oneof(
        hostile,
        fc.array(anyValue).map((list) => JSON.stringify(list).slice(0, -3)),
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.constantFrom<JsonForm>('lines', 'documents'), bytes, places, (form, text, cuts) => {
      assert.equal(shown(split(form, cutAt(text, cuts))), shown(split(form, [text])));
    }),
    { numRuns: 1000 },
  );
});

for (const [what, form, text, expected] of [
  [
    'what is malformed in an element stays in it',
    'documents',
    '[{"a":1},{"b":x},{a},nonsense,{"c":3}]',
    [
      'element [0] {"a":1}',
      'element [1] {"b":x}',
      'element [2] {a}',
      'element [3] nonsense',
      'element [4] {"c":3}',
      'frame [5] []',
    ],
  ],
  [
    'a comma too many is an empty element',
    'documents',
    '[1,,2,]',
    ['element [0] 1', 'element [1]', 'element [2] 2', 'element [3]', 'frame [4] []'],
  ],
  [
    'a list that is not closed has a broken frame',
    'documents',
    '{"Records":[{"a":1}',
    ['element Records[0] {"a":1}', 'frame Records[0] {"Records":['],
  ],
  [
    'a list that is torn inside an element has a broken element',
    'documents',
    '[{"a":1},{"b":',
    ['element [0] {"a":1}', 'element [1] {"b":'],
  ],
  [
    'a list in a document that goes on has a frame with all the rest',
    'documents',
    '{"a":1,"Records":[2],"b":x}',
    ['element Records[0] 2', 'frame Records[1] {"a":1,"Records":[],"b":x}'],
  ],
  ['a list closed by a brace has a broken frame', 'documents', '[1}', ['element [0] 1', 'frame [1] [}']],
  [
    'a member of that name which is no list is one of a record',
    'documents',
    '{"Records":{"a":[1]},"b":"Records","c":["Events"]}',
    ['value {"Records":{"a":[1]},"b":"Records","c":["Events"]}'],
  ],
  [
    'what is no JSON ends where a line begins with a brace',
    'documents',
    '{"a":1} well\n and\n {"b":2}',
    ['value {"a":1}', 'value well\n and', 'value {"b":2}'],
  ],
  [
    'a torn line ends with it',
    'lines',
    '{"a":"x\n{"b":[\n[1,{"c"\n\n{"d":4}',
    ['1 value {"a":"x', '2 value {"b":[', '3 element [0] 1', '3 element [1] {"c"', '5 value {"d":4}'],
  ],
  [
    'a backslash at the end of a torn line is the end of it',
    'lines',
    '{"a":"x\\\n{"b":2}',
    ['1 value {"a":"x\\', '2 value {"b":2}'],
  ],
] as const) {
  test(`${what}, in any chunks`, () => {
    assert.equal(
      shown(split(form, [Buffer.from(text)])).map((line) => line.trim()),
      [...expected],
    );
    assert.equal(
      shown(
        split(
          form,
          cutAt(
            text,
            [...text].map((_, i) => i),
          ),
        ),
      ).map((line) => line.trim()),
      [...expected],
    );
  });
}

test('a piece knows how deep it is, and of a very large one the beginning is kept', () => {
  const [deep, flat] = split('documents', [Buffer.from('[[[["["]]],{}]')]);
  assert.equal([deep?.depth, flat?.depth], [3, 1]);
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const chunks = [Buffer.from('["'), ...Array.from({ length: 40 }, () => megabyte), Buffer.from('",1]')];
  const [large, next] = split('documents', chunks);
  assert.is(large?.size, 40 * megabyte.length + 2);
  assert.ok((large?.bytes.length ?? 0) < megabyte.length);
  assert.match(String(large?.bytes).slice(0, 100), /^"x+$/);
  assert.is(String(next?.bytes), '1');
});

for (const [what, text, form] of [
  ['a log file on one line', '{"Records":[{"a":1}]}', 'documents'],
  ['a log file on several lines', '{"Records":[\n{"a":1},\n{"a":2}\n]}', 'documents'],
  ['a list with commas first', '[\n{"a":1}\n,{"a":2}\n]', 'documents'],
  ['an indented record', '{\n  "a": {\n  }\n}\n', 'documents'],
  ['one record a line', '{"a":1}\n{"a":2}\n', 'lines'],
  ['one record a line, the first torn', '{"a":\n{"a":2}\n{"a":3}', 'lines'],
  ['one record a line, the second torn', '{"a":1}\nnonsense\n', 'lines'],
  ['text', '# Notes\n\nof mine\n', 'documents'],
  ['nothing', '', 'documents'],
] as const) {
  test(`${what} is known for what it is`, () => {
    assert.is(formOf(Buffer.from(text), true), form);
  });
}

test('the form of a text is known as soon as it is certain', () => {
  assert.is(formOf(Buffer.from('{"a":1}'), false), undefined);
  assert.is(formOf(Buffer.from('{"a":1}\n'), false), undefined);
  assert.is(formOf(Buffer.from('{"a":1}\n{'), false), 'lines');
  assert.is(formOf(Buffer.alloc(HEAD_BYTES, '{"a":'), false), 'documents');
});

test.run();
