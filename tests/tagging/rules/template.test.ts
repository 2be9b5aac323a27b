import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELDS, type FieldValues, fill, parseTemplate } from '../../../src/tagging/rules/template.ts';

const test = suite('template');

/** What a correct template becomes. */
const filled = (text: string, values: FieldValues = {}): string | undefined => {
  const { template, problems } = parseTemplate(text);
  assert.equal(problems, []);
  return fill(template, values);
};

const problemsOf = (text: string): string[] => parseTemplate(text).problems;

test('text stands for itself, and each field for its value', () => {
  const values = { 'who.name': 'ada', region: 'eu-west-1' };
  for (const [text, expected] of [
    ['', ''],
    ['platform team', 'platform team'],
    ['{who.name}', 'ada'],
    ['{ who.name }', 'ada'],
    ['by {who.name} in {region}, {who.name}', 'by ada in eu-west-1, ada'],
    ['{who.name}{region}', 'adaeu-west-1'],
  ] as const) {
    assert.is(filled(text, values), expected, text);
  }
});

test('every field can be filled in', () => {
  for (const field of Object.keys(FIELDS)) assert.is(filled(`{${field}}`, { [field]: 'x' }), 'x', field);
});

test('a brace is written twice', () => {
  for (const [text, expected] of [
    ['{{', '{'],
    ['}}', '}'],
    ['{{who.name}}', '{who.name}'],
    ['{{{who.name}}}', '{ada}'],
    ['{{}}', '{}'],
    ['{{{{', '{{'],
  ] as const) {
    assert.is(filled(text, { 'who.name': 'ada' }), expected, text);
  }
});

test('a value is put in as it is, braces and dollars and all', () => {
  assert.is(filled('<{who.name}>', { 'who.name': '{region} $& }}' }), '<{region} $& }}>');
});

test('a template with a missing field has no text, an empty field is no missing one', () => {
  const text = 'by {who.name} via {who.via}';
  assert.is(filled(text), undefined);
  assert.is(filled(text, { 'who.name': 'ada' }), undefined);
  assert.is(filled(text, { 'who.name': 'ada', 'who.via': undefined }), undefined);
  assert.is(filled(text, { 'who.name': 'ada', 'who.via': '' }), 'by ada via ');
});

test('an unknown field is reported with the nearest known one', () => {
  for (const [text, unknown, nearest] of [
    ['{who.nam}', 'who.nam', 'who.name'],
    ['{Account}', 'Account', 'account'],
    ['{event.tim}', 'event.tim', 'event.time'],
  ] as const) {
    assert.equal(problemsOf(text), [`names the unknown field {${unknown}}: did you mean {${nearest}}?`]);
  }
  for (const inherited of ['constructor', '__proto__', 'toString', '']) {
    assert.is(problemsOf(`{${inherited}}`).length, 1, inherited);
  }
});

test('an unpaired brace is reported, with how to write one', () => {
  const unpaired = (brace: string) =>
    `has an unpaired "${brace}": write "${brace}${brace}" for a brace in the value`;
  assert.equal(problemsOf('{who.name'), [unpaired('{')]);
  assert.equal(problemsOf('who.name}'), [unpaired('}')]);
  assert.equal(problemsOf('{{{who.name}}'), [unpaired('}')]);
});

test('all problems of a template are reported at once, in order', () => {
  const problems = problemsOf('a} {who.nam} {regio} {');
  assert.equal(
    problems.map((problem) => /"[{}]"|\{[a-z.]+\}/.exec(problem)?.[0]),
    ['"}"', '{who.nam}', '{regio}', '"{"'],
  );
});

test.run();
