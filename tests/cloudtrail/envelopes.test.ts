import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unwrapEnvelopes } from '../../src/cloudtrail/envelopes.ts';
import { meaningOf } from '../../src/cloudtrail/meaning.ts';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { isTagChange, tagChangeOf } from '../../src/cloudtrail/tag-change-event.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('the doors');

const record = sample('CreateVolume', { responseElements: { volumeId: 'vol-0a1b2c3d4e5f60718' } });
const event = {
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  detail: record,
};
const text = JSON.stringify(event);
const notification = { Type: 'Notification', MessageId: 'm-1', Message: text };

const LOGS = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: 'CloudTrail/logs',
  logEvents: [{ id: '1', timestamp: 1_772_445_600_000, message: JSON.stringify(record) }],
};
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const gzipped = (value: unknown) => gzipSync(JSON.stringify(value)).toString('base64');

const DOORS: readonly (readonly [door: string, input: unknown])[] = [
  ['a bare record', record],
  ['an EventBridge event', event],
  ['a log file', { Records: [record] }],
  ['the output of LookupEvents', { Events: [{ EventId: 'e', CloudTrailEvent: JSON.stringify(record) }] }],
  ['one event of LookupEvents', { EventId: 'e', CloudTrailEvent: JSON.stringify(record) }],
  ['an SNS event of Lambda', { Records: [{ EventSource: 'aws:sns', Sns: { Message: text } }] }],
  ['an SNS notification', notification],
  ['an SQS event of Lambda', { Records: [{ eventSource: 'aws:sqs', body: text }] }],
  ['an event of a service', { ...event, 'detail-type': 'AWS Service Event via CloudTrail' }],
  ['the output of sqs receive-message', { Messages: [{ MessageId: 'm', ReceiptHandle: 'h', Body: text }] }],
  ['a record as text', JSON.stringify(record)],
  ['log messages of a subscription', LOGS],
  ['log messages for Lambda', { awslogs: { data: gzipped(LOGS) } }],
  [
    'log messages in Kinesis',
    { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: gzipped(LOGS) } }] },
  ],
  ['log messages in Firehose', { records: [{ recordId: 'r', data: gzipped(LOGS) }] }],
  ['a record in Kinesis', { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: base64(record) } }] }],
  ['the output of filter-log-events', { events: LOGS.logEvents, searchedLogStreams: [] }],
  [
    'rows of Logs Insights',
    { results: [[{ field: '@message', value: JSON.stringify(record) }]], status: 'Complete' },
  ],
  [
    'rows of CloudTrail Lake',
    { QueryStatus: 'FINISHED', QueryResultRows: [[{ eventID: 'x' }, { eventJson: JSON.stringify(record) }]] },
  ],
  ['SNS in SQS', { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(notification) }] }],
];

for (const [door, input] of DOORS) {
  test(`${door} is opened`, () => assert.equal(unwrapEnvelopes(input), [record]));
}

test('several records of one input come in their order', () => {
  const records = ['a', 'b', 'c'].map((eventID) => ({ ...record, eventID }));
  assert.equal(unwrapEnvelopes({ Records: records }), records);
});

test('a wrapper that holds no JSON is refused with its place', () => {
  assert.throws(
    () => unwrapEnvelopes({ Records: [{ eventSource: 'aws:sqs', body: '{"torn' }] }),
    (error: Error) => error instanceof InvalidInputError && /Records\[0\]\.body/.test(error.message),
  );
});

test('the notice of another service is refused, for it carries no record', () => {
  const notice = { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: {} }] };
  assert.throws(
    () => unwrapEnvelopes(notice),
    (error: Error) => error instanceof InvalidInputError && /log file/.test(error.message),
  );
});

test('a control message of CloudWatch Logs has no record', () => {
  const message = {
    ...LOGS,
    messageType: 'CONTROL_MESSAGE',
    logEvents: [{ id: '', timestamp: 1, message: 'probe' }],
  };
  assert.equal(unwrapEnvelopes(message), []);
});

test('data that is no JSON in base64 is refused with its place', () => {
  for (const data of ['%%%', Buffer.from('text').toString('base64'), gzipSync('{"torn').toString('base64')])
    assert.throws(
      () => unwrapEnvelopes({ awslogs: { data } }),
      (error: Error) =>
        error instanceof InvalidInputError && /^awslogs\.data is not the JSON/.test(error.message),
    );
});

test('a loop of wrappers ends', () => {
  let looped: unknown = record;
  for (let i = 0; i < 20; i++) looped = { Records: [looped] };
  assert.throws(
    () => unwrapEnvelopes(looped),
    (error: Error) => error instanceof InvalidInputError,
  );
});

const change = {
  id: 'c-1',
  'detail-type': 'Tag Change on Resource',
  source: 'aws.tag',
  account: '111122223333',
  region: 'eu-west-1',
  time: '2026-03-31T10:00:00Z',
  resources: ['arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718'],
  detail: {
    'changed-tag-keys': ['Owner', 'Team'],
    service: 'ec2',
    'resource-type': 'instance',
    tags: { Owner: 'ana', Name: 'web' },
  },
};

test('a tag change that EventBridge reports sets what is there now and removes what is not', () => {
  assert.ok(isTagChange(change));
  const meaning = tagChangeOf(change);
  assert.is(meaning.kind, 'tag-change');
  assert.equal(meaning.kind === 'tag-change' && [meaning.set, meaning.removed, meaning.who.kind], [
    [{ key: 'Owner', value: 'ana' }],
    ['Team'],
    'Unknown',
  ]);
});

test('a tag change of another service, or of a resource that is not followed, is skipped', () => {
  const s3 = { ...change, detail: { ...change.detail, service: 's3' } };
  assert.equal((tagChangeOf(s3) as { code: string }).code, 'not-ec2');
  assert.equal(
    (tagChangeOf({ ...change, resources: ['arn:aws:ec2:::x'] }) as { code: string }).code,
    'no-id',
  );
});

test('the same act that several accounts report is one cause', () => {
  const [first, second] = ['a', 'b'].map((eventID) =>
    meaningOf(parseRecord({ ...record, eventID, sharedEventID: 'shared-1' })),
  );
  assert.is(first?.kind === 'creation' && first.cause.id, 'shared-1');
  assert.is(second?.kind === 'creation' && second.cause.id, 'shared-1');
});

test('what CloudTrail left out of a record is said, and nothing is made up', () => {
  const cut = meaningOf(parseRecord({ ...record, responseElements: { omitted: true } }));
  assert.is(cut.kind === 'nothing' && cut.code, 'omitted');
  assert.match(cut.kind === 'nothing' ? cut.reason : '', 'CreateVolume');
});

test('whatever comes by a door, it is opened or refused, and no failed call creates anything', () => {
  const wrapped = fc.constantFrom(...DOORS.map(([, input]) => input));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), wrapped), fc.jsonValue(), (input, noise) => {
      for (const one of [
        input,
        { Records: [noise, input] },
        { Sns: { Message: noise } },
        { ...event, detail: noise },
      ]) {
        try {
          for (const inside of unwrapEnvelopes(one)) {
            if (isTagChange(inside)) tagChangeOf(inside);
            else {
              const failed = meaningOf(parseRecord({ ...parseRecord(inside), errorCode: 'Client.Failed' }));
              assert.is(failed.kind, 'nothing');
            }
          }
        } catch (error) {
          if (!(error instanceof InvalidInputError)) throw error;
        }
      }
    }),
  );
});

test.run();
