import { suite } from 'uvu';
import { confirmApplied, type OwnCall } from '../../src/commands/confirm-applied.ts';
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

const test = suite('confirm that tags were applied');

const ASKED = requested(trail('run-1'), at(1), 'Owner=ada Team=blue');
/** The second in which these tests record what they are given. */
const CALLED = NOW.toISOString();

const calls = (more: Partial<OwnCall> = {}) =>
  confirmApplied(STREAM, { at: CALLED, set: ASKED.tags, awsRequestId: 'aws-1', ...more });

test('a call whose outcome was lost is the outcome of the request that waits for it', () => {
  given(STREAM, ASKED)
    .when(calls())
    .yields(applied(ASKED, CALLED, { awsRequestId: 'aws-1' }));
  given(STREAM, ASKED)
    .when(confirmApplied(STREAM, { at: CALLED, set: ASKED.tags }))
    .yields(applied(ASKED, CALLED));
});

test('an outcome that is there stays the only one', () => {
  for (const outcome of [applied(ASKED, at(2)), failed(ASKED, at(2))]) {
    given(STREAM, ASKED, outcome).when(calls()).yields();
  }
});

test('an attempt that failed is not confirmed, and the next one is, as itself', () => {
  const later = failed(ASKED, at(2), { class: 'throttled', retryAt: at(4) });
  const again = attempted(ASKED, 2, at(5));
  given(STREAM, ASKED, later).when(calls()).yields();
  given(STREAM, ASKED, later, again)
    .when(calls())
    .yields(applied(again, CALLED, { awsRequestId: 'aws-1' }));
});

test('a call that did not set all that is wanted, or with other values, confirms nothing', () => {
  for (const set of ['Owner=ada', 'Owner=ada Team=red', '']) {
    given(STREAM, ASKED)
      .when(calls({ set: tags(set) }))
      .yields();
  }
});

test('what somebody else set while the request waited is not confirmed with it', () => {
  given(STREAM, ASKED, observed(trail('tag-1'), at(2), 'Team=red'))
    .when(calls())
    .yields(applied(ASKED, CALLED, { tags: tags('Owner=ada'), awsRequestId: 'aws-1' }));
});

test('each request that the call served is confirmed', () => {
  const other = requested(trail('run-2'), at(2), 'Team=blue');
  given(STREAM, ASKED, other)
    .when(calls())
    .yields(
      applied(ASKED, CALLED, { tags: tags('Owner=ada'), awsRequestId: 'aws-1' }),
      applied(other, CALLED, { awsRequestId: 'aws-1' }),
    );
});

test('a call from before the request was another one’s', () => {
  given(STREAM, ASKED)
    .when(calls({ at: '2026-03-31T19:59:59.000Z' }))
    .yields();
});

test('a call for a resource that is gone, or that the ledger has not seen, asks for nothing', () => {
  given(STREAM, ASKED, retired(trail('end-1'), at(2)))
    .when(calls())
    .yields();
  given(STREAM).when(calls()).yields();
});

test.run();
