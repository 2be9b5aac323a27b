import type { EventStore } from '../events/event-store.ts';
import { isOpen } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { END_OF_TIME } from '../shared/time.ts';
import type { StateRow } from './state-row.ts';
import type { StateStore } from './state-store.ts';

/** A request that has neither an end nor an answer. */
export interface WaitingRequest {
  readonly stream: ResourceArn;
  /** When the ledger recorded its first attempt. */
  readonly since: string;
  /** How many attempts it has had, the one that is under way among them. */
  readonly attempt: number;
}

/** So many rows of each kind that waits are looked at: those that have been due the longest. */
const LOOKED_AT = 20;

/**
 * The request that has waited the longest since it was first asked, of the rows that are due the longest; undefined when
 * nothing waits. Reads the stream of a request only where its row tells no more than when its last attempt began.
 */
export const oldestRequest = async (
  store: Pick<EventStore, 'read'>,
  states: Pick<StateStore, 'due' | 'get'>,
): Promise<WaitingRequest | undefined> => {
  const due = [
    ...(await states.due('open', END_OF_TIME, LOOKED_AT)),
    ...(await states.due('retrying', END_OF_TIME, LOOKED_AT)),
  ];
  const rows = await states.get([...new Set(due)]);
  const waiting = await Promise.all(rows.map((row) => waitingIn(store, row)));
  return waiting.flat().sort((a, b) => (a.since < b.since ? -1 : 1))[0];
};

const waitingIn = async (
  store: Pick<EventStore, 'read'>,
  { arn, resource }: StateRow,
): Promise<WaitingRequest[]> => {
  const open = resource.requests.filter(isOpen);
  const isRepeated = open.some(({ attempt }) => attempt > 1);
  const events = isRepeated ? await store.read(arn) : [];
  return open.map(({ id, asked, attempt }) => ({
    stream: arn,
    since: events.find(({ event }) => event.eventId === id)?.recordedAt ?? asked,
    attempt,
  }));
};
