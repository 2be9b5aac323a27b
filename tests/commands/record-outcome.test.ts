import { suite } from 'uvu';
import {
  type Attempt,
  type Failure,
  recordApplied,
  recordFailed,
  type Success,
} from '../../src/commands/record-outcome.ts';
import {
  applied,
  at,
  attempted,
  failed,
  givenBack,
  observed,
  requested,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('record an outcome');

const ASKED = requested(trail('run-1'), at(1), 'Owner=ada Team=blue');
const FIRST: Attempt = { request: ASKED.eventId, attempt: 1 };
const SECOND: Attempt = { request: ASKED.eventId, attempt: 2 };

const succeeds = (of: Attempt = FIRST, more: Partial<Success> = {}) =>
  recordApplied(STREAM, of, { at: at(3), tags: ASKED.tags, ...more });

const fails = (of: Attempt = FIRST, more: Partial<Failure> = {}) => {
  const { code, message, class: failureClass } = failed(ASKED, at(3));
  return recordFailed(STREAM, of, { at: at(3), code, message, class: failureClass, ...more });
};

const RETRIED = failed(ASKED, at(2), { class: 'throttled', retryAt: at(4) });

test('a success is recorded', () => {
  given(STREAM, ASKED)
    .when(succeeds())
    .yields(applied(ASKED, at(3)));
});

test('a success names the AWS request and the tags that were really set', () => {
  given(STREAM, ASKED)
    .when(succeeds(FIRST, { awsRequestId: 'aws-1', tags: tags('Team=blue') }))
    .yields(applied(ASKED, at(3), { awsRequestId: 'aws-1', tags: tags('Team=blue') }));
});

test('a failure is recorded, final or with the moment of the next attempt', () => {
  given(STREAM, ASKED)
    .when(fails())
    .yields(failed(ASKED, at(3)));
  given(STREAM, ASKED)
    .when(fails(FIRST, { code: 'RequestLimitExceeded', class: 'throttled', retryAt: at(4) }))
    .yields(failed(ASKED, at(3), { code: 'RequestLimitExceeded', class: 'throttled', retryAt: at(4) }));
});

test('success and failure of one attempt are one outcome: the first that is recorded', () => {
  for (const outcome of [applied(ASKED, at(2)), failed(ASKED, at(2)), RETRIED]) {
    given(STREAM, ASKED, outcome).when(succeeds()).yields();
    given(STREAM, ASKED, outcome).when(fails()).yields();
  }
});

test('an outcome that is delivered again hours later, after other events, is not news', () => {
  const past = [ASKED, applied(ASKED, at(2)), observed(trail('c-1'), at(4), '', { removed: 'all' })];
  given(STREAM, ...past)
    .when(succeeds(FIRST, { at: at(50), awsRequestId: 'aws-2' }))
    .yields();
  given(STREAM, ...past)
    .when(fails(FIRST, { at: at(50) }))
    .yields();
});

test('each attempt has an outcome of its own', () => {
  const again = attempted(ASKED, 2, at(5));
  given(STREAM, ASKED, RETRIED, again)
    .when(succeeds(SECOND))
    .yields(applied(again, at(3)));
  given(STREAM, ASKED, RETRIED, again)
    .when(fails(SECOND))
    .yields(failed(again, at(3)));
});

test('an outcome of another attempt than the current one is not recorded', () => {
  for (const outcome of [succeeds, fails]) {
    given(STREAM, ASKED).when(outcome(SECOND)).yields();
    given(STREAM, ASKED, attempted(ASKED, 2, at(5)))
      .when(outcome(FIRST))
      .yields();
  }
});

test('an outcome of a request that the stream does not know is not recorded', () => {
  for (const outcome of [succeeds, fails]) {
    given(STREAM).when(outcome()).yields();
    given(STREAM, ASKED)
      .when(outcome({ request: 'another', attempt: 1 }))
      .yields();
  }
});

const SUPERSEDING = [
  requested(trail('run-2'), at(2), 'Owner=bob Team=red'),
  observed(trail('c-1'), at(2), 'Owner=bob Team=red'),
  retired(trail('end-1'), at(2)),
] as const;

test('a request that needs its tags no more has no failure', () => {
  for (const event of SUPERSEDING) {
    given(STREAM, ASKED, event).when(fails()).yields();
    given(STREAM, ASKED, event)
      .when(fails(FIRST, { retryAt: at(4) }))
      .yields();
  }
});

test('a request that needs its tags no more has a success, for the tags are there', () => {
  const [byRequest, , end] = SUPERSEDING;
  for (const event of [byRequest, end]) {
    given(STREAM, ASKED, event)
      .when(succeeds())
      .yields(applied(ASKED, at(3)));
  }
});

test('what a person had set before tagledger did is given back', () => {
  const [, byPerson] = SUPERSEDING;
  const success = applied(ASKED, at(3));
  given(STREAM, ASKED, byPerson)
    .when(succeeds())
    .yields(success, givenBack(success, 'Owner=bob Team=red', 3));
});

test('what a later request had set is set again when an older one comes too late', () => {
  const later = requested(trail('run-2'), at(2), 'Owner=bob Team=red');
  const success = applied(ASKED, at(3));
  given(STREAM, ASKED, later, applied(later, at(2)))
    .when(succeeds())
    .yields(success, givenBack(success, 'Owner=bob Team=red', 4));
});

test('a request that lost only some of its keys still fails', () => {
  given(STREAM, ASKED, observed(trail('c-1'), at(2), 'Owner=bob'))
    .when(fails())
    .yields(failed(ASKED, at(3)));
});

test('a request that waits for its next attempt is not applied by a stray success of the last one', () => {
  given(STREAM, ASKED, RETRIED).when(succeeds()).yields();
});

test.run();
