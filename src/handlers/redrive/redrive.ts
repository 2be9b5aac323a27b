import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { EventStore } from '../../events/event-store.ts';
import type { Result } from '../../intake/planned-write.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { type Consumer, type DeadLetter, type DeadLetterMessage, parseDeadLetter } from './dead-letter.ts';
import { deliverEach } from './deliver.ts';
import { type AskedWindow, redriveWindows } from './windows.ts';

/** A consumer of the change feed; `remainingMs` is how long it may take. */
export type TimedConsumer = (
  batch: DynamoDBStreamEvent,
  remainingMs: () => number,
) => Promise<DynamoDBBatchResponse>;

/** What `redrive` needs from outside: the handlers that gave up, and the ledger. */
export interface RedriveDeps {
  readonly request: (input: unknown, invocationId: string) => Promise<readonly Result[]>;
  readonly consumers: Readonly<Record<Consumer, TimedConsumer>>;
  readonly store: Pick<EventStore, 'recordedBetween'>;
  readonly telemetry: Telemetry;
}

/** What came of a message. `failed`: it may go through another time. `unusable`: it never will as it is. */
export interface Redriven {
  readonly id: string;
  /** What the message held; absent when that cannot be told. */
  readonly kind?: DeadLetter['kind'];
  readonly outcome: 'done' | 'failed' | 'unusable';
  /** Why it is not done. */
  readonly reason?: string;
}

/** With less time than this nothing is begun any more. */
const RESERVE_MS = 10_000;

/**
 * Runs again what Lambda and EventBridge gave up: what was meant for the front door goes through `request`, and
 * batches of the change feed go to the consumer that gave them up. A batch of which only the time is told is read
 * from the ledger, which keeps it, while the change feed forgets it after a day: all that was recorded around that
 * time is handed over. Everything may be run any number of times, so whoever asks keeps a message until it is `done`.
 * Gives one outcome for each message, in their order; one message never costs the others.
 */
export const redrive =
  ({ request, consumers, store, telemetry }: RedriveDeps) =>
  async (messages: readonly DeadLetterMessage[], remainingMs: () => number): Promise<Redriven[]> => {
    const outcomes = new Map<string, Redriven>();
    const settle = (id: string, kind: DeadLetter['kind'] | undefined, error?: unknown) => {
      outcomes.set(id, { id, ...(kind && { kind }), ...outcomeOf(error) });
      if (error !== undefined)
        telemetry.error('a message could not be redriven', { error, messageId: id, kind });
    };

    const run = async (given: Exclude<DeadLetter, { kind: 'window' }>): Promise<void> => {
      if (remainingMs() < RESERVE_MS) throw new Error('no time was left for it');
      if (given.kind === 'input') {
        const rejected = (await request(given.input, given.invocationId)).filter(
          ({ outcome }) => outcome === 'rejected',
        );
        const [{ reason = 'unusable' } = {}, ...more] = rejected;
        if (rejected.length > 0) {
          throw new InvalidInputError(`${reason}${more.length > 0 ? ` (and ${more.length} more)` : ''}`);
        }
        return;
      }
      const { records } = given;
      let failed = 0;
      for (const consumer of new Set(given.consumers.map((name) => consumers[name]))) {
        failed += (await deliverEach((batch) => consumer(batch, remainingMs), records)).length;
      }
      if (failed > 0) throw new Error(`${failed} of ${records.length} records failed again`);
    };

    const windows: AskedWindow[] = [];
    for (const message of messages) {
      let given: DeadLetter | undefined;
      try {
        given = parseDeadLetter(message);
        if (given.kind === 'window') {
          windows.push({ id: message.id, ...given });
          continue;
        }
        await run(given);
        settle(message.id, given.kind);
      } catch (error) {
        settle(message.id, given?.kind, error);
      }
    }
    const hasTime = () => remainingMs() >= RESERVE_MS;
    for await (const { id, error } of redriveWindows({ consumers, store }, windows, remainingMs, hasTime)) {
      settle(id, 'window', error);
    }
    return messages.flatMap(({ id }) => outcomes.get(id) ?? []);
  };

const outcomeOf = (error: unknown): Pick<Redriven, 'outcome' | 'reason'> => {
  if (error === undefined) return { outcome: 'done' };
  const reason = error instanceof Error ? error.message : String(error);
  return { outcome: error instanceof InvalidInputError ? 'unusable' : 'failed', reason };
};
