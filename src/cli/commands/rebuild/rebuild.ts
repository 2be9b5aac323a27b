import { readOnly } from '../../../exports/file-store.ts';
import { clear, rebuild as rebuildRows } from '../../../projections/rebuild.ts';
import { rebuildPlace } from '../../../projections/rebuild-place.ts';
import { WrongUsageError } from '../../errors.ts';
import type { Exit } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';
import { type LedgerRuntime, openRuntime } from '../../ledger/open-runtime.ts';
import { showLedger } from '../../ledger/show-ledger.ts';
import { showRows } from '../../ledger/show-reading.ts';
import type { Console, Format } from '../../terminal.ts';
import type { TextStyle } from '../../text-style.ts';
import { COUNTS, table } from '../../views/table.ts';
import { writeObject } from '../../write-output.ts';
import { checkStates } from './check.ts';
import type { RebuildInvocation } from './flags.ts';

/**
 * `tagledger rebuild`: rebuilds the state table from the ledger alone. A difference that `--check` finds is a
 * finding.
 */
export const run = async (invocation: RebuildInvocation): Promise<Exit> => {
  const { values, format, ledger: where, env, console } = invocation;
  if (values.check && (values.prune || values.restart)) {
    throw new WrongUsageError(
      '--check writes nothing, so it goes with neither --prune nor --restart. Leave them out.',
    );
  }
  const into = values.into === undefined ? where : intoTable(where, values.into);
  if (values.check) return await check(into, invocation);
  const ledger = await openRuntime(into, env, { show: console.progress, say: console.stderr });
  try {
    await rebuildStates(ledger, values.restart, values.prune, format, console);
    return 'done';
  } finally {
    await ledger.close();
  }
};

/**
 * Reads the ledger without running its consumers. An event that is not projected yet shows as a difference.
 */
const check = async (ledger: string, { format, env, console }: RebuildInvocation): Promise<Exit> => {
  // An export has no state rows that could differ.
  if (ledgerKindOf(ledger) === 'file') throw readOnly(ledger);
  const opened = await openReadOnly({ ledger, env, console });
  try {
    return await checkStates(opened, format, console);
  } finally {
    await opened.close();
  }
};

/** The same ledger with another state table. */
const intoTable = (where: string, into: string): string => {
  const [ledgerTable] = where.split(',');
  if (ledgerKindOf(where) !== 'tables' || !/^[\w.-]+$/.test(into)) {
    throw new WrongUsageError(
      `--into ${into} cannot be used with ${where}. It takes the name of a table, and a ledger in AWS; in a folder, leave --into out to rebuild the state in place.`,
    );
  }
  return `${ledgerTable},${into}`;
};

const rebuildStates = async (
  ledger: LedgerRuntime,
  restart: boolean,
  prune: boolean,
  format: Format,
  console: Console,
): Promise<void> => {
  const place = await rebuildPlace(ledger.coordination, ledger.name, () => new Date(), restart);
  const { begun } = place;
  if (begun.after) {
    console.stderr(
      `An earlier rebuild was interrupted after ${begun.rows} rows, and goes on from there. Pass --restart to begin again.`,
    );
  }
  const watched = {
    store: showLedger(ledger, console.progress, begun.events).store,
    states: showRows(ledger.states, console.progress),
  };
  const total = { ...begun, written: 0, repaired: 0, strays: 0, removed: 0 };
  for await (const { after, events, rows, written, repaired } of rebuildRows(watched, begun.after)) {
    total.events += events;
    total.rows += rows;
    total.written += written;
    total.repaired += repaired;
    await place.keep({ after, events: total.events, rows: total.rows });
  }
  for await (const { removed } of clear(watched, prune)) {
    total.strays += 1;
    if (removed) total.removed += 1;
  }
  await place.forget();

  const { after: _, ...counts } = total;
  if (format === 'text') console.stdout(rebuiltText(counts, console.style));
  else writeObject(console, format, counts);
  const left = counts.strays - counts.removed;
  if (left > 0) {
    console.stderr(
      `State rows without an event in the ledger were left: ${left}. See them with --check, or remove them with --prune.`,
    );
  }
};

const rebuiltText = (counts: Readonly<Record<string, number>>, style: TextStyle): string =>
  table(
    [
      ['events', String(counts.events)],
      ['rows', String(counts.rows)],
      ['written', String(counts.written), 'were missing'],
      ['repaired', String(counts.repaired), 'were not what the ledger gives'],
      ['strays', String(counts.strays), `rows without an event, ${counts.removed} removed`],
    ],
    style,
    COUNTS,
  );
