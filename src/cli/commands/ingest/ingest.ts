import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { type FileMarks, marksOf } from '../../ledger/file-marks.ts';
import { exampleRulesText } from '../../ledger/folder-settings.ts';
import { ingestRecords } from '../../ledger/ingest-records.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { type LedgerMode, ledgerModeOf, UNKNOWN_MODE } from '../../ledger/ledger-mode.ts';
import { type LedgerRuntime, openRuntime } from '../../ledger/open-runtime.ts';
import { sealNewAndTell } from '../../ledger/seal-folder.ts';
import { recognizeIn } from '../../trail/known-files.ts';
import { noRecordsText, openTrails, type Trails } from '../../trail/read-trails.ts';
import { rejectTeller } from '../../trail/rejects.ts';
import { reportDropped } from '../../views/report-dropped.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { COUNTS, table } from '../../views/table.ts';
import { startTally, type Tally, tallyRows } from '../../views/tally.ts';
import type { IngestInvocation } from './flags.ts';
import { writeFiles, writeResults } from './output.ts';

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
    say: console.stderr,
  });
  try {
    const marks = await marksOf(ledger, env, { mode, requestTags: asked.requestTags });
    const batches = marks && !values.reread ? trails.unknown(recognizeIn(marks)) : trails.batches;
    const { totals, rejected, files } = await ingestAll(
      { ledger, batches, marks, progress: trails.progress },
      { rejects, byFile: values['by-file'], format, console },
    );
    const isEmpty = totals.records === 0 && files.skipped === 0;
    if (files.skipped > 0) console.stderr(skippedText(files));
    if (isEmpty) console.stderr(sanitizeTerminal(noRecordsText(args.FILE)));
    for (const { subject } of ledger.embedded?.alerts ?? []) console.stderr(`alert: ${subject}`);
    const dropped = reportDropped(console, ledger.embedded?.dropped);
    const broken = await sealNewAndTell(ledger, { env, console });
    for (const line of modeLines(ledger.name, mode, { env, requestTags: asked.requestTags }))
      console.stderr(sanitizeTerminal(line));
    return exitOf({
      failed: rejected > 0 || dropped > 0 || broken > 0,
      unknown: isEmpty,
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

/** How many files were read, and how many were not because they are known. */
interface Files {
  read: number;
  skipped: number;
}

const skippedText = ({ read, skipped }: Files): string =>
  `read ${filesText(read)}, skipped ${skipped.toLocaleString('en')} that ${skipped === 1 ? 'was' : 'were'} read before (--reread reads them again)`;

const filesText = (count: number): string => `${count.toLocaleString('en')} file${count === 1 ? '' : 's'}`;

/** What is ingested, and where it is marked. */
interface Work extends Pick<Trails, 'batches' | 'progress'> {
  readonly ledger: LedgerRuntime;
  readonly marks: FileMarks | undefined;
}

/** What is written about it. */
interface Output extends Pick<IngestInvocation, 'format' | 'console'> {
  readonly rejects: string;
  readonly byFile: boolean;
}

/** Ingests all trails and writes each result, or each file: immediately in NDJSON, otherwise at the end. */
const ingestAll = async (
  { ledger, batches, marks, progress }: Work,
  { rejects, byFile, format, console }: Output,
): Promise<{ readonly totals: Tally; readonly rejected: number; readonly files: Files }> => {
  const tally = startTally();
  const rejected = rejectTeller();
  const files: Files = { read: 0, skipped: 0 };
  const write = byFile ? writeFiles(format, console) : writeResults(format, console);
  for await (const chunk of ingestRecords(ledger, batches, rejects, { size: 200, marks })) {
    tally.add(chunk.results);
    for (const { known } of chunk.ended) files[known ? 'skipped' : 'read'] += 1;
    for (const { outcome, file, position, reason = '' } of chunk.results)
      if (outcome === 'rejected') rejected.add({ file, position, reason });
    write.add(chunk);
    progress(console);
  }
  progress(console);
  const totals = tally.total();
  write.end();
  if (format === 'text') console.stdout(table(tallyRows(totals), console.style, COUNTS));
  rejected.tell(console, rejects);
  return { totals, rejected: rejected.count(), files };
};
