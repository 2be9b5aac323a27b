import type { EventStore } from '../events/event-store.ts';
import { isOpen } from '../events/request.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { END_OF_TIME } from '../shared/time.ts';
import type { StateRow } from './state-row.ts';
import type { StateStore } from './state-store.ts';

/** An open request: it has no final outcome yet. */
export interface WaitingRequest {
  readonly stream: ResourceArn;
  /** When the ledger recorded its first attempt. */
  readonly since: string;
  /** How many attempts it has had, including one that is in progress. */
  readonly attempt: number;
}

/** How many rows of each waiting status are examined, the longest due first. */
const LOOKED_AT = 20;

/**
 * Finds the request that has waited longest since its first attempt, among the rows that have been due
 * longest. Returns undefined when nothing waits. Reads a stream only when its row has a request past its
 * first attempt, because the row holds only the time of the last attempt.
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
