import type { Command, Invocation } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { ingestRecords } from '../../ledger/ingest-records.ts';
import { type LedgerRuntime, openRuntime } from '../../ledger/open-runtime.ts';
import { writeList } from '../../terminal.ts';
import { noRecordsText, openTrails, type Trails } from '../../trail/read-trails.ts';
import { rejectTeller } from '../../trail/rejects.ts';
import { reportDropped } from '../../views/report-dropped.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { table } from '../../views/table.ts';
import { type Ingested, startTally, type Tally, tallyRows } from '../../views/tally.ts';

/**
 * `tagledger ingest FILE...`: reads CloudTrail files into the ledger. It fails if any record was rejected. Without a
 * record the exit is unknown, because files that hold nothing do not show that nothing happened.
 */
export const ingest: Command = {
  usage: 'ingest FILE... [--rejects FILE]',
  summary: 'read CloudTrail log files, EventBridge events or one JSON per line (- for stdin) into the ledger',
  options: { rejects: { type: 'string' } },
  exits: ['done', 'failed', 'usage', 'unknown'],
  async run({ positionals, values, format, ledger: where, env, console }) {
    if (positionals.length === 0) {
      throw new WrongUsageError(
        'got no file to ingest: type `tagledger ingest FILE...`, or - for standard input',
      );
    }
    const rejects = String(values.rejects ?? 'tagledger.rejects.ndjson');
    const trails = await openTrails(positionals);

    const ledger = await openRuntime(where, env, true);
    try {
      const { totals, rejected } = await ingestAll(ledger, trails, { rejects, format, console });
      if (totals.records === 0) console.stderr(sanitizeTerminal(noRecordsText(positionals)));
      for (const { subject } of ledger.embedded?.alerts ?? []) console.stderr(`alert: ${subject}`);
      const dropped = reportDropped(console, ledger.embedded?.dropped);
      if (ledger.embedded)
        console.stderr(`${ledger.name} is an embedded ledger: EC2 is simulated, nothing was sent to AWS`);
      return exitOf({ failed: rejected > 0 || dropped > 0, unknown: totals.records === 0 });
    } finally {
      await ledger.close();
    }
  },
};

/** Ingests all trails and writes the result of each record: immediately in NDJSON, otherwise at the end. */
const ingestAll = async (
  ledger: LedgerRuntime,
  trails: Trails,
  { rejects, format, console }: Pick<Invocation, 'format' | 'console'> & { readonly rejects: string },
): Promise<{ readonly totals: Tally; readonly rejected: number }> => {
  const results: Ingested[] = [];
  const tally = startTally();
  const rejected = rejectTeller();
  for await (const chunk of ingestRecords(ledger, trails.batches, rejects)) {
    tally.add(chunk.results);
    for (const { outcome, file, position, reason = '' } of chunk.results)
      if (outcome === 'rejected') rejected.add({ file, position, reason });
    if (format === 'ndjson') writeList(console, format, chunk.results);
    if (format === 'json') results.push(...chunk.results);
    trails.progress(console);
  }
  trails.progress(console);
  const totals = tally.total();
  if (format === 'text') console.stdout(table(tallyRows(totals)));
  if (format === 'json') writeList(console, format, results);
  rejected.tell(console, rejects);
  return { totals, rejected: rejected.count() };
};
