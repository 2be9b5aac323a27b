import type { Result } from '../../intake/planned-write.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { positionsOf } from '../runtime/feed-batch.ts';
import { type DeadLetter, type DeadLetterMessage, parseDeadLetter } from './dead-letter.ts';
import { deliverEach } from './deliver.ts';
import { type AskedWindow, redriveWindows, type WindowDeps } from './windows.ts';

/** What `redrive` needs from outside: the handlers that gave up, and the ledger. */
export interface RedriveDeps extends WindowDeps {
  readonly request: (input: unknown, invocationId: string) => Promise<readonly Result[]>;
  readonly telemetry: Telemetry;
}

/** The outcome of a message. `failed`: a retry may succeed. `unusable`: it can never succeed as it is. */
export interface Redriven {
  readonly id: string;
  /** The kind of dead letter; absent if the message could not be parsed. */
  readonly kind?: DeadLetter['kind'];
  readonly outcome: 'done' | 'failed' | 'unusable';
  /** Why the message is not done. */
  readonly reason?: string;
}

/** With less time left than this, no new work is started. */
const RESERVE_MS = 10_000;

/**
 * Redrives what Lambda and EventBridge gave up. Inputs of the intake go through `request`, and change feed
 * batches go to the consumer that gave them up. For a batch without its records, all events recorded around
 * its time are read from the ledger and delivered, because the change feed drops records after a day.
 * Everything can be redriven any number of times, so the caller keeps a message until it is `done`. Returns
 * one outcome for each message, in order; one message never affects the others.
 */
export const redrive =
  (deps: RedriveDeps) =>
  async (messages: readonly DeadLetterMessage[], remainingMs: () => number): Promise<Redriven[]> => {
    const outcomes = new Map<string, Redriven>();
    const settle = (id: string, kind: DeadLetter['kind'] | undefined, error?: unknown) => {
      outcomes.set(id, { id, ...(kind && { kind }), ...outcomeOf(error) });
      if (error !== undefined)
        deps.telemetry.error('a message could not be redriven', { error, messageId: id, kind });
    };

    const windows: AskedWindow[] = [];
    for (const message of messages) {
      const { given, error } = await redriveMessage(deps, message, remainingMs);
      if (given?.kind === 'window') windows.push({ id: message.id, ...given });
      else settle(message.id, given?.kind, error);
    }
    const hasTime = () => remainingMs() >= RESERVE_MS;
    for await (const { id, error } of redriveWindows(deps, windows, remainingMs, hasTime)) {
      settle(id, 'window', error);
    }
    return messages.flatMap(({ id }) => outcomes.get(id) ?? []);
  };

/**
 * Redrives one message unless it is a window. Returns its dead letter, and the error if there was one. Never
 * rejects.
 */
const redriveMessage = async (
  deps: RedriveDeps,
  message: DeadLetterMessage,
  remainingMs: () => number,
): Promise<{ readonly given?: DeadLetter; readonly error?: unknown }> => {
  let given: DeadLetter | undefined;
  try {
    given = parseDeadLetter(message);
    if (given.kind === 'window') return { given };
    if (remainingMs() < RESERVE_MS) throw new Error('no time was left for it');
    if (given.kind === 'input') await redriveInput(deps, given);
    else await redriveRecords(deps, given, remainingMs);
    return { given };
  } catch (error) {
    return { ...(given && { given }), error };
  }
};

const redriveInput = async (
  { request }: RedriveDeps,
  { input, invocationId }: Extract<DeadLetter, { kind: 'input' }>,
): Promise<void> => {
  const results = await request(input, invocationId);
  const rejected = results.filter(({ outcome }) => outcome === 'rejected');
  if (rejected.length === 0) return;
  const [{ reason = 'unusable' } = {}, ...more] = rejected;
  throw new InvalidInputError(`${reason}${more.length > 0 ? ` (and ${more.length} more)` : ''}`);
};

const redriveRecords = async (
  deps: RedriveDeps,
  { consumers, batch }: Extract<DeadLetter, { kind: 'records' }>,
  remainingMs: () => number,
): Promise<void> => {
  let failed = 0;
  for (const consumer of new Set(consumers.map((name) => deps.consumers[name]))) {
    failed += (await deliverEach(consumer, batch, { remainingMs })).length;
  }
  if (failed > 0) throw new Error(`${failed} of ${positionsOf(batch).length} records failed again`);
};

const outcomeOf = (error: unknown): Pick<Redriven, 'outcome' | 'reason'> => {
  if (error === undefined) return { outcome: 'done' };
  const reason = error instanceof Error ? error.message : String(error);
  return { outcome: error instanceof InvalidInputError ? 'unusable' : 'failed', reason };
};
