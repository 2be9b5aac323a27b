import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/open-ledger.ts';
import { table } from '../../views/table.ts';

/** `tagledger consume`: what the deployed functions behind the change feed do, from here. It failed where something was given up. */
export const consume: Command = {
  usage: 'consume [--once] [--create-tables] [--dropped FILE]',
  summary:
    'do from here what the functions behind the change feed do, where no Lambda does: for --ledger dynamodb:TABLE at any endpoint',
  options: {
    once: { type: 'boolean' },
    'create-tables': { type: 'boolean' },
    dropped: { type: 'string' },
  },
  exits: ['done', 'failed', 'usage'],
  async run({ positionals, values, format, ledger, env, console }) {
    if (positionals.length > 0) throw new WrongUsageError(`got ${positionals.join(' ')}, expected nothing`);
    if (ledgerKindOf(ledger) !== 'tables') {
      throw new WrongUsageError(
        `got --ledger ${ledger}, expected dynamodb:TABLE,STATE_TABLE: an embedded ledger runs its consumers itself`,
      );
    }
    // It brings every client of AWS with it, which other commands do without.
    const { runConsumers } = await import('./run.ts');
    const stop = new AbortController();
    const end = (signal: NodeJS.Signals) => stop.abort(signal);
    process.once('SIGINT', end).once('SIGTERM', end);
    try {
      const dropped = String(values.dropped ?? 'tagledger.dropped.ndjson');
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
      console.stdout(
        format === 'text'
          ? table([
              ['apply', String(done.apply), 'records'],
              ['project', String(done.project), 'records'],
              ['raised', String(done.raised), 'attempts that were due'],
              [
                'given up',
                String(done.dropped),
                done.dropped > 0 ? `records, kept in ${dropped}` : 'records',
              ],
            ])
          : JSON.stringify(done),
      );
      // Without --once it is ended by being interrupted, and has done all that it was asked to.
      if (once && stop.signal.reason === 'SIGINT') return 'interrupted';
      return exitOf({ failed: done.dropped > 0 });
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end);
    }
  },
};
