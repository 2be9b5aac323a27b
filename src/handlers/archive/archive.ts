import { archiveEvents } from '../../archive/inbox.ts';
import { type KeepDeps, type Kept, keepArchive } from '../../archive/keep-archive.ts';
import { isLedgerStream } from '../../events/ledger-stream.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { type FeedConsumer, positionsOf } from '../runtime/feed-batch.ts';

/** The dependencies of {@link archiveConsumer}. */
export interface ArchiveDeps {
  readonly objects: ObjectStore;
  readonly telemetry: Telemetry;
}

/**
 * The change feed consumer that writes a batch's resource events to the archive as one object. Records can
 * arrive twice, late and in any order. If the object cannot be written, the whole batch is redelivered.
 * Unreadable records are skipped, because `project` has quarantined them.
 */
export const archiveConsumer =
  ({ objects, telemetry }: ArchiveDeps): FeedConsumer =>
  async (batch) => {
    const events = batch.events
      .map(({ recorded }) => recorded)
      .filter(({ stream }) => !isLedgerStream(stream));
    if (events.length === 0) return new Set();
    try {
      await archiveEvents(objects, events);
    } catch (error) {
      telemetry.error('events could not be archived', { error });
      return new Set(positionsOf(batch));
    }
    telemetry.count('EventsArchived', events.length);
    return new Set();
  };

/** Time reserved for the step in progress: a snapshot of a million resources takes about ten seconds. */
const RESERVE_MS = 60_000;

/**
 * The scheduled handler: runs {@link keepArchive} while there is time. The next run continues with the rest.
 */
export const keep =
  ({ telemetry, ...deps }: KeepDeps & Pick<ArchiveDeps, 'telemetry'>) =>
  async (remainingMs: () => number): Promise<Kept> => {
    const kept = await keepArchive(deps, () => remainingMs() > RESERVE_MS);
    telemetry.count('ArchiveGapsRepaired', kept.repaired);
    telemetry.info('archive kept', { ...kept });
    return kept;
  };
