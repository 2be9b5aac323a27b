import type { ArchiveDifference } from '../../../archive/check-archive.ts';
import type { ObjectStore } from '../../../objects/object-store.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import type { Command, Invocation } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { type OpenLedger, openLedger } from '../../ledger/open-ledger.ts';
import { writeList } from '../../terminal.ts';
import { table } from '../../views/table.ts';

const MOST_SHOWN = 20;

type Run = (ledger: OpenLedger, archived: ObjectStore, invocation: Invocation) => Promise<Exit>;

/** `tagledger archive check|rebuild`: the archive beside its ledger. A difference that `check` finds is a finding. */
export const archive: Command = {
  usage: 'archive check|rebuild',
  summary:
    'compare the archive, from which questions about the past are answered, with the ledger, or make it afresh',
  options: {},
  exits: ['done', 'failed', 'usage', 'finding'],
  async run(invocation) {
    const { positionals, ledger: where, env } = invocation;
    const [write = '', ...others] = positionals;
    const run = Object.hasOwn(ACTS, write) ? ACTS[write] : undefined;
    if (!run || others.length > 0) {
      throw new WrongUsageError(
        `got ${positionals.join(' ') || 'nothing'}, expected check or rebuild: type \`tagledger ${archive.usage}\``,
      );
    }
    const ledger = await openLedger(where, env, false);
    try {
      if (!ledger.archived) {
        throw new InvalidInputError(
          `got the ledger ${where} without an archive: set ARCHIVE_BUCKET to the bucket that holds it`,
        );
      }
      return await run(ledger, ledger.archived, invocation);
    } finally {
      await ledger.close();
    }
  },
};

const check: Run = async ({ store }, archived, { format, console }) => {
  const { checkArchive } = await import('../../../archive/check-archive.ts');
  const shown: ArchiveDifference[] = [];
  const counts = await checkArchive(archived, store, (difference) => {
    if (format === 'ndjson') writeList(console, format, [difference]);
    else if (format === 'json' || shown.length < MOST_SHOWN) shown.push(difference);
  });
  if (format === 'json') writeList(console, format, shown);
  if (format === 'text') {
    const first = shown.length < counts.differences ? `the first ${shown.length}:` : '';
    console.stdout(
      table([
        ['events', String(counts.events)],
        ['archived', String(counts.archived)],
        ['differences', String(counts.differences), first],
      ]),
    );
    if (shown.length > 0) {
      const rows = shown.map(({ kind, stream, seq }) => [kind, stream, String(seq)]);
      console.stdout(`\n${table([['event is', 'resource', 'seq'], ...rows])}`);
    }
  }
  return exitOf({ finding: counts.differences > 0 });
};

const rebuild: Run = async ({ store }, archived, { format, console }) => {
  const { rebuildArchive } = await import('../../../archive/rebuild-archive.ts');
  const made = await rebuildArchive({
    objects: archived,
    store,
    now: () => new Date(),
    onProgress: (events) => console.progress(events, undefined, 'events'),
  });
  console.progress(made.events, made.events, 'events');
  if (format === 'text') console.stdout(table(Object.entries(made).map(([name, n]) => [name, String(n)])));
  else console.stdout(JSON.stringify(made, null, format === 'json' ? 2 : 0));
  return 'done';
};

const ACTS: Readonly<Record<string, Run>> = { check, rebuild };
