import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonSplitter, type Piece } from '../../src/cli/split-json.ts';
import type { JsonForm } from '../../src/cli/split-json-form.ts';

const test = suite('splitting JSON');

/** The pieces of a text that comes cut at these places. */
const split = (text: string, form: JsonForm, cuts: readonly number[]): Piece[] => {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const splitter = jsonSplitter(form);
  const copied = (pieces: Piece[]) => pieces.map((piece) => ({ ...piece, bytes: Buffer.from(piece.bytes) }));
  return [
    ...places
      .slice(1)
      .flatMap((end, i) => copied(splitter.feed(Buffer.from(bytes.subarray(places[i], end))))),
    ...copied(splitter.end()),
  ];
};
const values = (pieces: readonly Piece[], kind: Piece['kind']): unknown[] =>
  pieces.filter((piece) => piece.kind === kind).map(({ bytes }) => JSON.parse(bytes.toString('utf8')));

const cuts = fc.array(fc.nat(), { maxLength: 20 });
const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 8 });
const spaces = fc.constantFrom(undefined, 2);

test('a list of records comes apart into its elements, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), cuts, spaces, (list, places, indent) => {
      const pieces = split(JSON.stringify(list, null, indent), 'documents', places);
      assert.equal(values(pieces, 'element'), JSON.parse(JSON.stringify(list)));
    }),
  );
});

test('the records of a log file come apart, with other members around them, wherever it is cut', () => {
  fc.assert(
    fc.property(objects, fc.jsonValue(), cuts, spaces, (records, other, places, indent) => {
      const file = { before: other, Records: records, after: other };
      const pieces = split(JSON.stringify(file, null, indent), 'documents', places);
      assert.equal(values(pieces, 'element'), JSON.parse(JSON.stringify(records)));
      assert.equal(values(pieces, 'frame'), JSON.parse(JSON.stringify([{ ...file, Records: [] }])));
    }),
  );
});

test('objects one a line, or one after the other, are values by themselves, wherever they are cut', () => {
  fc.assert(
    fc.property(objects, cuts, (list, places) => {
      const plain = list.filter((one) => !('Records' in one) && !('Events' in one));
      const text = plain.map((one) => JSON.stringify(one)).join('\n');
      for (const form of ['lines', 'documents'] as const) {
        assert.equal(values(split(text, form, places), 'value'), JSON.parse(JSON.stringify(plain)));
      }
    }),
  );
});

test('a torn line costs only itself', () => {
  const pieces = split('{"a":1}\n{"b":"torn\n{"c":[3]}\n', 'lines', [3, 9, 12]);
  assert.equal(
    pieces.map(({ bytes, line }) => [line, bytes.toString().trim()]),
    [
      [1, '{"a":1}'],
      [2, '{"b":"torn'],
      [3, '{"c":[3]}'],
    ],
  );
});

test('whatever the bytes are, nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', 'a', ' ') }),
      cuts,
      (text, places) => {
        for (const form of ['lines', 'documents'] as const) split(text, form, places);
      },
    ),
  );
});

test.run();
