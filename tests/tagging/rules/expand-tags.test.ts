import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { covers, expandTags } from '../../../src/tagging/rules/expand-tags.ts';
import { parseTagRules } from '../../../src/tagging/rules/tag-rules.ts';
import type { FieldValues } from '../../../src/tagging/rules/template.ts';

const test = suite('expand tags');

const expand = (rules: unknown, type = 'instance', values: FieldValues = { 'who.name': 'ada' }) =>
  expandTags(parseTagRules(JSON.stringify(rules)), type, values);

const keysFor = (rules: unknown, type: string) => expand(rules, type).tags.map(({ key }) => key);

test('every rule gives its tag, sorted by key', () => {
  assert.equal(expand({ Team: 'blue', Owner: '{who.name}' }), {
    tags: [
      { key: 'Owner', value: 'ada' },
      { key: 'Team', value: 'blue' },
    ],
    overwrite: [],
    notes: [],
    covered: true,
  });
});

test('a rule is for the types that it includes, all when it includes none, less those that it excludes', () => {
  const rules = {
    All: 'x',
    Some: { value: 'x', include: ['instance', 'volume'] },
    Others: { value: 'x', exclude: ['volume'] },
    Both: { value: 'x', include: ['instance', 'volume'], exclude: ['volume'] },
  };
  assert.equal(keysFor(rules, 'instance'), ['All', 'Both', 'Others', 'Some']);
  assert.equal(keysFor(rules, 'volume'), ['All', 'Some']);
  assert.equal(keysFor(rules, 'vpc'), ['All', 'Others']);
});

test('a type is covered when any rule is for it, even if the rule gives no tag', () => {
  const rules = { Via: { value: '{who.via}', include: ['instance'] } };
  assert.equal(expand(rules, 'instance'), {
    tags: [],
    overwrite: [],
    notes: [{ key: 'Via', note: 'missing-field' }],
    covered: true,
  });
  assert.equal(expand(rules, 'vpc'), { tags: [], overwrite: [], notes: [], covered: false });
});

test('a tag with a missing field is left out and noted, and overwrites nothing', () => {
  const { tags, overwrite, notes } = expand({
    Owner: '{who.name}',
    Via: { value: 'by {who.via}', overwrite: true },
  });
  assert.equal(tags, [{ key: 'Owner', value: 'ada' }]);
  assert.equal(overwrite, []);
  assert.equal(notes, [{ key: 'Via', note: 'missing-field' }]);
});

test('a value that is too long is cut and noted', () => {
  const rules = { Owner: '{who.name}' };
  const at = (length: number) => expand(rules, 'instance', { 'who.name': 'a'.repeat(length) });
  assert.equal(at(256), { ...at(256), tags: [{ key: 'Owner', value: 'a'.repeat(256) }], notes: [] });
  assert.equal(at(257).tags, [{ key: 'Owner', value: 'a'.repeat(256) }]);
  assert.equal(at(257).notes, [{ key: 'Owner', note: 'cut' }]);
});

test('a lone surrogate in a value is replaced, which is no cut', () => {
  const { tags, notes } = expand({ Owner: '{who.name}' }, 'instance', { 'who.name': 'a\ud83d' });
  assert.equal(tags, [{ key: 'Owner', value: 'a\ufffd' }]);
  assert.equal(notes, []);
});

test('an empty value is a value', () => {
  assert.equal(expand({ Owner: '{who.name}' }, 'instance', { 'who.name': '' }).tags, [
    { key: 'Owner', value: '' },
  ]);
});

test('the keys that may overwrite are told', () => {
  const rules = {
    Owner: { value: '{who.name}', overwrite: true },
    Team: { value: 'blue', overwrite: false },
    Zone: { value: 'x', overwrite: true, include: ['vpc'] },
  };
  assert.equal(expand(rules).overwrite, ['Owner']);
});

test('a type is covered when a rule is for it, also when that would give no tag', () => {
  const rules = parseTagRules(
    '{"Owner":{"value":"{who.via}","include":["vpc"]},"Team":{"value":"x","exclude":["vpc","volume"]}}',
  );
  assert.equal(
    ['vpc', 'volume', 'snapshot'].map((type) => covers(rules, type)),
    [true, false, true],
  );
});

test.run();
