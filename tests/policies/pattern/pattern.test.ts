import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeOf } from '../../../src/policies/pattern/machine.ts';
import { readPattern } from '../../../src/policies/pattern/pattern.ts';
import { syntaxOf } from '../../../src/policies/pattern/syntax.ts';

const test = suite('the patterns of a policy');

const matches = (pattern: string, value: string): boolean => {
  const read = readPattern(pattern);
  if ('refused' in read) throw new Error(`${pattern} ${read.refused}`);
  return read.matches(value);
};

const refused = (pattern: string): string | undefined => {
  const read = readPattern(pattern);
  return 'refused' in read ? read.refused : undefined;
};

test('the value as a whole matches, or it does not', () => {
  assert.ok(matches('\\d{4}|none', '4711'));
  assert.ok(matches('\\d{4}|none', 'none'));
  assert.not.ok(matches('\\d{4}|none', '47110'));
  assert.ok(matches('', ''));
  assert.not.ok(matches('', 'a'));
  assert.ok(matches('[\\w.+-]+@example\\.(?:com|org)', 'tom.okafor@example.com'));
  assert.ok(matches('.\\p{Lu}', '😀É'));
});

/** Characters on which dialects differ: line ends, blanks, halves of a pair, letters that fold to ASCII. */
const ALPHABET = [
  ...['a', 'b', 'A', '0', '_', '-', ' ', '.', '\n', '\r', '\t', '\0', '\u2028', '\u00a0', '\ufeff', '\u0085'],
  ...['é', 'Σ', '\u212a', '\u017f', '٣', '\u0301', '😀', '\ud83d', '\ude00'],
];
const ONES = [
  ...['a', 'b', 'A', '0', '_', '-', ' ', 'é', 'Σ', '😀', '.', '\\.', '\\/', '\\\\', '\\$'],
  ...[
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\n',
    '\\r',
    '\\t',
    '\\v',
    '\\f',
    '[\\0]',
    '[\\p{Lu}^]',
    '[^\\p{Lu}\\P{L}-]',
    '[a-c-\\p{N}z]',
    '[\\\\p{N}]',
    '\\cJ',
    '\\x61',
  ],
  ...['\\u0061', '\\u{61}', '\\u{1F600}', '\\uD83D\\uDE00', '\\uD83D', '\\uDE00', '\ud83d'],
  ...[
    '\\p{L}',
    '\\P{L}',
    '\\p{Lu}',
    '\\p{Script=Greek}',
    '\\p{Emoji}',
    '[]',
    '[^]',
    '[a-z]',
    '[^a]',
    '[ab\\d]',
  ],
  ...['[^\\s\\w]', '[\\]\\\\]', '[(|)*+?{}]', '[-a]', '[a-]', '[\\-a]', '[^\\p{L}]', '[😀é]', '[.]', '[\\b]'],
  ...['[[]', '[\\uD83D\\uDE00]', '[\\u{1F600}-\\u{1F64F}]', '[^\\n]', '[K-k]'],
];
const one = fc.constantFrom(...ONES);
const edge = fc.constantFrom('^', '$', '\\b', '\\B');
const count = fc.constantFrom(
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{0}',
  '{1,2}',
  '{0,2}?',
  '{1,}',
);
const { pattern: anyPattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
  pattern: fc
    .array(
      fc.array(tie('term'), { maxLength: 3 }).map((terms) => terms.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((choices) => choices.join('|')),
  term: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.tuple(one, count).map((parts) => parts.join('')),
    edge,
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('pattern'), count)
      .map(([open, inner, times]) => `${open}${inner})${times}`),
  ),
}));
/** Short, because JavaScript's engine may try all ways through a pattern. */
const anyValue = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 4 }).map((chars) => chars.join(''));

test('what is read means what it means to JavaScript, for any pattern and value', () => {
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(anyPattern, fc.array(anyValue, { minLength: 1, maxLength: 8 }), (pattern, values) => {
      const oracle = new RegExp(`^(?:${pattern})$`, 'u');
      const read = readPattern(pattern);
      if ('refused' in read) assert.ok(sizeOf(syntaxOf(pattern)) > 1_000, read.refused);
      else
        for (const value of values) {
          const expected = oracle.test(value);
          seen[`${expected}`]++;
          assert.is(read.matches(value), expected, JSON.stringify({ pattern, value }));
        }
    }),
    { numRuns: 2_000 },
  );
  assert.ok(Math.min(seen.true, seen.false) > 1_000, JSON.stringify(seen));
});

