import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isLedgerStream } from '../../src/events/ledger-stream.ts';
import { verifyChain } from '../support/cli/chain.ts';
import { linesOf, run, temporaryFolder } from '../support/cli/command-line.ts';
import { contentsOf } from '../support/cli/contents.ts';

const test = suite("tagledger ingest of other people's records");
const folder = temporaryFolder(test);

// Test data of other projects, which lies beside the repository and is never copied into it.
const DIR = fileURLToPath(new URL('../../../shared/data/cloudtrail', import.meta.url));
const files = existsSync(DIR)
  ? readdirSync(DIR)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(DIR, name))
  : [];

if (files.length === 0) {
  test('is left out, because there are none here', () => {
    console.log(`  no records in ${DIR}: nothing was ingested`);
  });
} else {
  test('rejects none; each is recorded, there already, or skipped for a reason', async () => {
    const ledger = join(folder, 'ledger');
    const args = ['--ledger', ledger, '--rejects', join(folder, 'rejects'), '--format', 'ndjson'];
    const { code, out, said } = await run(['ingest', '--simulate', ...files, ...args]);
    assert.is(code, 0, said);
    const results = linesOf<Record<string, string>>(out);
    const counts: Record<string, number> = {};
    for (const { outcome = '', reason, event } of results) {
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (outcome === 'appended') assert.ok(event);
      else if (outcome === 'skipped') assert.ok((reason?.length ?? 0) > 5, reason);
      else assert.is(outcome, 'already-there');
    }
    console.log(`  ${JSON.stringify(counts)}`);
    const { events, views, raw } = await contentsOf(ledger);
    assert.is(
      [...verifyChain(events).keys()].filter((stream) => !isLedgerStream(stream)).length,
      views.length,
    );

    const again = linesOf<Record<string, string>>(
      (await run(['ingest', '--simulate', ...files, ...args])).out,
    );
    assert.not.ok(again.some(({ outcome }) => outcome === 'appended' || outcome === 'rejected'));
    assert.equal((await contentsOf(ledger)).raw, raw);
  });
}

test.run();
