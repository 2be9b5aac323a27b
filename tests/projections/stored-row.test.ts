import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fold } from '../../src/events/resource.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { firstDifference, isSame, type StoredRow, storedOf } from '../../src/projections/stored-row.ts';
import { chain, observed, requested, STREAM } from '../support/events.ts';

const test = suite('stored rows');

const row = storedOf(rowOf(STREAM, fold(chain([requested('r1')]))));

/** The row after a hand was at its state, or at another attribute. */
const edited = (from: string, to: string): StoredRow => ({
  ...row,
  state: String(row.state).replace(from, to),
});

test('a row that is stored like another one is the same, and differs nowhere', () => {
  assert.ok(isSame(row, structuredClone(row)));
  assert.is(firstDifference(row, structuredClone(row)), undefined);
  assert.not.ok(isSame(row, undefined));
});

for (const [what, other, path] of [
  ['a stale status', { ...row, status: 'applied' }, 'status'],
  ['a key of the index that another row has', { ...row, due: 'open/99' }, 'due'],
  ['an attribute that no row has', { ...row, note: 'by hand' }, 'note'],
  ['another lastSeq', { ...row, lastSeq: 9 }, 'lastSeq'],
  [
    'a tag that a request no longer wants',
    edited('"value":"ada"', '"value":"eve"'),
    'state.requests[0].pending[0].value',
  ],
  ['a row of another fold', edited('"foldVersion":2', '"foldVersion":1'), 'state.foldVersion'],
  ['a member too many', edited('{', '{"born":{"at":"x"},'), 'state.born'],
  ['the same JSON in other bytes', edited('{', '{ '), 'state'],
  ['no JSON', { ...row, state: 'oops' }, 'state'],
  ['no text', { ...row, state: 7 }, 'state'],
] satisfies [string, StoredRow, string][]) {
  test(`${what} is a difference, at ${path}`, () => {
    assert.not.ok(isSame(row, other));
    assert.is(firstDifference(row, other), path);
  });
}

test('a row that waits for nobody has no key of the index', () => {
  const stored = storedOf(rowOf(STREAM, fold(chain([observed('o1')]))));
  assert.equal(Object.keys(stored).sort(), ['lastSeq', 'resource', 'state', 'status']);
});

test.run();
