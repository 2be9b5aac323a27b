import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openReadOnly } from '../../../../src/cli/ledger/open-read-only.ts';
import { PLAIN_TEXT } from '../../../../src/cli/text-style.ts';
import { ledgerFleet } from '../../../../src/projections/ledger-fleet.ts';
import { flatListOf } from '../../../support/async.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger archive');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const archived = join(ledger, 'archive');
const SILENT = { stdout: () => {}, stderr: () => {}, note: () => {}, progress: () => {}, style: PLAIN_TEXT };
const NOW = { asOf: '2099-01-01T00:00:00.000Z', knownAt: '2099-01-01T00:00:00.000Z' };

test.before(async () => {
  const file = join(folder, 'trail.ndjson');
  const records = Array.from({ length: 20 }, (_, n) =>
    sample('CreateVolume', {
      eventID: `create-${n}`,
      responseElements: { volumeId: `vol-0${String(n).padStart(16, '0')}` },
    }),
  );
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger])).code, 0);
});

/** The fleet as the opened ledger gives it, and as its events do. */
const fleets = async (): Promise<{ fleet: unknown; plain: unknown }> => {
  const open = await openReadOnly({ ledger, env: {}, console: SILENT });
  try {
    return {
      fleet: await flatListOf(open.fleet.at(NOW)),
      plain: await flatListOf(ledgerFleet(open.store).at(NOW)),
    };
  } finally {
    await open.close();
  }
};

test('what was ingested is in the archive, and the fleet is read from it', async () => {
  const { code, out } = await run(['archive', 'check', '--ledger', ledger]);
  assert.is(code, 0);
  assert.match(out, /events +40\narchived +40\ndifferences +0/);
  const { fleet, plain } = await fleets();
  assert.equal(fleet, plain);
  assert.is((fleet as unknown[]).length, 20);
});

test('a ledger without an archive, as an older version left it, is read without one, and gets one by consume', async () => {
  rmSync(archived, { recursive: true });
  const { fleet, plain } = await fleets();
  assert.equal(fleet, plain);
  assert.not.ok(existsSync(archived));
  assert.is((await run(['consume', '--ledger', ledger])).code, 0);
  assert.ok(readdirSync(archived).includes('catalogue'));
});

test('a damaged archive is told with what to do, and made afresh', async () => {
  const name = readdirSync(join(archived, 'segments')).find((file) => file.endsWith('.outlines.gz')) ?? '';
  writeFileSync(join(archived, 'segments', name), 'damaged');
  const { code, out } = await run(['archive', 'check', '--ledger', ledger, '--format', 'ndjson']);
  assert.is(code, 3);
  assert.is(JSON.parse(out).kind, 'object');
  const rebuilt = await run(['archive', 'rebuild', '--ledger', ledger, '--format', 'json']);
  assert.equal(JSON.parse(rebuilt.out), { events: 40, segments: 2, snapshots: 0 });
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 0);
});

test('anything but check and rebuild is wrong usage', async () => {
  for (const args of [[], ['look'], ['check', 'more'], ['constructor']]) {
    const { code, said } = await run(['archive', ...args, '--ledger', ledger]);
    assert.is(code, 2);
    assert.match(
      said,
      /(?:needs ACTION: `check` or `rebuild`|Unknown ACTION: .*"check"|Unexpected argument)/,
    );
  }
});

test.run();
