import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { coverageStreamOf } from '../../src/events/ledger-stream.ts';
import { coverageOfRecords } from '../../src/intake/coverage-of-records.ts';
import { request } from '../../src/intake/intake.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { remembering, tickingClock, typesByResource } from '../support/doubles.ts';
import { at, NOW } from '../support/events.ts';

const test = suite('coverage');

const record = (account: string, eventTime: string, more: object = {}) => ({
  eventID: '7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01',
  eventName: 'GetObject',
  eventSource: 's3.amazonaws.com',
  awsRegion: 'eu-west-1',
  recipientAccountId: account,
  eventTime,
  ...more,
});

const coveragesOf = (...inputs: readonly unknown[]) => {
  const heard = coverageOfRecords(() => NOW);
  for (const input of inputs) heard.add(input);
  return heard.coverages();
};

test('it is of all records of an account, in any envelope, whatever they say', () => {
  const enveloped = {
    'detail-type': 'AWS API Call via CloudTrail',
    detail: record('111122223333', '2026-03-31T12:00:00Z', { awsRegion: 'us-east-1' }),
  };
  const tagChange = {
    'detail-type': 'Tag Change on Resource',
    source: 'aws.tag',
    account: '111122223333',
    region: 'eu-west-1',
    time: '2026-03-31T14:00:00Z',
  };
  const file = { Records: [record('444455556666', '2026-03-31T10:00:00Z')] };
  const ofCaller = record('', '2026-03-30T09:00:00Z', { userIdentity: { accountId: '444455556666' } });
  assert.equal(coveragesOf(enveloped, tagChange, file, ofCaller), [
    {
      account: '111122223333',
      source: 'files',
      from: '2026-03-31T12:00:00.000Z',
      to: '2026-03-31T14:00:00.000Z',
      regions: ['eu-west-1', 'us-east-1'],
    },
    {
      account: '444455556666',
      source: 'files',
      from: '2026-03-30T09:00:00.000Z',
      to: '2026-03-31T10:00:00.000Z',
      regions: ['eu-west-1'],
    },
  ]);
});

test('what has no account or no time, and what is no record, covers nothing', () => {
  const direct = { resourceId: 'i-0a1b2c3d4e5f60718', user: 'ada' };
  const masked = record('XXXXXXXXXXXX', '2026-03-31T12:00:00Z');
  const timeless = record('111122223333', 'noon');
  const future = record('111122223333', '2099-01-01T00:00:00Z');
  assert.equal(coveragesOf(direct, masked, timeless, future, null, 7, { eventSource: 'aws:s3', s3: {} }), []);
});

const heartbeat = (minute: number, more: object = {}) => ({
  id: `5f0c7f6e-0000-4000-8000-0000000000${String(minute).padStart(2, '0')}`,
  source: 'tagledger.heartbeat',
  'detail-type': 'tagledger heartbeat',
  account: '444455556666',
  region: 'eu-west-1',
  time: at(minute),
  detail: {},
  ...more,
});

test('a heartbeat is recorded for the account that sent it, once, unless a later one came before', async () => {
  const store = memoryStore();
  const ledger = { store, eventFormat: 2, now: tickingClock(at(30)) } as const;
  const { telemetry } = remembering();
  const take = request({ ledger, rules: parseTagRules('{"Owner":"{who.name}"}'), telemetry });
  for (const minute of [1, 2, 2, 1]) await take(heartbeat(minute), `call ${minute}`);
  assert.equal(await typesByResource(store), {
    accounts: ['CoverageRecorded'],
    '444455556666': ['CoverageRecorded', 'CoverageRecorded'],
  });
  const [, last] = await store.read(coverageStreamOf('444455556666'));
  assert.equal(last?.event.type === 'CoverageRecorded' && last.event.heardUntil, at(2));
  const [said] = await take([heartbeat(3, { account: 'nobody' })], 'call');
  assert.is(said?.outcome, 'rejected');
});

test('a ledger of format 1 records no heartbeat', async () => {
  const store = memoryStore();
  const ledger = { store, eventFormat: 1, now: tickingClock(at(30)) } as const;
  const { telemetry } = remembering();
  const take = request({ ledger, rules: parseTagRules('{"Owner":"{who.name}"}'), telemetry });
  const results = await take(heartbeat(1), 'call');
  assert.equal(
    results.map(({ outcome }) => outcome),
    ['skipped', 'skipped'],
  );
  assert.equal(await typesByResource(store), {});
});

test.run();
