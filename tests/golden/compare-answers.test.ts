import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSameFacts, differences } from './compare-answers.ts';

const test = suite('how golden answers are compared');

const answer = {
  asOf: '2026-03-31',
  findings: [
    { id: 'a', value: null, tags: ['x'] },
    { id: 'b', value: 'B', tags: [] },
  ],
};
const [a, b] = answer.findings;
const compared = (today: unknown, ...added: readonly string[]) =>
  differences('answer.json', answer, today, added);

test('the same facts do not differ, whatever the order of their members', () => {
  assert.equal(compared({ findings: answer.findings, asOf: answer.asOf }), []);
});

for (const [what, today, lines] of [
  ['another value', { ...answer, asOf: '2026-04-01' }, ['- asOf = "2026-03-31"', '+ asOf = "2026-04-01"']],
  [
    'a null that is missing',
    { ...answer, findings: [{ id: 'a', tags: ['x'] }, b] },
    ['- findings[a].value = null'],
  ],
  [
    'a row less',
    { ...answer, findings: [b] },
    [
      '- findings[] = a b',
      '+ findings[] = b',
      '- findings[a].id = "a"',
      '- findings[a].tags[0] = "x"',
      '- findings[a].tags[] = 0',
      '- findings[a].value = null',
    ],
  ],
  ['another order of rows', { ...answer, findings: [b, a] }, ['- findings[] = a b', '+ findings[] = b a']],
  ['a field more', { ...answer, foldVersion: 1 }, ['+ foldVersion = 1']],
  ['a field more, without a value', { ...answer, horizon: {} }, ['+ horizon = {}']],
] as const) {
  test(`${what} is printed`, () => {
    assert.equal(compared(today), lines);
  });
}

test('a field that is named as added may be there, with all below it, at its place in its file only', () => {
  const today = {
    ...answer,
    horizon: { at: '2026-03-31', accounts: ['111122223333'] },
    findings: [{ ...a, life: 1 }, b],
  };
  assert.equal(compared(today, 'answer.json: horizon', 'answer.json: findings[].life'), []);
  assert.equal(compared(today, 'answer.json: horizon', 'answer.json: life'), ['+ findings[a].life = 1']);
  assert.equal(compared(today, 'other.json: horizon', 'answer.json: findings[].life').length, 3);
});

test('a field that is named as added is no leave to change what was there', () => {
  assert.equal(compared({ ...answer, asOf: null }, 'answer.json: asOf').length, 2);
});

test('a failure lists the lines, and says that they need a decision record', () => {
  assert.throws(
    () => assertSameFacts('answer.json', answer, { ...answer, asOf: 'never' }),
    /- asOf = "2026-03-31"\n\+ asOf = "never"\n.*decision record in docs\/decisions that lists each of these lines/,
  );
});

test.run();
