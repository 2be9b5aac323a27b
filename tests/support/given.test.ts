import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADA, at, observed, retired, STREAM, trail } from './events.ts';
import { given } from './given.ts';

const test = suite('given, when, yields');

const seen = observed(trail('c-1'), at(1), 'Owner=bob');

/** Why a sentence does not hold; `assert.throws` lets failed assertions through. */
const complaintOf = (sentence: () => void): string => {
  try {
    sentence();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

test('the decision sees the past', () => {
  given(STREAM, seen, retired(trail('c-2'), at(2)))
    .when((resource) => (resource.lastSeq === 2 && resource.retired ? [] : [seen]))
    .yields();
});

test('other events than the expected ones fail', () => {
  const decided = given(STREAM).when((resource) => (resource.lastSeq > 0 ? [] : [seen]));
  decided.yields(seen);
  assert.match(
    complaintOf(() => decided.yields()),
    /not the expected ones/,
  );
  assert.match(
    complaintOf(() => decided.yields({ ...seen, who: ADA })),
    /not the expected ones/,
  );
});

test('a decision that repeats itself on the new state fails', () => {
  assert.match(
    complaintOf(() =>
      given(STREAM)
        .when(() => [seen])
        .yields(seen),
    ),
    /yields something again/,
  );
});

test('an event that no store would give back fails', () => {
  const event = { ...seen, effectiveAt: 'yesterday' };
  const decided = given(STREAM).when((resource) => (resource.lastSeq > 0 ? [] : [event]));
  assert.match(
    complaintOf(() => decided.yields(event)),
    /expected a moment like/,
  );
});

test.run();
