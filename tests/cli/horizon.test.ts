import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { launch } from '../support/cloudtrail/trail.ts';

const test = suite('the horizon on the command line');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const policy = join(folder, 'policy.json');
const [SILENT, HEARD] = ['111122223333', '444455556666'];
const ID = 'i-0a1b2c3d4e5f60718';

const file = (name: string, ...records: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(records));
  return path;
};
const of = (recipientAccountId: string, eventTime: string, id: string) => ({
  ...launch([id]),
  eventID: `event of ${id}`,
  recipientAccountId,
  eventTime,
});
const ask = (...args: readonly string[]) => run([...args, '--ledger', ledger]);
const judge = (...args: readonly string[]) => ask('compliance', '--policy', policy, ...args);

test.before(async () => {
  writeFileSync(policy, JSON.stringify({ tagledger: 1, rules: [{ key: 'Owner' }] }));
  const march = file('march.json', of(SILENT, '2026-03-01T10:00:00Z', ID));
  const november = file('november.json', of(HEARD, '2026-11-20T10:00:00Z', 'i-0a1b2c3d4e5f60719'));
  // The newest file first: the order of reading makes no difference.
  assert.is((await ask('ingest', november)).code, 0);
  assert.is((await ask('ingest', march)).code, 0);
});

test('an account that fell silent is named, its resources are unknown, and no gate passes for it', async () => {
  const { out } = await judge();
  assert.match(out, /^data until +2026-11-20T10:00:00\.000Z$/m);
  assert.match(
    out,
    /^ +only 2026-03-01T10:00:00\.000Z for account 111122223333: what came after is unknown$/m,
  );
  for (const level of ['violating', 'unknown'])
    assert.is((await judge('--account', SILENT, '--fail-on', level)).code, 4);
  const then = await judge('--account', SILENT, '--as-of', '2026-03-01T10:00Z', '--fail-on', 'violating');
  assert.is(then.code, 3, 'it violated when it was last heard of');
  const state = await ask('state', ID);
  assert.is(state.code, 4);
  assert.match(state.out, 'for account 111122223333: what came after is unknown');
  assert.is((await ask('state', ID, '--as-of', '2026-03-01T10:10Z')).code, 0);
  assert.is((await ask('state', 'i-0a1b2c3d4e5f60719')).code, 0);
});

test('changes of a time beyond the horizon are unknown, by its end and by its beginning', async () => {
  assert.is((await ask('changes', '--from', '2026-11-19')).code, 0);
  for (const option of ['--from', '--to']) {
    const { code, said } = await ask('changes', option, '2026-11-25');
    assert.is(code, 4, option);
    assert.match(
      said,
      /^data until \S+: everything after is unknown\. Read newer .+, or ask about an earlier time\.$/m,
    );
  }
});

test('records that were rejected, and heartbeats that are yet to come, widen nothing', async () => {
  const junk = { eventTime: '2026-11-29T22:00:00Z', recipientAccountId: SILENT };
  const heartbeat = {
    id: '5f0c7f6e-0000-4000-8000-000000000001',
    source: 'tagledger.heartbeat',
    'detail-type': 'tagledger heartbeat',
    account: SILENT,
    region: 'eu-west-1',
    time: '2099-01-01T00:00:00Z',
  };
  const before = (await judge()).out;
  for (const one of [junk, heartbeat]) {
    const rejects = join(folder, 'rejects');
    assert.is((await ask('ingest', file('bad.json', one), '--rejects', rejects)).code, 1);
  }
  const lines = (out: string) => out.split('\n').filter((line) => !line.startsWith('known at'));
  assert.equal(lines((await judge()).out), lines(before));
});

test.run();
