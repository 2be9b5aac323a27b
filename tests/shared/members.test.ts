import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defined } from '../../src/shared/members.ts';

const test = suite('members');

interface Creation {
  readonly at: string;
  readonly who?: string;
  readonly error: string | null;
}

test('members that are undefined are left out, and no others', () => {
  const who: string | undefined = undefined;
  // Without `defined`, the compiler refuses a `who` that may be undefined.
  const creation: Creation = defined({ at: '', who, error: null });
  assert.equal(Object.keys(creation), ['at', 'error']);
});

test('members keep their order', () => {
  const given = defined<{ b?: number; a: boolean; c?: number }>({ b: 0, a: false, c: 1 });
  assert.is(JSON.stringify(given), '{"b":0,"a":false,"c":1}');
});

test('the compiler refuses what the object cannot have', () => {
  // @ts-expect-error: `at` must be there.
  const without: Creation = defined({ at: undefined, error: null });
  // @ts-expect-error: a creation has no `whom`.
  const beside: Creation = defined({ at: '', whom: 'ada', error: null });
  assert.equal([Object.keys(without), Object.keys(beside)], [['error'], ['at', 'whom', 'error']]);
});

test.run();
