import { readOnly } from '../../../exports/file-store.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { interruptedText } from '../../interrupted.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openFolderRuntime } from '../../ledger/open-runtime.ts';
import type { Console, Format } from '../../terminal.ts';
import { reportDropped } from '../../views/report-dropped.ts';
import { COUNTS, table } from '../../views/table.ts';
import type { ConsumeInvocation } from './flags.ts';
import type { Consumed } from './run.ts';

/**
 * `tagledger consume`: runs the consumers of the change feed here, in place of the deployed functions. For an
 * embedded ledger, it finishes the outstanding work once. It fails if anything was given up.
 */
export const run = async (invocation: ConsumeInvocation): Promise<Exit> => {
  const { ledger } = invocation;
  const kind = ledgerKindOf(ledger);
  if (kind === 'file') throw readOnly(ledger);
  return kind === 'folder' ? consumeFolder(invocation) : consumeTables(invocation);
};

/** Opening the ledger runs its consumers until they have no work left. */
const consumeFolder = async ({
  values,
  format,
  ledger: path,
  env,
  console,
}: ConsumeInvocation): Promise<Exit> => {
  const foreign = (['create-tables', 'dropped'] as const).find((name) => values[name]);
  if (foreign) {
    throw new WrongUsageError(
      `--${foreign} is for a ledger in tables, and ${path} is a folder. Leave it out, or name tables with --ledger dynamodb:TABLE,STATE_TABLE.`,
    );
  }
  const { embedded, close } = await openFolderRuntime(path, env, {
    show: console.progress,
    say: console.stderr,
  });
  try {
    const { done, dropped, alerts } = embedded;
    const records = dropped.reduce((sum, { records }) => sum + records, 0);
    write(console, format, { ...done, dropped: records }, 'the database');
    for (const { subject } of alerts) console.stderr(`alert: ${subject}`);
    return exitOf({ failed: reportDropped(console, dropped) > 0 });
  } finally {
    await close();
  }
};

const consumeTables = async ({
  typed,
  values,
  format,
  ledger,
  env,
  console,
}: ConsumeInvocation): Promise<Exit> => {
  // Loaded on demand, because it imports every AWS client, which other commands do not need.
  const { runConsumers } = await import('./run.ts');
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals) => stop.abort(signal);
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const dropped = values.dropped ?? 'tagledger.dropped.ndjson';
    const { once, 'create-tables': createTables } = values;
    const done = await runConsumers(
      {
        where: ledger,
        env,
        once: once === true,
        createTables: createTables === true,
        dropped,
        signal: stop.signal,
      },
      console,
    );
    write(console, format, done, dropped);
    // Without --once, an interruption is the normal end, and all work was done.
    if (once && stop.signal.reason === 'SIGINT') {
      console.stderr(`tagledger: ${interruptedText(typed)}`);
      return 'interrupted';
    }
    return exitOf({ failed: done.dropped > 0 });
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
};

/** Writes what was done. `kept` is the file with the records that were given up. */
const write = ({ stdout, style }: Console, format: Format, done: Consumed, kept: string): void =>
  stdout(
    format === 'text'
      ? table(
          [
            ['apply', String(done.apply), 'records'],
            ['project', String(done.project), 'records'],
            ['raised', String(done.raised), 'attempts that were due'],
            ['dead letters', String(done.dropped), done.dropped > 0 ? `records, kept in ${kept}` : 'records'],
          ],
          style,
          COUNTS,
        )
      : JSON.stringify(done),
  );
