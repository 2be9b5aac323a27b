import { counted } from '../../../alerts/notices/alert-text.ts';
import type { CheckedArchive } from '../../../archive/check/check-archive.ts';
import type { ArchiveDifference } from '../../../archive/check/difference.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';
import { openRuntime } from '../../ledger/open-runtime.ts';
import { showLedger } from '../../ledger/show-ledger.ts';
import type { TextStyle } from '../../text-style.ts';
import { statusColour } from '../../views/status-colour.ts';
import { COUNTS, type TableColumn, table } from '../../views/table.ts';
import { writeList, writeObject } from '../../write-output.ts';
import type { ArchiveInvocation } from './flags.ts';

const MOST_SHOWN = 20;

type Run = (invocation: ArchiveInvocation) => Promise<Exit>;

/**
 * `tagledger archive check|rebuild`: checks or rebuilds the archive of a ledger. A difference that `check`
 * finds is a finding.
 */
export const run = async (invocation: ArchiveInvocation): Promise<Exit> => {
  const act = invocation.args.ACTION === 'check' ? check : rebuild;
  return act(invocation);
};

/** The archive of an open ledger. Throws an `InvalidInputError` if the ledger has none. */
const archiveOf = <A>({ archived }: { readonly archived?: A }, where: string): A => {
  if (archived) return archived;
  throw new InvalidInputError(
    `The ledger ${where} has no archive that tagledger knows of. Set ARCHIVE_BUCKET to the bucket that holds it.`,
  );
};

const check: Run = async (invocation) => {
  const { format, ledger: where, console } = invocation;
  const { checkArchive } = await import('../../../archive/check/check-archive.ts');
  const shown: ArchiveDifference[] = [];
  const ledger = await openReadOnly(invocation);
  try {
    const counts = await checkArchive(archiveOf(ledger, where), ledger.store, (difference) => {
      if (format === 'ndjson') writeList(console, format, [difference]);
      else if (format === 'json' || shown.length < MOST_SHOWN) shown.push(difference);
    });
    if (format === 'json') writeList(console, format, shown);
    if (format === 'text') console.stdout(checkText(counts, shown, console.style));
    if (counts.undigested > 0) console.stderr(undigestedText(counts.undigested));
    return exitOf({ finding: counts.differences > 0 });
  } finally {
    await ledger.close();
  }
};

const SUMMARY: readonly TableColumn[] = [{}, { colour: statusColour }, ...COUNTS.slice(2)];
const EVENTS: readonly TableColumn[] = [{ name: 'event is' }, { name: 'resource' }, { name: 'seq' }];
const OBJECTS: readonly TableColumn[] = [{ name: 'wrong objects' }];

const checkText = (counts: CheckedArchive, shown: readonly ArchiveDifference[], style: TextStyle): string => {
  const first = shown.length < counts.differences ? `the first ${shown.length}:` : '';
  const summary = table(
    [
      ['archive', counts.differences === 0 ? 'OK' : 'FAILED'],
      ['events', String(counts.events)],
      ['archived', String(counts.archived)],
      ['differences', String(counts.differences), first],
    ],
    style,
    SUMMARY,
  );
  const objects = shown.flatMap((one) => (one.kind === 'object' ? [[one.says]] : []));
  const events = shown.flatMap((one) =>
    one.kind === 'object' ? [] : [[one.kind, one.stream, String(one.seq)]],
  );
  return [
    summary,
    ...(objects.length > 0 ? [table(objects, style, OBJECTS)] : []),
    ...(events.length > 0 ? [table(events, style, EVENTS)] : []),
  ].join('\n\n');
};

const undigestedText = (count: number): string =>
  `${counted(count, 'object')} of the archive have no digest, because an earlier version wrote them: run \`tagledger archive rebuild\``;

const rebuild: Run = async ({ format, ledger: where, env, console }) => {
  const { rebuildArchive } = await import('../../../archive/rebuild-archive.ts');
  const ledger = await openRuntime(where, env, { show: console.progress });
  try {
    const made = await rebuildArchive({
      objects: archiveOf(ledger, where),
      store: showLedger(ledger, console.progress).store,
      now: () => new Date(),
      onArchived: (done, total) => console.progress(done, total, 'events archived'),
    });
    if (format === 'text')
      console.stdout(
        table(
          Object.entries(made).map(([name, n]) => [name, String(n)]),
          console.style,
        ),
      );
    else writeObject(console, format, made);
    return 'done';
  } finally {
    await ledger.close();
  }
};
