import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FailureClass } from '../../../src/events/tag-event.ts';
import { classifyFailure, passesWithTime } from '../../../src/tagging/ec2/classify-failure.ts';

const test = suite('classify a failure');

/** An error as the SDK makes it of EC2's answer. */
const answered = (name: string, httpStatusCode = 400, message = 'no') =>
  new EC2ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });

const CODES: Readonly<Record<Exclude<FailureClass, 'not-yet-visible'>, readonly string[]>> = {
  throttled: ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'],
  unavailable: [
    'ConcurrentTagAccess',
    'InternalError',
    'InternalFailure',
    'ServerInternal',
    'ServiceUnavailable',
    'Unavailable',
    'RequestExpired',
  ],
  'not-found': [
    'InvalidInstanceID.NotFound',
    'InvalidVolume.NotFound',
    'InvalidSnapshot.NotFound',
    'InvalidAMIID.NotFound',
    'InvalidGroup.NotFound',
    'InvalidPlacementGroup.Unknown',
    'NatGatewayNotFound',
  ],
  denied: [
    'UnauthorizedOperation',
    'AccessDenied',
    'AccessDeniedException',
    'AuthFailure',
    'TagPolicyViolation',
  ],
  invalid: [
    'InvalidID',
    'InvalidInstanceID.Malformed',
    'InvalidTagKey.Malformed',
    'InvalidParameterValue',
    'MissingParameter',
    'TagLimitExceeded',
  ],
  unknown: ['DryRunOperation', 'SomethingNew', 'NotFound.Really', 'InvalidInstanceID.NotFoundAtAll'],
};

for (const [expected, codes] of Object.entries(CODES)) {
  test(`what is ${expected}`, () => {
    for (const code of codes) {
      assert.equal(classifyFailure(answered(code)), { code, message: 'no', class: expected });
    }
  });
}

test('an unknown code with a server status is unavailable, a known one is what it is', () => {
  assert.is(classifyFailure(answered('SomethingNew', 500)).class, 'unavailable');
  assert.is(classifyFailure(answered('SomethingNew', 503)).class, 'unavailable');
  assert.is(classifyFailure(answered('SomethingNew', 499)).class, 'unknown');
  assert.is(classifyFailure(answered('RequestLimitExceeded', 503)).class, 'throttled');
});

test('an error that did not come from EC2 is unavailable, under its own name', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  assert.equal(classifyFailure(refused), { code: 'Error', message: refused.message, class: 'unavailable' });
  const slow = Object.assign(new Error('socket hang up'), {
    name: 'TimeoutError',
    $metadata: { attempts: 3 },
  });
  assert.equal(classifyFailure(slow), {
    code: 'TimeoutError',
    message: 'socket hang up',
    class: 'unavailable',
  });
});

test('whatever is thrown is classified', () => {
  for (const [thrown, message] of [
    ['no', 'no'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, '[object Object]'],
    [new Error(''), ''],
  ] as const) {
    assert.equal(classifyFailure(thrown), { code: 'Error', message, class: 'unavailable' });
  }
});

test('a long message is cut at 400 characters', () => {
  assert.is(classifyFailure(answered('X', 400, 'm'.repeat(400))).message, 'm'.repeat(400));
  assert.is(classifyFailure(answered('X', 400, 'm'.repeat(5_000))).message, 'm'.repeat(400));
});

test('half a character in a message, its own or from the cut, is replaced, so that the ledger takes it', () => {
  assert.is(classifyFailure(answered('X', 400, 'a\ud83db')).message, 'a\ufffdb');
  const cut = classifyFailure(answered('X', 400, `${'m'.repeat(399)}\u{1f600}`)).message;
  assert.is(cut, `${'m'.repeat(399)}\ufffd`);
});

test('what passes with time is throttling, unavailability, and a resource that cannot be seen yet', () => {
  const passing: Readonly<Record<FailureClass, boolean>> = {
    throttled: true,
    unavailable: true,
    'not-yet-visible': true,
    'not-found': false,
    denied: false,
    invalid: false,
    unknown: false,
  };
  for (const [failureClass, passes] of Object.entries(passing)) {
    assert.is(passesWithTime({ class: failureClass as FailureClass }), passes, failureClass);
  }
});

test.run();
