import * as v from 'valibot';
import type { PublishNoticesDeps } from '../../alerts/held-notices.ts';
import { stoppedNotice, unsealableNotices } from '../../alerts/notices/seal-notice.ts';
import { publishNotices } from '../../alerts/publish-notices.ts';
import type { EventStore } from '../../events/event-store.ts';
import { openHints } from '../../sealing/hints.ts';
import { beginLog } from '../../sealing/log/begin-log.ts';
import { SealStoppedError } from '../../sealing/log/seal-errors.ts';
import { type SealRun, sealCompared, sealHinted } from '../../sealing/run-sealer.ts';
import { openSealer, type SealerDeps } from '../../sealing/sealer.ts';

/** The dependencies of {@link seal}. */
export interface SealDeps extends SealerDeps, PublishNoticesDeps {
  readonly store: EventStore;
}

/** The result of a run. */
export interface Sealed extends Omit<SealRun, 'broken'> {
  readonly origin: string;
  /** The number of leaves in the log after the run. */
  readonly size: number;
  /** The number of streams that could not be sealed to their end. */
  readonly broken: number;
}

/** The input, from the schedule or a person. Anything else means an ordinary run. */
const InputSchema = v.fallback(
  v.object({
    /** Compare the whole ledger with the log, for as long as there is time. */
    compare: v.optional(v.boolean(), false),
    /** Begin a new log first, after a restore or a change of key. */
    newLog: v.optional(v.boolean(), false),
  }),
  { compare: false, newLog: false },
);

/** Time reserved for the work in progress: writing a batch of 10,000 events. */
const RESERVE_MS = 20_000;

/**
 * The scheduled handler that seals. It finishes what an earlier run left, puts new events into the log and
 * publishes its checkpoint; without new events, it publishes a heartbeat. Inconsistent streams are left out
 * and reported, and the others continue. If the log does not match its head, the run writes nothing, sends an
 * alert and rejects. Only one run is allowed at a time.
 */
export const seal =
  (deps: SealDeps) =>
  async (input: unknown, remainingMs: () => number): Promise<Sealed> => {
    const { telemetry, store, coordination, now } = deps;
    const { compare, newLog } = v.parse(InputSchema, input);
    const isTime = () => remainingMs() > RESERVE_MS;
    try {
      if (newLog) telemetry.info('a new log begins', { origin: await beginLog(deps) });
      const sealer = await openSealer(deps);
      const run = await (compare ? sealCompared : sealHinted)({ store, coordination, sealer, now, isTime });
      if (run.sealed === 0) await sealer.heartbeat();
      const [oldest] = await openHints(coordination, 1);
      const waitsSince = Date.parse(oldest?.memo.dueAt ?? '') || now().getTime();
      telemetry.measure('OldestUnsealedAge', Math.max(0, now().getTime() - waitsSince) / 1_000);

      const done = { ...run, broken: run.broken.length, origin: sealer.key.name, size: sealer.size() };
      telemetry.count('EventsSealed', done.sealed);
      telemetry.count('StreamsNotSealed', done.broken);
      telemetry.info('sealed', done);
      for (const one of run.broken) telemetry.error('a stream could not be sealed', { ...one });
      await publishNotices(deps, unsealableNotices(run.broken));
      return done;
    } catch (error) {
      if (error instanceof SealStoppedError) await publishNotices(deps, [stoppedNotice(error.message)]);
      throw error;
    }
  };
