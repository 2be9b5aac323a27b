import { counted } from '../../../alerts/notices/alert-text.ts';
import { readOnly } from '../../../exports/file-store.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openFolderRuntime } from '../../ledger/open-runtime.ts';
import { type SealedFolder, sealFolder } from '../../ledger/seal-folder.ts';
import { showLedger } from '../../ledger/show-ledger.ts';
import type { TextStyle } from '../../text-style.ts';
import { FACTS, table } from '../../views/table.ts';
import { writeObject } from '../../write-output.ts';
import type { SealInvocation } from './flags.ts';

/**
 * `tagledger seal`: adds all events of an embedded ledger to its sealed log. Inconsistent events are a
 * finding.
 */
export const run = async ({ values, format, ledger: where, env, console }: SealInvocation): Promise<Exit> => {
  if (ledgerKindOf(where) === 'tables') {
    throw new WrongUsageError(
      `${where} is a ledger in AWS, which its \`seal\` function seals with a key that nobody else can use. To seal here, name a folder with --ledger.`,
    );
  }
  if (ledgerKindOf(where) === 'file') throw readOnly(where);
  const ledger = showLedger(
    await openFolderRuntime(where, env, { show: console.progress, say: console.stderr }),
    console.progress,
  );
  try {
    const newLog = values['new-log'];
    const done = await sealFolder(ledger, env, { now: () => new Date(), newLog });
    if (format === 'text') console.stdout(sealedText(done, console.style));
    else writeObject(console, format, done);
    for (const { stream, seq, kind, why } of done.broken)
      console.stderr(`not sealed: ${stream} from ${seq} on: ${kind}: ${why}`);
    return exitOf({ finding: done.broken.length > 0 });
  } finally {
    await ledger.close();
  }
};

const sealedText = ({ origin, size, sealed, broken, key }: SealedFolder, style: TextStyle): string =>
  table(
    [
      ['log', origin],
      ['sealed', `${sealed} events`],
      ['leaves', `${size} in the log: its own name, and all sealed events`],
      ...(broken.length > 0
        ? [['not sealed', `${counted(broken.length, 'stream')} whose events do not fit together`]]
        : []),
      ['key', key],
    ],
    style,
    FACTS,
  );
