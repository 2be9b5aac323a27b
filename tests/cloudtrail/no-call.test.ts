import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noCallIn } from '../../src/cloudtrail/no-call.ts';
import { readInput, recordsIn } from '../../src/intake/read-input.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('what CloudTrail writes beside records');

const INSIGHT = {
  eventVersion: '1.08',
  eventTime: '2026-03-02T10:00:00Z',
  awsRegion: 'eu-west-1',
  eventID: '7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01',
  eventType: 'AwsCloudTrailInsight',
  recipientAccountId: '111122223333',
  insightDetails: { state: 'Start', eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' },
  eventCategory: 'Insight',
};
const DIGEST = {
  awsAccountId: '111122223333',
  digestStartTime: '2026-03-02T09:00:00Z',
  digestEndTime: '2026-03-02T10:00:00Z',
  logFiles: [{ s3Bucket: 'b', s3Object: 'k', hashValue: 'ff' }],
};

for (const [name, input] of [
  ['Insights event', INSIGHT],
  ['digest file', DIGEST],
] as const) {
  test(`a ${name} is known by its name, and is no record`, () => {
    assert.is(noCallIn(input)?.name, name);
    const record = sample('RunInstances');
    const messages = readInput({ Records: [input, record] });
    assert.equal(
      messages.map(({ kind }) => kind),
      ['no-call', 'record'],
    );
    assert.is(recordsIn(messages).length, 1);
  });
}

test('a record is one, whatever its parameters hold', () => {
  const record = sample('RunInstances', { requestParameters: { insightDetails: {}, logFiles: [] } });
  assert.is(noCallIn(record), undefined);
  assert.is(noCallIn({ ...record, eventType: 'AwsCloudTrailInsight' }), undefined);
  for (const input of [null, 'text', [], {}, { logFiles: [] }]) assert.is(noCallIn(input), undefined);
});

test.run();
