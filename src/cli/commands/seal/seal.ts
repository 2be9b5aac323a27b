import { counted } from '../../../alerts/notices/alert-text.ts';
import { readOnly } from '../../../exports/file-store.ts';
import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openFolderRuntime } from '../../ledger/open-runtime.ts';
import { type SealedFolder, sealFolder } from '../../ledger/seal-folder.ts';
import { table } from '../../views/table.ts';

/**
 * `tagledger seal`: adds all events of an embedded ledger to its sealed log. Inconsistent events are a
 * finding.
 */
export const seal: Command = {
  usage: 'seal [--new-log]',
  summary: 'seal the events of an embedded ledger: put them into its log and sign the log’s checkpoint',
  options: { 'new-log': { type: 'boolean' } },
  exits: ['done', 'failed', 'usage', 'finding'],
  async run({ positionals, values, format, ledger: where, env, console }) {
    if (positionals.length > 0) {
      throw new WrongUsageError(
        `got ${positionals.join(' ')}, expected options only: type \`tagledger seal\``,
      );
    }
    if (ledgerKindOf(where) === 'tables') {
      throw new WrongUsageError(
        `got --ledger ${where}, expected a folder: a ledger in AWS is sealed by its function, whose key nobody else may use`,
      );
    }
    if (ledgerKindOf(where) === 'file') throw readOnly(where);
    const ledger = await openFolderRuntime(where, env);
    try {
      const newLog = values['new-log'] === true;
      const done = await sealFolder(ledger, env, { now: () => new Date(), newLog });
      if (format === 'text') console.stdout(sealedText(done));
      else console.stdout(JSON.stringify(done, null, format === 'json' ? 2 : 0));
      for (const { stream, seq, kind, why } of done.broken)
        console.stderr(`not sealed: ${stream} from ${seq} on: ${kind}: ${why}`);
      return exitOf({ finding: done.broken.length > 0 });
    } finally {
      await ledger.close();
    }
  },
};

const sealedText = ({ origin, size, sealed, broken, key }: SealedFolder): string =>
  table([
    ['log', origin],
    ['sealed', `${sealed} events`],
    ['leaves', `${size} in the log: its own name, and all sealed events`],
    ...(broken.length > 0
      ? [['not sealed', `${counted(broken.length, 'stream')} whose events do not fit together`]]
      : []),
    ['key', key],
  ]);
