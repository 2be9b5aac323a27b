import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sqliteCoordinationStore } from '../../src/adapters/sqlite/coordination-store.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { markTampered } from '../../src/projections/tampered-mark.ts';
import { linesOf, run, temporaryFolder } from '../support/cli/command-line.ts';
import { inDatabase } from '../support/cli/database.ts';
import { launch } from '../support/cloudtrail/trail.ts';

const test = suite('what the command line says of tampering');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const ARN = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-01' as ResourceArn;

test.before(async () => {
  const file = join(folder, 'trail.json');
  writeFileSync(file, JSON.stringify(launch(['i-01', 'i-02'])));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger])).code, 0);
  await inDatabase(ledger, async (database) => {
    const coordination = sqliteCoordinationStore(database);
    await markTampered(coordination, ARN, [2], 'one', new Date('2026-04-02T12:00:00.000Z'));
    await markTampered(coordination, ARN, [1, 2], 'two', new Date('2026-04-03T12:00:00.000Z'));
  });
});

const MARK = { first: '2026-04-02T12:00:00.000Z', last: '2026-04-03T12:00:00.000Z', count: 3, seqs: [2, 1] };

test('a state says when and where recorded events were changed or removed', async () => {
  const { out } = await run(['state', 'i-01', '--ledger', ledger]);
  assert.match(
    out,
    /^tampered +recorded events were changed or removed: 3 times from 2026-04-02T12:00:00\.000Z to 2026-04-03T12:00:00\.000Z, seq 2, 1; see docs\/restore\.md$/m,
  );
  const json = JSON.parse((await run(['state', 'i-01', '--ledger', ledger, '--format', 'json'])).out);
  assert.equal(json.tampered, MARK);
});

test('the state of any other resource has no such line, and null as JSON', async () => {
  assert.not.match((await run(['state', 'i-02', '--ledger', ledger])).out, 'tampered');
  const json = JSON.parse((await run(['state', 'i-02', '--ledger', ledger, '--format', 'json'])).out);
  assert.is(json.tampered, null);
});

test('a list marks the resource', async () => {
  const { out } = await run(['list', '--ledger', ledger]);
  assert.match(out, /^applied, tampered +instance +i-01 /m);
  assert.match(out, /^applied +instance +i-02 /m);
  const rows = linesOf((await run(['list', '--ledger', ledger, '--format', 'ndjson'])).out);
  assert.equal(
    rows.flatMap(({ type, tampered }) => (type === 'instance' ? [tampered] : [])),
    [MARK, null],
  );
});

test.run();
