import type { StoredColumns } from '../../../events/ledger-line.ts';
import { type Exported, type ExportOrigin, exportLedger } from '../../../exports/export-ledger.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { checkEvents } from '../../../verifier/check-events.ts';
import type { FileBatch } from '../../../verifier/ledger-file.ts';
import { isPeriodFrom } from '../../../verifier/provenance.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { exportOrigin } from '../../ledger/export-origin.ts';
import { openSource } from '../../ledger/open-source.ts';
import { readPeriod } from '../../period-options.ts';
import type { Console } from '../../terminal.ts';
import type { TextStyle } from '../../text-style.ts';
import { FACTS, table } from '../../views/table.ts';
import { writeObject } from '../../write-output.ts';
import type { ExportInvocation } from './flags.ts';

/** `tagledger export`: writes the ledger to a file. Damaged events are exported as well and are a finding. */
export const run = async (invocation: ExportInvocation): Promise<Exit> => {
  const { values, format, ledger: where, console } = invocation;
  const { out, to } = outAndTo(values, console);
  const { from: since, to: until } = readPeriod({ from: values.from, to });
  const origin = await exportOrigin(invocation, values.log, new Date());
  const source = await openSource(where, console.progress);
  try {
    const period = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
    const isPart = since !== undefined || isPeriodFrom(origin.selection);
    const check = checkEvents({ isPart, isSorted: source.kind === 'file' });
    let findings = 0;
    const exported = await exportLedger(
      eventsIn(where, source.batches),
      out,
      { origin, period },
      (columns) => {
        for (const one of columns) findings += check.add(one).length;
      },
      (done, total) => console.progress(done, total, 'resources written'),
    );
    findings += check.end().length;
    const checkpoint = origin.log?.checkpoint ?? null;
    const report = {
      file: out,
      ...exported,
      since: since ?? null,
      until: until ?? null,
      checkpoint,
      findings,
    };
    if (format === 'text') console.stdout(exportedText(out, exported, origin.log, console.style));
    else writeObject(console, format, report);
    if (findings > 0) {
      console.stderr(
        `FAILED: the ledger has ${findings} findings, and was exported as it stands. See them with \`tagledger verify --ledger ${out}\`.`,
      );
    }
    return exitOf({ finding: findings > 0 });
  } finally {
    await source.close();
  }
};

/**
 * The file and the end of the period. Until version 0.2 the file was `--to`, which works until 0.3. Throws a
 * `WrongUsageError` for another name of a file.
 */
const outAndTo = (
  { out, to, until }: ExportInvocation['values'],
  console: Console,
): { readonly out: string; readonly to: string | undefined } => {
  const isOld = out === undefined && to?.endsWith('.ndjson.gz');
  if (isOld || until !== undefined)
    console.stderr('note: --to FILE is called --out FILE now, and --until is called --to.');
  const file = isOld ? to : out;
  if (!file?.endsWith('.ndjson.gz'))
    throw new WrongUsageError(
      `The name of the exported file must end in .ndjson.gz${file === undefined ? '' : `, and ${JSON.stringify(file)} does not`}. Pass it with --out FILE.`,
    );
  return { out: file, to: until ?? (isOld ? undefined : to) };
};

async function* eventsIn(
  where: string,
  batches: AsyncIterable<FileBatch>,
): AsyncGenerator<readonly StoredColumns[]> {
  for await (const { columns, problems } of batches) {
    const [problem] = problems;
    if (problem) {
      throw new InvalidInputError(
        `${where} is damaged and cannot be exported: ${problem.expected} was expected, but ${problem.found} was found. See all damage with \`tagledger verify --ledger ${where}\`.`,
      );
    }
    yield columns;
  }
}

const exportedText = (
  to: string,
  { events, bytes, sha256, linesSha256 }: Exported,
  log: ExportOrigin['log'],
  style: TextStyle,
): string =>
  table(
    [
      ['file', to],
      ['events', String(events)],
      ['bytes', String(bytes)],
      ['sha256', sha256, 'of the file'],
      ['', linesSha256, 'of its lines, as zcat gives them'],
      ['log', log?.origin ?? 'none: no checkpoint will show that the file is complete'],
    ],
    style,
    FACTS,
  );
