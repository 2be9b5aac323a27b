import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, isCanonical, NotCanonicalError } from '../../src/events/canonical-json.ts';

const test = suite('canonical JSON');

const refusal = (value: unknown): NotCanonicalError => {
  try {
    canonicalJson(value);
  } catch (error) {
    if (error instanceof NotCanonicalError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

test('members stand in the order of RFC 8785, section 3.2.3', () => {
  const example = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    1: 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  assert.equal(
    [...canonicalJson(example).matchAll(/:"(.*?)"/g)].map(([, value]) => value),
    [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ],
  );
});

test('strings and literals are written as in RFC 8785, section 3.2.2', () => {
  const value = { string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/', literals: [null, true, false] };
  assert.is(
    canonicalJson(value),
    '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

const TEXTS: readonly (readonly [what: string, value: unknown, text: string])[] = [
  ['nothing in an object', {}, '{}'],
  ['nothing in an array', [], '[]'],
  ['keys that look like numbers, as texts', { 9: 1, 10: 2, 1: 3 }, '{"1":3,"10":2,"9":1}'],
  ['capitals before small letters', { a: 1, B: 2, _: 3 }, '{"B":2,"_":3,"a":1}'],
  ['a key before one that it begins', { ab: 1, a: 2, '': 3 }, '{"":3,"a":2,"ab":1}'],
  ['a code unit of a surrogate before U+FFFF', { '\uffff': 1, '\u{10000}': 2 }, '{"\u{10000}":2,"\uffff":1}'],
  [
    'objects inside objects',
    { b: [{ d: 1, c: 2 }], a: { f: 1, e: {} } },
    '{"a":{"e":{},"f":1},"b":[{"c":2,"d":1}]}',
  ],
  ['the short escapes', '\b\t\n\f\r"\\', '"\\b\\t\\n\\f\\r\\"\\\\"'],
  ['other control characters in small hex digits', '\u0000\u001f', '"\\u0000\\u001f"'],
  ['all else as it is', '/\u007f\u0080\u2028\u2029é😀', '"/\u007f\u0080\u2028\u2029é😀"'],
  ['two forms of one letter apart', ['\u00e9', 'e\u0301'], '["\u00e9","e\u0301"]'],
  [
    'the largest integers',
    [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    '[9007199254740991,-9007199254740991]',
  ],
  ['zero', 0, '0'],
  ['an object without a prototype', Object.assign(Object.create(null), { b: 1, a: 2 }), '{"a":2,"b":1}'],
  ['a member called __proto__', JSON.parse('{"b":1,"__proto__":{"a":1}}'), '{"__proto__":{"a":1},"b":1}'],
];
for (const [what, value, text] of TEXTS) {
  test(`it writes ${what}`, () => assert.is(canonicalJson(value), text));
}

class Point {
  readonly x = 1;
}
const REFUSED: readonly (readonly [what: string, value: unknown, path: string])[] = [
  ['a float', { a: [1.5] }, '$.a[0]'],
  ['an integer in floating form beyond 2^53', 2 ** 53, '$'],
  ['an integer below -2^53', -(2 ** 53), '$'],
  ['minus zero', [-0], '$[0]'],
  ['NaN', Number.NaN, '$'],
  ['infinity', Number.NEGATIVE_INFINITY, '$'],
  ['a lone high surrogate', { a: 'x\ud800' }, '$.a'],
  ['a lone low surrogate', ['\udc00x'], '$[0]'],
  ['surrogates in the wrong order', '\udc00\ud800', '$'],
  ['a lone surrogate in a key', { a: { '\ud800': 1 } }, '$.a'],
  ['undefined', undefined, '$'],
  ['a member that is undefined', { a: undefined }, '$.a'],
  ['an item that is undefined', [1, undefined], '$[1]'],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested.
  ['a hole in an array', [1, , 3], '$[1]'],
  ['a date', { at: new Date(0) }, '$.at'],
  ['a map', new Map([['a', 1]]), '$'],
  ['a set', new Set([1]), '$'],
  ['bytes', Buffer.from('a'), '$'],
  ['an instance of a class', { p: new Point() }, '$.p'],
  ['a boxed string', Object('a'), '$'],
  ['an object that inherits from another', Object.create({ a: 1 }), '$'],
  ['a bigint', 1n, '$'],
  ['a function', { f: () => 1 }, '$.f'],
  ['a toJSON method', { toJSON: () => 'a' }, '$.toJSON'],
  ['a symbol', Symbol('a'), '$'],
];
for (const [what, value, path] of REFUSED) {
  test(`it refuses ${what} and says where`, () => assert.is(refusal(value).path, path));
}

test('a refusal says where, what is wrong and what to do', () => {
  assert.is(
    refusal({ a: -0 }).message,
    'The value at $.a is the number -0, which has no canonical form in JSON. Leave it out, or write it as a string.',
  );
});

const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', '1', '10'),
  fc.string({ unit: 'binary' }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));

/** The same value with the members of every object put in the other way round. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
};

test('any value comes back from its text, and gives the same text again', () => {
  fc.assert(
    fc.property(value, (value) => {
      const text = canonicalJson(value);
      const back: unknown = JSON.parse(text);
      assert.ok(isDeepStrictEqual(back, value), text);
      assert.is(canonicalJson(back), text);
    }),
  );
});

test('the order in which members were put in does not matter', () => {
  fc.assert(fc.property(value, (value) => assert.is(canonicalJson(turned(value)), canonicalJson(value))));
});

test('the canonical text of a value is known as such, and any other text of it is not', () => {
  const canonical = ['{"10":1,"9":2}', '{"__proto__":1,"a":"\\\\ud800"}', '"\\u0001"', '[]', 'null', '"é"'];
  for (const text of canonical) assert.ok(isCanonical(text, JSON.parse(text)), text);
  const others = [
    '{"9":2,"10":1}',
    '{"b":1,"a":2}',
    '{"a":{"b":1,"a":2}}',
    '{"a":1,"a":1}',
    '{"a": 1}',
    '[1 ]',
    '[1.5]',
    '[-0]',
    '[1e3]',
    '[9007199254740993]',
    '[9007199254740992]',
    '"\\u0041"',
    '"\\/"',
    '"\\ud800"',
    '"\ud800"',
    ' null',
  ];
  for (const text of others) assert.not.ok(isCanonical(text, JSON.parse(text)), text);
});

test('a text is known as canonical exactly when it is what is written', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = JSON.parse(text);
      let written: string | undefined;
      try {
        written = canonicalJson(value);
      } catch (error) {
        if (!(error instanceof NotCanonicalError)) throw error;
      }
      assert.is(isCanonical(text, value), written === text);
      if (written !== undefined) assert.ok(isCanonical(written, JSON.parse(written)));
    }),
  );
});

test.run();
