import { suite } from 'uvu';
import { observeOwnCall } from '../../src/commands/observe-own-call.ts';
import type { TagChange } from '../../src/commands/observe-tags.ts';
import type { TagObserved, Who } from '../../src/events/tag-event.ts';
import {
  applied,
  at,
  attempted,
  failed,
  NOW,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('observe a call of tagledger’s own');

const SESSION: Who = {
  name: 'tagledger-apply',
  arn: 'arn:aws:sts::111122223333:assumed-role/tagledger-apply/tagledger-apply',
  kind: 'AssumedRole',
};
const ECHO = trail('echo-1', 'CreateTags');
const ASKED = requested(trail('run-1'), at(1), 'Owner=ada Team=blue');
/** The second in which these tests record what they are given. */
const CALLED = NOW.toISOString();

const call = (set: string, more: Partial<TagChange> = {}) =>
  observeOwnCall(
    STREAM,
    { cause: ECHO, who: SESSION, at: CALLED, set: tags(set), removed: [], ...more },
    'aws-1',
  );

const seen = (set: string, more: Partial<TagObserved> = {}): TagObserved => ({
  ...observed(ECHO, CALLED, set),
  who: SESSION,
  ...more,
});

test('what no request of the stream asked for is observed, by the session that CloudTrail names', () => {
  given(STREAM).when(call('Owner=eve')).yields(seen('Owner=eve'));
  for (const outcome of [applied(ASKED, at(2)), failed(ASKED, at(2)), retired(trail('end'), at(2))])
    given(STREAM, ASKED, outcome).when(call('Owner=eve')).yields(seen('Owner=eve'));
});

test('an echo before the outcome was recorded is the outcome, and one after it adds nothing', () => {
  const set = 'Owner=ada Team=blue';
  given(STREAM, ASKED)
    .when(call(set))
    .yields(applied(ASKED, CALLED, { awsRequestId: 'aws-1' }));
  given(STREAM, ASKED, applied(ASKED, at(2)))
    .when(call(set))
    .yields();
});

test('a late echo adds nothing, whatever became of its request and of its tags', () => {
  const set = 'Owner=ada Team=blue';
  const byBob = observed(trail('bob-1'), at(3), 'Owner=bob');
  const other = requested(trail('run-2'), at(4), 'Team=red');
  const retry = failed(ASKED, at(2), { class: 'throttled', retryAt: at(4) });
  for (const since of [
    [applied(ASKED, at(2)), byBob, other, applied(other, at(5))],
    [failed(ASKED, at(2))],
    [retry],
    [applied(ASKED, at(2)), retired(trail('end-1'), at(3))],
  ]) {
    given(STREAM, ASKED, ...since)
      .when(call(set, { at: at(2) }))
      .yields();
  }
});

test('the echo of either of two attempts adds nothing, also with what is left of the tags', () => {
  const retry = failed(ASKED, at(2), { class: 'unavailable', retryAt: at(4) });
  const again = { ...attempted(ASKED, 2, at(5)), tags: tags('Team=blue') };
  const past = [ASKED, retry, again, applied(again, at(6))];
  for (const set of ['Owner=ada Team=blue', 'Team=blue'])
    given(STREAM, ...past)
      .when(call(set))
      .yields();
});

test('of a call that was asked for in part the rest is observed', () => {
  given(STREAM, ASKED, applied(ASKED, at(2)))
    .when(call('Owner=ada Team=red'))
    .yields(seen('Team=red'));
  given(STREAM, ASKED)
    .when(call('Owner=ada Team=blue App=shop'))
    .yields(applied(ASKED, CALLED, { awsRequestId: 'aws-1' }), seen('App=shop'));
});

test('a removal is observed, for tagledger removes nothing', () => {
  given(STREAM, ASKED, applied(ASKED, at(2)))
    .when(call('', { removed: ['Owner'] }))
    .yields(seen('', { removed: ['Owner'] }));
});

test('of a value that CloudTrail may have changed the key says whether it was asked for', () => {
  const uncertain = ['Owner'];
  given(STREAM, ASKED, applied(ASKED, at(2)))
    .when(call('Owner=a?a', { uncertain }))
    .yields();
  given(STREAM)
    .when(call('Owner=a?a', { uncertain }))
    .yields(seen('Owner=a?a', { notes: [{ key: 'Owner', note: 'uncertain' }] }));
});

test.run();
