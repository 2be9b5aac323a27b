import { basename } from 'node:path';
import type { Command } from './command.ts';
import { writeList } from './console.ts';
import { ingestRecords } from './ingest-records.ts';
import { openLedger } from './open-ledger.ts';
import { plain } from './plain.ts';
import { readTrail, type TrailEntry } from './read-trail.ts';
import { table } from './table.ts';
import { tallyOf, tallyRows } from './tally.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** `tagledger ingest FILE...`: CloudTrail files into the ledger. Exit code 1 when something was rejected. */
export const ingest: Command = {
  usage: 'ingest FILE... [--rejects FILE]',
  summary: 'read CloudTrail log files, EventBridge events or one JSON per line (- for stdin) into the ledger',
  options: { rejects: { type: 'string' } },
  async run({ positionals, values, format, ledger: where, env, console }) {
    if (positionals.length === 0) {
      throw new WrongUsageError(
        'got no file to ingest: type `tagledger ingest FILE...`, or - for standard input',
      );
    }
    const rejects = String(values.rejects ?? 'tagledger.rejects.ndjson');
    // All files are opened before anything is written: a misspelt name must not leave half of the work done.
    const entries: TrailEntry[] = [];
    for (const file of positionals) entries.push(...(await readTrail(file)));

    const ledger = await openLedger(where, env, true);
    try {
      const results = await ingestRecords(ledger, entries, rejects, console);
      const tally = tallyOf(results);
      if (format !== 'text') writeList(console, format, results);
      else console.out(table(tallyRows(tally)));

      for (const { file, position, reason } of results
        .filter(({ outcome }) => outcome === 'rejected')
        .slice(0, 20)) {
        console.say(plain(`rejected: ${basename(file)}${position && `, ${position}`}: ${reason}`));
      }
      if (tally.rejected > 0) console.say(`${tally.rejected} rejected; kept in ${rejects}`);
      const { alerts = [], dropped = [] } = ledger.embedded ?? {};
      for (const { subject } of alerts) console.say(`alert: ${subject}`);
      for (const { consumer, records, error } of dropped) {
        console.say(
          `${consumer} gave up ${records} records of the change feed: ${error ? String(error) : 'it reported them as failed'}`,
        );
      }
      if (ledger.embedded)
        console.say(`${ledger.name} is an embedded ledger: EC2 is simulated, nothing was sent to AWS`);
      return tally.rejected > 0 || dropped.length > 0 ? 1 : 0;
    } finally {
      await ledger.close();
    }
  },
};
