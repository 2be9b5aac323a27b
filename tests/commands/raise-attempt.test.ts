import { suite } from 'uvu';
import { raiseAttempts } from '../../src/commands/raise-attempt.ts';
import {
  at,
  attempted,
  created,
  failed,
  NOW,
  observed,
  requested,
  restored,
  retired,
  STREAM,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('raise attempts');

const LAUNCH = trail('launch');
const ask = requested(LAUNCH, at(0), 'App=shop Owner=ada', { rules: 'r', overwrite: ['App'] });
/** So many minutes after `given` recorded the past. */
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

const overdue = (minutes: number, attempts = 8) => ({
  now: later(minutes),
  stuckAfterMs: 15 * 60_000,
  attempts,
});
const raise = (minutes: number, attempts?: number) =>
  raiseAttempts(STREAM, [ask], overdue(minutes, attempts));
const throttled = failed(ask, at(2), { class: 'throttled', retryAt: later(10).toISOString() });
const second = attempted(ask, 2, at(0));

test('an attempt that is due is raised under the same cause, author and rules, as of when its cause happened', () =>
  given(STREAM, ask, throttled).when(raise(10)).yields(second));

test('the next attempt asks for copied tags, too, as long as they are unseen', () => {
  const copy = { ...ask, birth: { tags: tags('') }, unseenTags: true };
  const { birth: _, unseenTags: __, ...next } = attempted(copy, 2, at(0));
  const seen = observed('s', at(3), '', { how: 'sweep', allSeen: true });
  given(STREAM, copy, throttled)
    .when(raise(10))
    .yields({ ...next, unseenTags: true });
  given(STREAM, copy, throttled, seen).when(raise(10)).yields(next);
});

test('an attempt that is not due yet is left alone', () =>
  given(STREAM, ask, throttled).when(raise(9)).yields());

test('an attempt that waits for its outcome is left alone for a while, and then it was lost', () => {
  given(STREAM, ask).when(raise(14)).yields();
  given(STREAM, ask).when(raise(15)).yields(second);
});

test('each attempt that is lost is waited for twice as long as the one before it', () => {
  const third = attempted(ask, 3, at(0));
  given(STREAM, ask, second).when(raise(29)).yields();
  given(STREAM, ask, second).when(raise(31)).yields(third);
  given(STREAM, ask, second, third).when(raise(59)).yields();
});

test('what is final is never raised again', () => {
  given(STREAM, ask, failed(ask, at(2), { class: 'denied' }))
    .when(raise(60))
    .yields();
  given(STREAM, ask, throttled, retired(trail('end'), at(5)))
    .when(raise(60))
    .yields();
});

test('what the end of a resource had closed is raised again when the resource is restored', () => {
  const end = retired(trail('end'), at(5));
  given(STREAM, ask, throttled, end, restored(trail('back'), at(6)))
    .when(raise(20))
    .yields(second);
  given(STREAM, ask, throttled, restored(trail('back'), at(4)), end)
    .when(raise(60))
    .yields();
});

test('a request of a life that ended is not raised for the next one', () => {
  const next = created(trail('again'), at(7));
  given(STREAM, { ...ask, birth: { tags: [] } }, throttled, retired(trail('end'), at(5)), next)
    .when(raise(60))
    .yields();
});

test('only what is still to be set is asked for again', () => {
  const other = requested(trail('other'), at(1), 'Owner=bob');
  given(STREAM, ask, throttled, other)
    .when(raise(10))
    .yields({ ...second, tags: tags('App=shop') });
});

test('when the last attempt was lost, the request fails for good, and says so', () =>
  given(STREAM, ask)
    .when(raise(15, 1))
    .yields(
      failed(ask, later(15).toISOString(), {
        code: 'NoOutcome',
        class: 'unknown',
        message: 'the outcome of attempt 1 was never recorded, and it was the last one',
      }),
    ));

test.run();
