import { type EventStore, SeqConflictError } from '../events/event-store.ts';
import { refuseForeignType } from '../events/ledger-stream.ts';
import { type RecordedEvent, record } from '../events/recorded-event.ts';
import { evolve, fold, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { EventFormat, TagEvent } from '../events/tag-event.ts';
import { backoff } from '../shared/backoff.ts';

/** What should be recorded given what is known of a resource, and the events that say so; `[]` means that it is already so. Pure. */
export type Decision = (resource: Resource, events: readonly RecordedEvent[]) => readonly TagEvent[];

/** What `transact` needs from outside: the log, how to write to it, the writer's clock, and how to wait after a lost race. */
export interface Ledger {
  readonly store: EventStore;
  /** The format of the events that are appended. */
  readonly eventFormat: EventFormat;
  readonly now: () => Date;
  /** Defaults to a short wait with full jitter. */
  readonly wait?: (tries: number) => Promise<void>;
}

/** What came of a decision. */
export interface Transacted {
  readonly resource: Resource;
  /** The whole stream, as far as it is known now. */
  readonly events: readonly RecordedEvent[];
  /** Those of the events that this call added. */
  readonly appended: readonly RecordedEvent[];
}

/** How many times a decision is taken before somebody else's writes win for good. */
const MAX_TRIES = 10;

/**
 * Loads a stream, decides, appends, and decides again on the new state whenever somebody else wrote first; the
 * only place that does. After {@link MAX_TRIES} lost races it rejects with the last `SeqConflictError`, having
 * written nothing of that try. Dying between two events of one decision is safe: decisions know what was
 * recorded, so the next delivery of the cause adds the rest.
 *
 * Rejects with an `InvalidInputError` for an event whose type does not belong in the stream, so that no door can let one in.
 *
 * `known` are the stream's events as the caller believes them to be, which saves the read: `[]` for a resource
 * that was probably just born. A wrong belief costs one failed append, never a wrong event.
 */
export const transact = async (
  ledger: Ledger,
  stream: ResourceArn,
  decide: Decision,
  known?: readonly RecordedEvent[],
): Promise<Transacted> => {
  const { store, wait = backoff } = ledger;
  let events = known ?? (await store.read(stream));
  const appended: RecordedEvent[] = [];
  for (let tries = 1; ; tries++) {
    try {
      return await decideAndAppend(ledger, stream, decide, events, appended);
    } catch (error) {
      if (!(error instanceof SeqConflictError) || tries === MAX_TRIES) throw error;
    }
    // The first loss is nearly always a wrong `known`: read at once, and wait only when losing again.
    if (tries > 1) await wait(tries);
    events = await store.read(stream);
  }
};

/** One try. What it adds is put into `appended` at once, so that it counts also when a later event loses its race. */
const decideAndAppend = async (
  { store, eventFormat, now }: Ledger,
  stream: ResourceArn,
  decide: Decision,
  events: readonly RecordedEvent[],
  appended: RecordedEvent[],
): Promise<Transacted> => {
  let resource = fold(events);
  const known = [...events];
  for (const event of decide(resource, events)) {
    refuseForeignType(stream, event.type);
    const next = record(stream, event, known.at(-1), now(), eventFormat);
    const { event: there, fresh } = await store.append(next);
    if (fresh) appended.push(there);
    known.push(there);
    resource = evolve(resource, there);
  }
  return { resource, events: known, appended };
};
