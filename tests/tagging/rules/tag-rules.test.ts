import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { parseTagRules } from '../../../src/tagging/rules/tag-rules.ts';

const test = suite('tag rules');

const parse = (json: unknown) => parseTagRules(JSON.stringify(json));

/** The message of the one error that names every problem. */
const refusalOf = (text: string): string => {
  try {
    parseTagRules(text);
  } catch (error) {
    assert.instance(error, InvalidInputError);
    return (error as Error).message;
  }
  return assert.unreachable(`expected a refusal of ${text}`) as never;
};

const problemsOf = (json: unknown): string[] =>
  refusalOf(JSON.stringify(json))
    .replace(/^TAG_RULES cannot be used: /, '')
    .split('; ');

const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`Key${i}`, 'x']));

test('a rule is a template, alone or with its conditions', () => {
  const { rules } = parse({
    Owner: 'by {who.name}',
    Cost: { value: '4711', overwrite: true, include: ['instance', 'volume'], exclude: ['volume'] },
    Note: { value: '' },
  });
  assert.equal(rules, [
    { key: 'Owner', template: ['by ', { field: 'who.name' }], overwrite: false },
    {
      key: 'Cost',
      template: ['4711'],
      overwrite: true,
      include: ['instance', 'volume'],
      exclude: ['volume'],
    },
    { key: 'Note', template: [], overwrite: false },
  ]);
});

test('__proto__ is a key like any other', () => {
  assert.equal(
    parseTagRules('{"__proto__":"x"}').rules.map(({ key }) => key),
    ['__proto__'],
  );
});

test('a text that is not JSON is refused with what the parser says and an example', () => {
  for (const text of ['', 'Owner={who.name}', '{"Owner":"x"', "{'Owner':'x'}"]) {
    const message = refusalOf(text);
    assert.match(message, /^TAG_RULES is not JSON \(.+\)\. Set it to an object such as \{"Owner":/, text);
  }
});

test('JSON that is not an object is refused with an example', () => {
  for (const text of ['[]', '[{"Owner":"x"}]', '"Owner"', '1', 'null', 'true']) {
    assert.match(refusalOf(text), /^TAG_RULES is not a JSON object\. Set it to one such as \{"Owner":/, text);
  }
});

test('a rule of another shape is refused with the shape', () => {
  for (const rule of [
    1,
    null,
    [],
    {},
    { value: 1 },
    { value: 'x', overwite: true },
    { value: 'x', include: 'instance' },
  ]) {
    const [problem, ...others] = problemsOf({ Owner: rule });
    assert.match(
      problem ?? '',
      /^"Owner" must be a template such as "\{who\.name\}", or \{"value": TEMPLATE/,
    );
    assert.equal(others, [], JSON.stringify(rule));
  }
});

test('a rule with a wrong key and another shape is refused for both', () => {
  const problems = problemsOf({ 'aws:x': 5 });
  assert.is(problems.length, 2);
  assert.match(problems[0] ?? '', 'begins with "aws:"');
  assert.match(problems[1] ?? '', 'must be a template');
});

test('there are 1 to 50 tags', () => {
  assert.match(problemsOf({})[0] ?? '', 'asks for no tag');
  assert.is(parse(numbered(50)).rules.length, 50);
  assert.equal(problemsOf(numbered(51)), ['it asks for 51 tags: EC2 takes at most 50 on a resource.']);
});

test('a key has at most 127 characters', () => {
  assert.is(parse({ ['k'.repeat(127)]: 'x' }).rules.length, 1);
  assert.match(problemsOf({ ['k'.repeat(128)]: 'x' })[0] ?? '', 'has 128 characters: EC2 takes at most 127');
});

test('fixed text has at most 256 characters, not counting the fields in between', () => {
  const long = (n: number) => ({ Owner: `${'a'.repeat(100)}{who.name}${'b'.repeat(n - 100)}` });
  assert.is(parse(long(256)).rules.length, 1);
  assert.equal(problemsOf(long(257)), [
    '"Owner" has 257 characters of fixed text: EC2 takes values of at most 256.',
  ]);
});

test('an unknown resource type is reported with the nearest known one', () => {
  assert.equal(problemsOf({ Owner: { value: 'x', include: ['instance', 'instnce'], exclude: ['Volume'] } }), [
    '"Owner" names the unknown resource type "instnce": did you mean "instance"?',
    '"Owner" names the unknown resource type "Volume": did you mean "volume"?',
  ]);
});

test('a half character is reported, also where the two halves stand on both sides of a field', () => {
  for (const text of [
    '{"Owner":"\\ud83d"}',
    '{"Owner":{"value":"a\\ude00"}}',
    '{"Owner":"\\ud83d{who.name}\\ude00"}',
  ]) {
    assert.match(refusalOf(text), '"Owner" has a value with a lone surrogate', text);
  }
  assert.match(refusalOf('{"\\ud83d":"x"}'), 'has a lone surrogate');
  assert.is(parse({ Owner: '\u{1f600}{who.name}' }).rules.length, 1);
});

test('every problem is named at once, each with its key', () => {
  const problems = problemsOf({
    ...numbered(46),
    '': 'x',
    'aws:owner': '{who.nam} {',
    Long: 'x'.repeat(257),
    Shape: 5,
    Type: { value: '}', include: ['instanz'] },
  });
  assert.equal(
    problems.map((problem) => problem.split(/[:(]| {2}/)[0]),
    [
      'it asks for 51 tags',
      '"" is empty',
      '"aws',
      '"aws',
      '"aws',
      '"Long" has 257 characters of fixed text',
      '"Shape" must be a template such as "{who.name}", or {"value"',
      '"Type" has an unpaired "}"',
      '"Type" names the unknown resource type "instanz"',
    ],
  );
  assert.match(problems[2] ?? '', 'begins with "aws:"');
  assert.match(problems[3] ?? '', 'unknown field {who.nam}');
  assert.match(problems[4] ?? '', 'unpaired "{"');
});

test('the id is the same for the same rules, in whatever order and layout they are written', () => {
  const one = parseTagRules('{"Owner":"{who.name}","Cost":{"value":"1","overwrite":true}}').id;
  const other = parseTagRules(
    '{ "Cost": { "overwrite": true, "value": "1" },\n "Owner": "{who.\\u006eame}" }',
  ).id;
  assert.match(one, /^[\w-]{8}$/);
  assert.is(other, one);
});

test('the id changes with the content', () => {
  const ids = [
    { Owner: 'x' },
    { Owner: 'y' },
    { owner: 'x' },
    { Owner: 'x', Cost: 'x' },
    { Owner: { value: 'x', overwrite: true } },
    { Owner: { value: 'x', include: ['instance'] } },
    { Owner: { value: 'x', exclude: ['instance'] } },
    { Owner: { value: 'x', include: ['instance', 'volume'] } },
  ].map((json) => parse(json).id);
  assert.is(new Set(ids).size, ids.length);
});

test.run();
