import { existsSync, readdirSync } from 'node:fs';
import { folderMarker, makeLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { claimedProvenance } from '../../../verifier/export-header.ts';
import type { Context } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import type { Exit } from '../../exit-codes.ts';
import { newMarker } from '../../ledger/folder-settings.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import type { LedgerMode } from '../../ledger/ledger-mode.ts';
import { partText } from '../../ledger/part-of-ledger.ts';
import type { TextStyle } from '../../text-style.ts';
import { FACTS, table } from '../../views/table.ts';
import { writeObject } from '../../write-output.ts';
import { CARRIED, carryOver } from './carry-over.ts';
import type { ImportInvocation } from './flags.ts';
import type { Imported } from './import-events.ts';

/** `tagledger import`: restores an export into a new folder, with the same bytes, seqs and hashes. */
export const run = async (invocation: ImportInvocation): Promise<Exit> => {
  const { args, values, format, ledger: folder, console } = invocation;
  const file = exportIn(args.FILE);
  const from = values.previous;
  refuseTaken(folder);
  const part = partText(file, await claimedProvenance(file));
  if (part)
    throw new InvalidInputError(
      `${part}, so no ledger can be made of it. Export the ledger again without --from.`,
    );
  const imported = await imports({ ...invocation, file, from });
  if (format === 'text') console.stdout(importedText(imported, console.style));
  else writeObject(console, format, imported);
  return 'done';
};

/** What an import did. */
interface Report extends Omit<Imported, 'mode'> {
  readonly ledger: string;
  /** `unknown` if neither the folder nor the events tell. */
  readonly mode: LedgerMode;
  /** How many events the carried log has sealed. */
  readonly sealed: number;
  /** The files and folders that were carried over. */
  readonly carried: readonly string[];
}

type Import = Pick<Context, 'ledger' | 'env' | 'console'> & {
  readonly file: string;
  readonly from: string | undefined;
};

const imports = async ({ ledger: folder, env, console, file, from }: Import): Promise<Report> => {
  // Loaded on demand, because other commands need no database.
  const [{ openStores }, { importEvents }] = await Promise.all([
    import('../../../embedded/embedded-stores.ts'),
    import('./import-events.ts'),
  ]);
  const earlier = from === undefined ? undefined : folderMarker(from);
  const stores = await openStores(folder, () => new Date());
  try {
    const imported = await importEvents(file, stores, console.progress);
    const carried = from === undefined ? { sealed: 0, carried: [] } : await carryOver(from, folder, stores);
    const mode = earlier?.mode ?? imported.mode;
    const marker = newMarker(env, mode ?? 'simulated');
    // The marker comes last: without it the folder is an unfinished import.
    makeLedgerFolder(folder, {
      tagledger: marker.tagledger,
      demo: marker.demo,
      ...(mode && { mode }),
      settings: earlier?.settings ?? marker.settings,
    });
    return { ledger: folder, ...imported, mode: mode ?? 'unknown', ...carried };
  } finally {
    stores.close();
  }
};

const exportIn = (file: string): string => {
  if (ledgerKindOf(file) === 'file') return file;
  throw new WrongUsageError(`${file} is not an exported file. Name one that ends in .ndjson or .ndjson.gz.`);
};

/** Only a new folder can be imported into, or one in which an import was interrupted. */
const refuseTaken = (folder: string): void => {
  if (ledgerKindOf(folder) !== 'folder')
    throw new WrongUsageError(
      `import writes to a new folder, and ${folder} is not one. Name a folder with --ledger.`,
    );
  if (!existsSync(folder)) return;
  const other = readdirSync(folder).find((name) => !['db', 'archive', ...CARRIED].includes(name));
  if (other !== undefined)
    throw new InvalidInputError(
      `${folder} is not empty: it has ${other}. import writes only to a new folder; name another one with --ledger.`,
    );
};

const importedText = (
  { ledger, mode, events, resumed, rows, sealed, carried }: Report,
  style: TextStyle,
): string =>
  table(
    [
      ['ledger', ledger],
      ['mode', mode],
      [
        'events',
        String(events),
        ...(resumed > 0 ? [`${resumed} of them by an earlier, interrupted import`] : []),
      ],
      ['rows', String(rows)],
      ...(carried.length > 0 ? [['carried over', carried.join(', ')]] : []),
      ...(sealed > 0 ? [['sealed', `${sealed} events, as in the log`]] : []),
    ],
    style,
    FACTS,
  );
