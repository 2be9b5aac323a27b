import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { instantOf } from '../../src/shared/time.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('a CloudTrail record');

const refusal = (input: unknown): string => {
  try {
    parseRecord(input);
  } catch (error) {
    assert.instance(error, InvalidInputError);
    return (error as Error).message;
  }
  return assert.unreachable('it was accepted') as never;
};

test('a bare record is read, and members that nobody typed stay', () => {
  const record = parseRecord(sample('RunInstances', { vpcEndpointId: 'vpce-0abc' }));
  assert.is(record.eventName, 'RunInstances');
  assert.is(record.vpcEndpointId, 'vpce-0abc');
});

test('the record in an EventBridge event is read', () => {
  const event = { version: '0', 'detail-type': 'AWS API Call via CloudTrail', detail: sample('CreateVpc') };
  assert.is(parseRecord(event).eventName, 'CreateVpc');
});

test('bodies and the identity that are given as JSON text are read, and any other text stays', () => {
  const bodies = { requestParameters: { size: '8' }, responseElements: { volumeId: 'vol-0abc' } };
  const plain = sample('CreateVolume', bodies);
  const asText = {
    requestParameters: JSON.stringify(bodies.requestParameters),
    responseElements: ` ${JSON.stringify(bodies.responseElements)}`,
    userIdentity: JSON.stringify(plain.userIdentity),
  };
  assert.equal(parseRecord({ ...plain, ...asText }), parseRecord(plain));
  for (const text of ['', 'HIDDEN_DUE_TO_SECURITY_REASONS', '{cut', '[1]', '"x"'])
    assert.is(parseRecord({ ...plain, responseElements: text }).responseElements, text);
  assert.match(refusal({ ...plain, userIdentity: 'ana' }), 'userIdentity');
});

test('only what was called is required', () => {
  const { eventName, eventSource } = sample('CreateVpc');
  const least = { eventName, eventSource };
  assert.is(parseRecord(least).eventName, eventName);
  for (const name of Object.keys(least)) {
    assert.match(refusal({ ...least, [name]: undefined }), `: it has no ${name}. Give `);
    assert.match(refusal(Object.fromEntries(Object.entries(least).filter(([key]) => key !== name))), name);
  }
});

test('null, an empty text and an object are bodies that a record may have', () => {
  for (const body of [null, '', {}]) {
    const record = parseRecord(sample('X', { requestParameters: body, responseElements: body }));
    assert.equal(record.requestParameters, body);
  }
});

test('null is as good as absent for everything that may be missing', () => {
  parseRecord(
    sample('X', { recipientAccountId: null, userIdentity: null, errorCode: null, sourceIPAddress: null }),
  );
});

test('what is not a record is refused in one sentence that says what to give', () => {
  for (const input of [null, undefined, 1, 'x', [], {}, { detail: sample('X') }]) {
    assert.match(
      refusal(input),
      /^This is .+\. Give a CloudTrail log file, one of its records, or an EventBridge event/,
    );
  }
  assert.match(
    refusal({ 'detail-type': 'AWS Console Sign In via CloudTrail', detail: sample('X') }),
    /and "AWS API Call via CloudTrail" was expected\. /,
  );
  assert.match(
    refusal({ 'detail-type': 'AWS API Call via CloudTrail' }),
    /^This is not a CloudTrail record: nothing was given\. /,
  );
});

test('an id that could not be hashed is refused', () => {
  assert.match(
    refusal(sample('X', { eventID: 'a\ud800' })),
    /: its eventID is .+, not a well-formed text\. /,
  );
});

test('a long text is cut in the message', () => {
  assert.ok(refusal(sample('X', { eventTime: 'x'.repeat(9999) })).length < 300);
});

test('the time comes out as ISO 8601 in UTC with milliseconds', () => {
  for (const [written, instant] of [
    ['2026-03-31T23:59:00Z', '2026-03-31T23:59:00.000Z'],
    ['2026-03-31T23:59:00.5Z', '2026-03-31T23:59:00.500Z'],
    ['2026-03-31 23:59:00.123456789', '2026-03-31T23:59:00.123Z'],
    ['2026-03-31T23:59:00+02:00', '2026-03-31T21:59:00.000Z'],
    ['2026-03-31T23:59:00-0030', '2026-04-01T00:29:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ] as const) {
    assert.is(parseRecord(sample('X', { eventTime: written })).eventTime, instant);
  }
});

test('a time that is not real is refused', () => {
  for (const written of [
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-03-31T24:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-31T23:59:60Z',
    '2026-03-31T23:59:00+24:00',
    '9999-12-31T23:59:00-01:00',
    '2026-03-31',
    'yesterday',
    '',
  ]) {
    assert.is(instantOf(written), undefined, written);
    assert.match(refusal(sample('X', { eventTime: written })), /: its eventTime is .+, not a real moment/);
  }
});

test.run();
