import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRetryPolicy } from '../../../src/handlers/runtime/retry-settings.ts';
import { DEFAULT_RETRY } from '../../../src/tagging/retry-policy.ts';

const test = suite('the settings of the retry policy');

test('an environment that says nothing gets the defaults', () => {
  assert.equal(readRetryPolicy({}), DEFAULT_RETRY);
  assert.equal(readRetryPolicy({ RETRY_ATTEMPTS: ' ' }), DEFAULT_RETRY);
});

test('each part can be set, in seconds where it is a time', () => {
  assert.equal(
    readRetryPolicy({
      RETRY_ATTEMPTS: '3',
      RETRY_FIRST_SECONDS: '10',
      RETRY_LONGEST_SECONDS: '60',
      NEW_FOR_SECONDS: '0',
      STUCK_AFTER_SECONDS: '600',
    }),
    { attempts: 3, firstWaitMs: 10_000, longestWaitMs: 60_000, newForMs: 0, stuckAfterMs: 600_000 },
  );
});

test('all that is wrong is said at once', () => {
  assert.throws(
    () => readRetryPolicy({ RETRY_ATTEMPTS: '0', NEW_FOR_SECONDS: '5 min', STUCK_AFTER_SECONDS: '59' }),
    /^got RETRY_ATTEMPTS="0", expected a whole number from 1 to 100: set it, or leave it out for 8; got NEW_FOR_SECONDS="5 min", expected a whole number from 0 to 86400: set it, or leave it out for 600; got STUCK_AFTER_SECONDS="59", expected a whole number from 60 to 86400: set it, or leave it out for 900$/,
  );
});

test.run();
