import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { exampleRulesText } from '../../ledger/folder-settings.ts';
import { ingestRecords } from '../../ledger/ingest-records.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { type LedgerMode, ledgerModeOf, UNKNOWN_MODE } from '../../ledger/ledger-mode.ts';
import { type LedgerRuntime, openRuntime } from '../../ledger/open-runtime.ts';
import { sealNewAndTell } from '../../ledger/seal-folder.ts';
import { noRecordsText, openTrails, type Trails } from '../../trail/read-trails.ts';
import { rejectTeller } from '../../trail/rejects.ts';
import { reportDropped } from '../../views/report-dropped.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { COUNTS, table } from '../../views/table.ts';
import { type Ingested, startTally, type Tally, tallyRows } from '../../views/tally.ts';
import { writeList } from '../../write-output.ts';
import type { IngestInvocation } from './flags.ts';

/**
 * `tagledger ingest FILE...`: reads CloudTrail files into the ledger. It fails if any record was rejected. Without a
 * record the exit is unknown, because files that hold nothing do not show that nothing happened.
 */
export const run = async ({
  args,
  values,
  format,
  ledger: where,
  env,
  console,
}: IngestInvocation): Promise<Exit> => {
  const { rejects } = values;
  const asked = { simulate: values.simulate, requestTags: values['request-tags'] };
  const mode = await modeFor(where, asked);
  const trails = await openTrails(args.FILE, console);

  const ledger = await openRuntime(where, env, {
    create: asked.simulate ? 'simulated' : 'observed',
    requestTags: asked.requestTags,
    show: console.progress,
  });
  try {
    const { totals, rejected } = await ingestAll(ledger, trails, { rejects, format, console });
    if (totals.records === 0) console.stderr(sanitizeTerminal(noRecordsText(args.FILE)));
    for (const { subject } of ledger.embedded?.alerts ?? []) console.stderr(`alert: ${subject}`);
    const dropped = reportDropped(console, ledger.embedded?.dropped);
    const broken = await sealNewAndTell(ledger, { env, console });
    for (const line of modeLines(ledger.name, mode, { env, requestTags: asked.requestTags }))
      console.stderr(sanitizeTerminal(line));
    return exitOf({
      failed: rejected > 0 || dropped > 0 || broken > 0,
      unknown: totals.records === 0,
    });
  } finally {
    await ledger.close();
  }
};

/** What was asked for on the command line. */
interface Asked {
  readonly simulate: boolean;
  readonly requestTags: boolean;
}

/**
 * The mode of the ledger, or the one in which it will be made. Throws a `WrongUsageError` for an option that is
 * not for it.
 */
const modeFor = async (where: string, { simulate, requestTags }: Asked): Promise<LedgerMode> => {
  const kind = ledgerKindOf(where);
  // A file is refused where the ledger is opened: it can only be read, in either mode.
  const there = kind === 'file' ? undefined : await ledgerModeOf(where);
  const isTables = kind === 'tables';
  if (simulate && isTables) {
    throw new WrongUsageError(
      `--simulate makes a ledger in a folder, and ${where} is in AWS. Leave it out, or name a new folder with --ledger.`,
    );
  }
  if (requestTags && !isTables) {
    throw new WrongUsageError(
      `--request-tags is for a ledger in AWS, and ${where} is not one. Leave it out; --simulate shows in a new folder what the rules would do.`,
    );
  }
  if (simulate && there === 'observed') {
    throw new WrongUsageError(
      `${where} is an observed ledger, and a ledger never changes its mode. Leave out --simulate, or name a new folder with --ledger.`,
    );
  }
  if (!simulate && there === 'unknown') {
    throw new WrongUsageError(
      `The mode of ${where} is unknown: nothing tells whether AWS or a simulation applied its tags. Pass --simulate to continue it with a simulated EC2, or name a new folder with --ledger.`,
    );
  }
  return there ?? (simulate ? 'simulated' : 'observed');
};

/** Says what the ledger is, and what therefore was done with the records. */
const modeLines = (
  name: string,
  mode: LedgerMode,
  { env, requestTags }: Pick<IngestInvocation, 'env'> & Pick<Asked, 'requestTags'>,
): readonly string[] => {
  switch (mode) {
    case 'observed': {
      const unused = env.TAG_RULES ? '; TAG_RULES is not used' : '';
      return [
        `${name} is an observed ledger: what the records tell was recorded, and no tag was requested${unused}`,
      ];
    }
    case 'simulated':
    case 'unknown': {
      const rules = exampleRulesText(env, findLedgerFolder(name));
      return [
        ...(mode === 'unknown' ? [UNKNOWN_MODE] : []),
        `${name} is a simulated ledger: EC2 is simulated, nothing was sent to AWS`,
        ...(rules ? [rules] : []),
      ];
    }
    case 'live':
      return [
        requestTags
          ? `${name} is a live ledger: tags were requested by TAG_RULES, and the deployed functions apply them`
          : `${name} is a live ledger: what the records tell was recorded, and no tag was requested (--request-tags requests them)`,
      ];
  }
};

/** Ingests all trails and writes the result of each record: immediately in NDJSON, otherwise at the end. */
const ingestAll = async (
  ledger: LedgerRuntime,
  trails: Trails,
  { rejects, format, console }: Pick<IngestInvocation, 'format' | 'console'> & { readonly rejects: string },
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
  if (format === 'text') console.stdout(table(tallyRows(totals), console.style, COUNTS));
  if (format === 'json') writeList(console, format, results);
  rejected.tell(console, rejects);
  return { totals, rejected: rejected.count() };
};
