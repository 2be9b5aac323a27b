import { suite } from 'uvu';
import { observeOwnCall } from '../../src/commands/observe-own-call.ts';
import type { TagChange } from '../../src/commands/observe-tags.ts';
import type { TagObserved, Who } from '../../src/events/tag-event.ts';
import {
  applied,
  attempted,
  failed,
  minute,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/facts.ts';
import { given } from '../support/given.ts';

const test = suite('observe a call of tagledger’s own');

const SESSION: Who = {
  name: 'tagledger-apply',
  arn: 'arn:aws:sts::111122223333:assumed-role/tagledger-apply/tagledger-apply',
  kind: 'AssumedRole',
};
const ECHO = trail('echo-1', 'CreateTags');
const ASKED = requested(trail('run-1'), minute(1), { Owner: 'ada', Team: 'blue' });
/** The second in which these tests record what they are given. */
const CALLED = '2026-04-01T00:00:00.000Z';

const call = (set: Readonly<Record<string, string>>, more: Partial<TagChange> = {}) =>
  observeOwnCall(
    STREAM,
    { cause: ECHO, who: SESSION, at: CALLED, set: tags(set), removed: [], ...more },
    'aws-1',
  );

const seen = (set: Readonly<Record<string, string>>, more: Partial<TagObserved> = {}): TagObserved => ({
  ...observed(ECHO, CALLED, set),
  who: SESSION,
  ...more,
});

test('what no request of the stream asked for is observed, by the session that CloudTrail names', () => {
  given(STREAM)
    .when(call({ Owner: 'eve' }))
    .yields(seen({ Owner: 'eve' }));
  for (const outcome of [
    applied(ASKED, minute(2)),
    failed(ASKED, minute(2)),
    retired(trail('end'), minute(2)),
  ])
    given(STREAM, ASKED, outcome)
      .when(call({ Owner: 'eve' }))
      .yields(seen({ Owner: 'eve' }));
});

test('an echo before the outcome was recorded is the outcome, and one after it adds nothing', () => {
  const set = { Owner: 'ada', Team: 'blue' };
  given(STREAM, ASKED)
    .when(call(set))
    .yields(applied(ASKED, CALLED, { awsRequestId: 'aws-1' }));
  given(STREAM, ASKED, applied(ASKED, minute(2)))
    .when(call(set))
    .yields();
});

test('a late echo adds nothing, whatever became of its request and of its tags', () => {
  const set = { Owner: 'ada', Team: 'blue' };
  const byBob = observed(trail('bob-1'), minute(3), { Owner: 'bob' });
  const other = requested(trail('run-2'), minute(4), { Team: 'red' });
  const retry = failed(ASKED, minute(2), { class: 'throttled', retryAt: minute(4) });
  for (const since of [
    [applied(ASKED, minute(2)), byBob, other, applied(other, minute(5))],
    [failed(ASKED, minute(2))],
    [retry],
    [applied(ASKED, minute(2)), retired(trail('end-1'), minute(3))],
  ]) {
    given(STREAM, ASKED, ...since)
      .when(call(set, { at: minute(2) }))
      .yields();
  }
});

test('the echo of either of two attempts adds nothing, also with what is left of the tags', () => {
  const retry = failed(ASKED, minute(2), { class: 'unavailable', retryAt: minute(4) });
  const again = { ...attempted(ASKED, 2, minute(5)), tags: tags({ Team: 'blue' }) };
  const past = [ASKED, retry, again, applied(again, minute(6))];
  for (const set of [{ Owner: 'ada', Team: 'blue' }, { Team: 'blue' }])
    given(STREAM, ...past)
      .when(call(set))
      .yields();
});

test('of a call that was asked for in part the rest is observed', () => {
  given(STREAM, ASKED, applied(ASKED, minute(2)))
    .when(call({ Owner: 'ada', Team: 'red' }))
    .yields(seen({ Team: 'red' }));
  given(STREAM, ASKED)
    .when(call({ Owner: 'ada', Team: 'blue', App: 'shop' }))
    .yields(applied(ASKED, CALLED, { awsRequestId: 'aws-1' }), seen({ App: 'shop' }));
});

test('a removal is observed, for tagledger removes nothing', () => {
  given(STREAM, ASKED, applied(ASKED, minute(2)))
    .when(call({}, { removed: ['Owner'] }))
    .yields(seen({}, { removed: ['Owner'] }));
});

test('of a value that CloudTrail may have changed the key says whether it was asked for', () => {
  const uncertain = ['Owner'];
  given(STREAM, ASKED, applied(ASKED, minute(2)))
    .when(call({ Owner: 'a?a' }, { uncertain }))
    .yields();
  given(STREAM)
    .when(call({ Owner: 'a?a' }, { uncertain }))
    .yields(seen({ Owner: 'a?a' }, { notes: [{ key: 'Owner', note: 'uncertain' }] }));
});

test.run();
