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
    /^RETRY_ATTEMPTS is "0", which is not a whole number from 1 to 100\. Correct it, or leave it out for 8\. NEW_FOR_SECONDS is "5 min", which is not a whole number from 0 to 86400\. Correct it, or leave it out for 600\. STUCK_AFTER_SECONDS is "59", which is not a whole number from 60 to 86400\. Correct it, or leave it out for 900\.$/,
  );
});

test.run();
