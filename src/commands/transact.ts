import { type EventStore, SeqConflictError } from '../events/event-store.ts';
import { refuseForeignType } from '../events/ledger-stream.ts';
import { type RecordedEvent, record } from '../events/recorded-event.ts';
import { fold, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { EventFormat, TagEvent } from '../events/tag-event.ts';
import { backoff } from '../shared/backoff.ts';
import { inFormat1 } from './in-format-1.ts';

/**
 * Decides which events to append, from the state of a stream and its events; `[]`
 * if there is nothing to do. Pure.
 */
export type Decision = (resource: Resource, events: readonly RecordedEvent[]) => readonly TagEvent[];

/**
 * What `transact` needs: the event store, the format to write, the writer's clock,
 * and the wait after a lost race.
 */
export interface Ledger {
  readonly store: EventStore;
  /** The format of the events that are appended. */
  readonly eventFormat: EventFormat;
  /** Whether what is appended rests on a simulated EC2. It then says so, which takes format 2. */
  readonly isSimulated?: boolean;
  readonly now: () => Date;
  /** A short wait with full jitter by default. */
  readonly wait?: (tries: number) => Promise<void>;
}

/** The result of a decision. */
export interface Transacted {
  readonly resource: Resource;
  /** The whole stream, as far as it is known now. */
  readonly events: readonly RecordedEvent[];
  /** The events among them that this call appended. */
  readonly appended: readonly RecordedEvent[];
}

/** How many times a decision is taken before the call fails because others keep writing first. */
const MAX_TRIES = 10;

/**
 * Loads a stream, decides, appends, and decides again on the new state whenever another writer was first. No
 * other function does this. After {@link MAX_TRIES} lost races it rejects with the last `SeqConflictError`;
 * events that it appended before the lost race stay. Dying between two events of one decision is safe:
 * decisions know what was recorded, so the next delivery of the cause adds the rest.
 *
 * Rejects with an `InvalidInputError` for an event whose type does not belong in the
 * stream, whatever input it came from.
 *
 * `known` are the stream's events as the caller assumes them, which saves the read: `[]` for a resource that
 * was probably just created. A wrong assumption costs one failed append, never a wrong event.
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
    // The first loss is nearly always due to a wrong `known`, so read at once and
    // wait only after further losses.
    if (tries > 1) await wait(tries);
    events = await store.read(stream);
  }
};

/**
 * One try. Each event that it stores is pushed to `appended` at once, so that it counts even
 * if a later one loses its race.
 */
const decideAndAppend = async (
  { store, eventFormat, isSimulated, now }: Ledger,
  stream: ResourceArn,
  decide: Decision,
  events: readonly RecordedEvent[],
  appended: RecordedEvent[],
): Promise<Transacted> => {
  let resource = fold(events);
  const known = [...events];
  for (const event of decide(resource, events)) {
    refuseForeignType(stream, event.type);
    const written = eventFormat === 1 ? inFormat1(event, resource) : event;
    if (!written) continue;
    const marked = isSimulated ? { ...written, simulated: true } : written;
    const next = record(stream, marked, known.at(-1), now(), eventFormat);
    const { event: there, fresh } = await store.append(next);
    if (fresh) appended.push(there);
    known.push(there);
    resource = fold(known);
  }
  return { resource, events: known, appended };
};
