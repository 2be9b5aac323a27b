import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDeadLetter } from '../../../src/handlers/redrive/dead-letter.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import { envelope, launch } from '../../support/cloudtrail/trail.ts';
import { chain, requested } from '../../support/events.ts';
import { batchMessage, batchObject, invocationMessage } from '../../support/failure-messages.ts';
import { feedOf } from '../../support/feed-records.ts';
import { lambdaEventOf } from '../../support/lambda-records.ts';

const test = suite('what was given up');

const parse = (body: string, requestId?: string) =>
  parseDeadLetter({ id: 'm1', body, ...(requestId && { requestId }) });

test('a batch of the change feed is a window around the times of its arrival', () => {
  assert.equal(parse(batchMessage('tagledger-apply', '12:00:00', '12:00:30')), {
    kind: 'window',
    consumers: ['apply'],
    from: '2026-04-01T11:55:00.000Z',
    to: '2026-04-01T12:05:30.000Z',
  });
});

test('a batch with its records is these, as a text or as what it says', () => {
  const events = chain([requested('r1')]);
  const { Records } = lambdaEventOf(events);
  const expected = { kind: 'records', consumers: ['project'], batch: feedOf(events) };
  assert.equal(parse(batchObject('tagledger-project', Records)), expected);
  const open = batchMessage('tagledger-project', '12:00:00', '12:00:00', { payload: { Records } });
  assert.equal(parse(open), expected);
});

for (const [name, consumers] of [
  ['tagledger-apply', ['apply']],
  ['Tagledger-ProjectFunction5A8B-x1:live', ['project']],
  ['tagledger-consumer', ['apply', 'project']],
  ['project-x-apply', ['apply', 'project']],
] as const) {
  test(`a batch of ${name} is for ${consumers.join(' and ')}`, () => {
    const given = parse(batchMessage(name, '12:00:00'));
    assert.equal(given.kind === 'window' && given.consumers, consumers);
  });
}

test('an invocation that failed is its payload, under the id that it had', () => {
  const call = { resourceId: 'i-0abc', user: 'ana' };
  assert.equal(parse(invocationMessage(call, 'invocation-7')), {
    kind: 'input',
    input: call,
    invocationId: 'invocation-7',
  });
});

test('what a dead-letter queue holds is the event, under the id that the queue tells', () => {
  const event = envelope(launch(['i-01']));
  const input = JSON.parse(JSON.stringify(event));
  assert.equal(parse(JSON.stringify(event), 'invocation-8'), {
    kind: 'input',
    input,
    invocationId: 'invocation-8',
  });
});

test('without an id the same body has the same one, and another body another one', () => {
  const idOf = (body: string) => {
    const given = parse(body);
    return given.kind === 'input' && given.invocationId;
  };
  assert.is(idOf('{"resourceId":"i-0abc"}'), idOf('{"resourceId":"i-0abc"}'));
  assert.is.not(idOf('{"resourceId":"i-0abc"}'), idOf('{"resourceId":"i-0abd"}'));
});

for (const [what, body, words] of [
  ['that is no JSON', 'salary-band-7', 'The message is not JSON'],
  ['without a function', '{"DDBStreamBatchInfo":{}}', 'wrong requestContext'],
  [
    'without times',
    '{"DDBStreamBatchInfo":{},"requestContext":{"functionArn":"a"}}',
    'approximateArrivalOfFirst',
  ],
  ['with a time that is none', batchMessage('apply', '25:00:00'), 'approximateArrivalOfFirstRecord'],
  [
    'with a payload that is no JSON',
    batchMessage('apply', '12:00:00', '12:00:00', { payload: 'salary-band-7' }),
    'The payload is not JSON',
  ],
  [
    'with a payload without records',
    batchMessage('apply', '12:00:00', '12:00:00', { payload: '{}' }),
    'wrong Records',
  ],
  [
    'with a record without its number',
    batchMessage('apply', '12:00:00', '12:00:00', { payload: { Records: [{}] } }),
    'wrong Records.0.dynamodb',
  ],
  ['with a payload and no invocation', '{"requestPayload":1}', 'wrong requestContext'],
] as const) {
  test(`a message ${what} is refused, without its text`, () => {
    assert.throws(
      () => parse(body),
      (error: unknown) =>
        error instanceof InvalidInputError &&
        error.message.includes(words) &&
        !error.message.includes('salary'),
    );
  });
}

test.run();
