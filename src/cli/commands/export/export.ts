import type { StoredColumns } from '../../../events/ledger-line.ts';
import { type Exported, type ExportOrigin, exportLedger } from '../../../exports/export-ledger.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { checkEvents } from '../../../verifier/check-events.ts';
import type { FileBatch } from '../../../verifier/ledger-file.ts';
import { isPeriodFrom } from '../../../verifier/provenance.ts';
import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { exportOrigin } from '../../ledger/export-origin.ts';
import { openSource } from '../../ledger/open-source.ts';
import { readPeriod } from '../../period-options.ts';
import { table } from '../../views/table.ts';

/** `tagledger export`: writes the ledger to a file. Damaged events are exported as well and are a finding. */
export const exportCommand: Command = {
  usage: 'export --to FILE.ndjson.gz [--since TIME] [--until TIME] [--log WHERE]',
  summary:
    'write the events with their bodies and hashes to a file, all or those recorded in a stretch of time',
  options: {
    to: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    log: { type: 'string' },
  },
  exits: ['done', 'failed', 'usage', 'finding'],
  async run(invocation) {
    const { positionals, values, format, ledger: where, console } = invocation;
    const to = newFileIn(positionals, String(values.to ?? ''));
    const { from: since, to: until } = readPeriod(values, { from: 'since', to: 'until' });
    const origin = await exportOrigin(invocation, new Date());
    const source = await openSource(where);
    try {
      const period = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
      const isPart = since !== undefined || isPeriodFrom(origin.selection);
      const check = checkEvents({ isPart, isSorted: source.kind === 'file' });
      let findings = 0;
      const exported = await exportLedger(
        eventsIn(where, source.batches),
        to,
        { origin, period },
        (columns) => {
          for (const one of columns) findings += check.add(one).length;
          console.progress(check.counts.events, undefined, 'events');
        },
      );
      findings += check.end().length;
      console.progress(exported.events, exported.events, 'events');
      const checkpoint = origin.log?.checkpoint ?? null;
      const report = {
        file: to,
        ...exported,
        since: since ?? null,
        until: until ?? null,
        checkpoint,
        findings,
      };
      if (format === 'text') console.stdout(exportedText(to, exported, origin.log));
      else console.stdout(JSON.stringify(report, null, format === 'json' ? 2 : 0));
      if (findings > 0) {
        console.stderr(
          `FAILED: the ledger has ${findings} findings, and was exported as it stands. See them with \`tagledger verify --ledger ${to}\``,
        );
      }
      return exitOf({ finding: findings > 0 });
    } finally {
      await source.close();
    }
  },
};

/** The value of `--to`. Throws a `WrongUsageError` for an invalid file name and for positional arguments. */
const newFileIn = (positionals: readonly string[], to: string): string => {
  if (positionals.length === 0 && to.endsWith('.ndjson.gz')) return to;
  throw new WrongUsageError(
    `got ${positionals.length > 0 ? positionals.join(' ') : `--to ${to || 'nothing'}`}, expected the name of a new file that ends in .ndjson.gz: type \`tagledger ${exportCommand.usage}\``,
  );
};

async function* eventsIn(
  where: string,
  batches: AsyncIterable<FileBatch>,
): AsyncGenerator<readonly StoredColumns[]> {
  for await (const { columns, problems } of batches) {
    const [problem] = problems;
    if (problem) {
      throw new InvalidInputError(
        `got ${where}, which cannot be exported: expected ${problem.expected}, found ${problem.found}`,
      );
    }
    yield columns;
  }
}

const exportedText = (
  to: string,
  { events, bytes, sha256, linesSha256 }: Exported,
  log: ExportOrigin['log'],
): string =>
  table([
    ['file', to],
    ['events', String(events)],
    ['bytes', String(bytes)],
    ['sha256', sha256, 'of the file'],
    ['', linesSha256, 'of its lines, as zcat gives them'],
    ['log', log?.origin ?? 'none: no checkpoint will show that the file is complete'],
  ]);
