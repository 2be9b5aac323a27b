import type { Redriven } from '../../../handlers/redrive/redrive.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { type LedgerRuntime, openRuntime } from '../../ledger/open-runtime.ts';
import { ofForm } from '../../option-values.ts';
import type { Console, Format } from '../../terminal.ts';
import type { TextStyle } from '../../text-style.ts';
import { reportDropped } from '../../views/report-dropped.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { COUNTS, table } from '../../views/table.ts';
import { writeList } from '../../write-output.ts';
import { messagesIn } from './files.ts';
import type { RedriveInvocation } from './flags.ts';
import type { Run } from './run.ts';

/** `tagledger redrive`: runs dead letters again. It fails if any message did not succeed. */
export const run = async ({
  args,
  values,
  format,
  ledger: where,
  env,
  console,
}: RedriveInvocation): Promise<Exit> => {
  const { queue } = values;
  const max = maxOf(values.limit, queue);
  refuseMixed(args.FILE, queue, where);
  const ledger = await openRuntime(where, env, { show: console.progress, say: console.stderr });
  try {
    // Loaded on demand, because the consumers import an AWS client, which other commands do not need.
    const { runnerOf } = await import('./run.ts');
    const source = sourceOf(ledger, args.FILE, queue, max, runnerOf(ledger), console);
    const isKept = queue === undefined && args.FILE.length === 0;
    const kept = isKept ? ledger.embedded?.deadLetters.messages().length : undefined;
    const { totals, outcomes } = await redriveAll(source, kept, format, console);
    if (format === 'json') writeList(console, format, outcomes);
    if (format === 'text') console.stdout(redrivenText(totals, console.style));
    if (totals.messages === 0) console.stderr('There was nothing to redrive: no message was found.');
    tell(console, outcomes);
    const dropped = reportDropped(console, ledger.embedded?.dropped);
    if (totals.batches > 0 && !ledger.embedded) {
      console.stderr(
        `The state rows of ${totals.batches} stream batches are up to date. This command called no EC2 and sent no alert; the \`reconcile\` function takes up the requests that still wait.`,
      );
    }
    return exitOf({ failed: totals.failed + totals.unusable + dropped > 0 });
  } finally {
    await ledger.close();
  }
};

/** The number of messages, of each outcome, and of change-feed batches that succeeded. */
type RedriveTotals = Readonly<Record<'messages' | 'batches' | Redriven['outcome'], number>>;

/**
 * Redrives a source. `outcomes` are those that are reported at the end: all of them for JSON, only the
 * unsuccessful ones for text, none for NDJSON. `total` is the number of messages, if it is known.
 */
const redriveAll = async (
  source: AsyncIterable<readonly Redriven[]>,
  total: number | undefined,
  format: Format,
  console: Console,
): Promise<{ readonly totals: RedriveTotals; readonly outcomes: readonly Redriven[] }> => {
  const outcomes: Redriven[] = [];
  const totals = { messages: 0, done: 0, failed: 0, unusable: 0, batches: 0 };
  console.progress(0, total, 'messages');
  for await (const some of source) {
    for (const { outcome, kind } of some) {
      totals.messages += 1;
      totals[outcome] += 1;
      if (kind !== 'input' && outcome === 'done') totals.batches += 1;
    }
    if (format === 'ndjson') writeList(console, format, some);
    else outcomes.push(...some.filter(({ outcome }) => format === 'json' || outcome !== 'done'));
    console.progress(totals.messages, total, 'messages');
  }
  console.progress(totals.messages, totals.messages, 'messages');
  return { totals, outcomes };
};

const maxOf = (max: string | boolean | undefined, queue: string | undefined): number => {
  if (max === undefined) return Number.POSITIVE_INFINITY;
  if (queue === undefined)
    throw new WrongUsageError('--limit is for --queue. Pass both, or leave --limit out.');
  if (!/^[1-9]\d{0,8}$/.test(String(max))) {
    throw new WrongUsageError(
      `The value ${JSON.stringify(max)} of --limit is not a number of messages. Type a number such as 100.`,
    );
  }
  return Number(max);
};

const isUrl = (text: string): boolean => /^https?:\/\/\S+$/.test(text);

const refuseMixed = (files: readonly string[], queue: string | undefined, where: string): void => {
  const isDeployed = ledgerKindOf(where) === 'tables';
  if (queue !== undefined) ofForm('queue', queue, isUrl, 'the URL of an SQS queue');
  if (queue !== undefined && files.length > 0) {
    throw new WrongUsageError(
      'Messages come from files or from --queue, not from both. Leave one of them out.',
    );
  }
  if (queue !== undefined && !isDeployed) {
    throw new WrongUsageError(
      `--queue is for a ledger in AWS, because what went through is deleted from the queue, and ${where} is not one. Name tables with --ledger dynamodb:TABLE,STATE_TABLE.`,
    );
  }
  if (queue === undefined && files.length === 0 && isDeployed) {
    throw new WrongUsageError(
      'There is nothing to redrive. Name files, - for standard input, or a queue with --queue URL.',
    );
  }
};

async function* sourceOf(
  ledger: LedgerRuntime,
  files: readonly string[],
  queue: string | undefined,
  max: number,
  run: Run,
  console: Console,
): AsyncGenerator<readonly Redriven[]> {
  if (queue !== undefined) {
    const [{ SQSClient }, { redriveFromQueue }] = await Promise.all([
      import('@aws-sdk/client-sqs'),
      import('./queue.ts'),
    ]);
    const onUndeleted = (ids: readonly string[]) =>
      console.stderr(
        sanitizeTerminal(
          `These messages were processed, but the queue did not delete them, so they will come again: ${ids.join(', ')}`,
        ),
      );
    yield* redriveFromQueue(new SQSClient(), { url: queue, max, run, onUndeleted });
  } else if (files.length > 0) {
    for await (const messages of messagesIn(files)) yield await run(messages);
  } else {
    yield* redriveKept(ledger, run);
  }
}

/** Redrives the dead letters of an embedded ledger. Each is removed only after it succeeds. */
async function* redriveKept({ embedded }: LedgerRuntime, run: Run): AsyncGenerator<readonly Redriven[]> {
  const kept = embedded?.deadLetters;
  for (const [i, body] of (kept?.messages() ?? []).entries()) {
    const outcomes = await run([{ id: `dead letter ${i + 1}`, body }]);
    if (outcomes.every(({ outcome }) => outcome === 'done')) kept?.forget(new Set([body]));
    yield outcomes;
  }
}

const MOST_TOLD = 20;

const tell = (console: Console, outcomes: readonly Redriven[]): void => {
  const lost = outcomes.filter(({ outcome }) => outcome !== 'done');
  for (const { id, outcome, reason = '' } of lost.slice(0, MOST_TOLD)) {
    console.stderr(sanitizeTerminal(`${outcome}: ${id}: ${reason}`));
  }
  if (lost.length > MOST_TOLD) console.stderr(`and ${lost.length - MOST_TOLD} more`);
};

const redrivenText = (totals: RedriveTotals, style: TextStyle): string =>
  table(
    [
      ['messages', String(totals.messages)],
      ['done', String(totals.done)],
      ['failed', String(totals.failed), 'kept: can be tried again'],
      ['unusable', String(totals.unusable), 'kept: can never be processed as they are'],
    ],
    style,
    COUNTS,
  );
