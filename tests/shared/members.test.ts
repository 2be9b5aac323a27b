import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Defined, defined } from '../../src/shared/members.ts';

const test = suite('defined');

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
  const given: Defined<{ b?: number | undefined; a: boolean; c?: number }> = defined({
    b: 0,
    a: false,
    c: 1,
  });
  assert.is(JSON.stringify(given), '{"b":0,"a":false,"c":1}');
});

test.run();