test('every character has its class by JavaScript', () => {
  for (const pattern of ONES) {
    const oracle = new RegExp(`^(?:${pattern})$`, 'u');
    for (const value of ['', ...ALPHABET]) assert.is(matches(pattern, value), oracle.test(value), pattern);
  }
});

/** What JavaScript's engine is given while `act` runs: every way to use it goes through `exec`. */
const givenToJavaScript = (act: () => void): string[] => {
  const given: string[] = [];
  const { exec } = RegExp.prototype;
  RegExp.prototype.exec = function (text) {
    given.push(String(text));
    return exec.call(this, text);
  };
  try {
    act();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return given;
};

/** Each takes JavaScript's engine seconds to for ever on some value of 256 characters. */
const HOSTILE = [
  'a*a*a*a*b',
  'a*a*a*a*a*a*a*a*b',
  '.*a.*a.*a.*a.*a.*b',
  '(a*)(a*)(a*)(a*)(a*)(a*)(a*)(a*)b',
  '(a+)+b',
  '(a|a)*b',
  '(((a*)*)*)*b',
  '(a?){100}a{100}b',
  '(?:(?:a?){15}){15}b',
  'a{0,99}a{0,99}a{0,99}a{0,99}b',
];

test('a pattern is asked of each character at most as often as it is long, whatever it repeats', () => {
  for (const hostile of HOSTILE) {
    // A letter that is not ASCII is asked for anew each time.
    const pattern = hostile.replaceAll('a', '\\p{L}');
    const read = readPattern(pattern);
    if ('refused' in read) throw new Error(read.refused);
    for (const length of [16, 64, 256]) {
      const given = givenToJavaScript(() => assert.not.ok(read.matches('é'.repeat(length))));
      assert.ok(given.length >= length, pattern);
      assert.ok(given.length <= length * sizeOf(syntaxOf(pattern)), `${pattern}: ${given.length}`);
    }
  }
});

test('JavaScript’s engine never sees more of a value than one character', () => {
  for (const pattern of [...HOSTILE, '\\b.+\\b', '\\p{L}+', '[^b]*b']) {
    const read = readPattern(pattern);
    if ('refused' in read) throw new Error(read.refused);
    const given = givenToJavaScript(() => read.matches(`${'aé😀'.repeat(20)}a`));
    assert.equal(
      given.filter((text) => [...text].length !== 1),
      [],
      pattern,
    );
  }
});

test('a pattern that cannot be matched in bounded time is refused with what to write instead', () => {
  const instead = 'write out which values are allowed, as in "dev|test", or use "values"';
  const both = 'write out what they would allow, as in "[Dd]ev" for both cases';
  assert.is(refused('(?=.*\\d).+'), `has a lookahead, "(?=...)": ${instead}`);
  assert.is(refused('(?!none).+'), `has a lookahead, "(?!...)": ${instead}`);
  assert.is(refused('.+(?<=-prod)'), `has a lookbehind, "(?<=...)": ${instead}`);
  assert.is(refused('.+(?<!-prod)'), `has a lookbehind, "(?<!...)": ${instead}`);
  assert.is(refused('(a|b)\\1'), 'has a backreference, "\\1": write out what may be repeated');
  assert.is(refused('(?<x>a|b)\\k<x>'), 'has a backreference, "\\k<x>": write out what may be repeated');
  assert.is(refused('(?i)prod'), `sets flags with "(?i)": ${both}`);
  assert.is(refused('(?i:prod)'), `sets flags with "(?i:": ${both}`);
  for (const other of [
    '\\p{None}',
    '[\\p{L}-x]',
    '\\p{L',
    '\\Aprod\\z',
    '\\Qprod\\E',
    '[\\d-x]',
    'a)|(b',
    '(',
    'a{2,1}',
    '\\-',
    '[[:alpha:]]+',
  ])
    assert.match(refused(other) ?? 'read', /^is not a regular expression \(.+\): write one as in JavaScript/);
});

test('nothing is built of a pattern whose counts are too large', () => {
  const tooLarge =
    'is longer than 1000 characters when its counts are written out: use smaller counts, or "*" or "+"';
  for (const large of [
    '(a{1,1000}){1,1000}',
    '((((a{99}){99}){99}){99}){99}',
    'a{9007199254740993}',
    '(){100000}',
    '(a{0,256}){8}b',
    '(?:a{1001,})',
  ])
    assert.is(refused(large), tooLarge);
  assert.is(refused('a{1000}'), undefined);
  assert.is(refused('a{1001}'), tooLarge);
  assert.is(
    refused('a'.repeat(1_001)),
    'is 1001 characters long: write it with at most 1000, or use "values"',
  );
  assert.is(refused('('.repeat(400) + ')'.repeat(400)), undefined);
});

test.run();
