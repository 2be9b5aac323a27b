import pMap from 'p-map';
import { raiseAttempts } from '../../commands/raise-attempt.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { fold } from '../../events/resource.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import type { TagRequested } from '../../events/tag-event.ts';
import { correlationIdsOf } from '../../intake/correlation-ids.ts';
import { oldestRequest } from '../../projections/oldest-request.ts';
import { rowOf } from '../../projections/state-row.ts';
import type { StateStore } from '../../projections/state-store.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { RetryPolicy } from '../../tagging/retry-policy.ts';

/** The dependencies of {@link reconcile}. */
export interface ReconcileDeps {
  readonly ledger: Ledger;
  readonly states: StateStore;
  readonly policy: RetryPolicy;
  /** The most resources of each status that one run handles. */
  readonly limit: number;
  readonly telemetry: Telemetry;
}

/** The result of a run. */
export interface Reconciled {
  /** Resources that the run examined. */
  readonly looked: number;
  /** Attempts that the run raised. */
  readonly raised: number;
  /** Requests that the run gave up. */
  readonly givenUp: number;
  /** Rows that were behind the ledger and are now up to date. */
  readonly repaired: number;
  /** Resources that could not be reconciled; they stay due. */
  readonly failed: number;
  /** Whether work remains, because of the limit or for lack of time. */
  readonly more: boolean;
}

const STREAMS_AT_ONCE = 16;

/** Time reserved for the work in progress. */
const RESERVE_MS = 5_000;

/**
 * The scheduled handler that raises the next attempt of requests that are due or whose attempt was lost, and
 * updates rows that are behind the ledger. It finds them through the state table's index of waiting rows, the
 * longest due first, and decides from the ledger alone.
 *
 * Concurrent runs and a crash at any point are safe: an attempt's id derives from its request and number, so
 * it is recorded once. What a run does not reach is still due at the next one.
 */
export const reconcile =
  ({ ledger, states, policy, limit, telemetry }: ReconcileDeps) =>
  async (remainingMs: () => number): Promise<Reconciled> => {
    const now = ledger.now();
    await measureOldest(ledger, states, telemetry);
    const lostSince = new Date(now.getTime() - policy.stuckAfterMs);
    const due = [
      ...(await states.due('retrying', now.toISOString(), limit)),
      ...(await states.due('open', lostSince.toISOString(), limit)),
    ];
    const rows = new Map((await states.get(due)).map(({ arn, resource }) => [arn, resource.lastSeq]));
    const done = { looked: 0, raised: 0, givenUp: 0, repaired: 0, failed: 0 };

    const lookAfter = async (arn: ResourceArn): Promise<void> => {
      const known = await ledger.store.read(arn);
      const { resource, appended } = await transact(
        ledger,
        arn,
        raiseAttempts(arn, firstAttempts(known), { now, ...policy }),
        known,
      );
      if (appended.length > 0)
        telemetry.info('attempts raised', {
          stream: arn,
          ...correlationIdsOf(appended.map(({ event }) => event)),
        });
      done.raised += appended.filter(({ event }) => event.type === 'TagRequested').length;
      done.givenUp += appended.filter(({ event }) => event.type === 'TagFailed').length;
      // The change feed delivers what was just appended; a row that lacks more than that is behind.
      const before = fold(known);
      if (known.length > 0 && rows.get(arn) !== before.lastSeq) {
        await states.save(rowOf(arn, resource));
        done.repaired += 1;
      }
    };

    const streams = new Set(due);
    await pMap(
      streams,
      async (arn) => {
        if (remainingMs() < RESERVE_MS) return;
        done.looked += 1;
        try {
          await lookAfter(arn);
        } catch (error) {
          done.failed += 1;
          telemetry.error('a resource could not be reconciled', { error, stream: arn });
        }
      },
      { concurrency: STREAMS_AT_ONCE },
    );
    telemetry.count('AttemptsRaised', done.raised);
    telemetry.count('RequestsGivenUp', done.givenUp);
    telemetry.count('RowsRepaired', done.repaired);
    const more = due.length >= limit || done.looked < streams.size;
    telemetry.info('reconciled', { ...done, more });
    return { ...done, more };
  };

/**
 * Measures before any attempt is raised, so that the metric shows what the run found. An error here is only
 * logged.
 */
const measureOldest = async (
  { store, now }: Ledger,
  states: StateStore,
  telemetry: Telemetry,
): Promise<void> => {
  try {
    const oldest = await oldestRequest(store, states);
    const ageMs = oldest ? now().getTime() - Date.parse(oldest.since) : 0;
    telemetry.measure('OldestRequestAge', Math.max(0, ageMs) / 1_000);
  } catch (error) {
    telemetry.error('the age of the oldest request could not be determined', { error });
  }
};

const firstAttempts = (events: readonly RecordedEvent[]): TagRequested[] =>
  events.flatMap(({ event }) => (event.type === 'TagRequested' && event.attempt === 1 ? [event] : []));
