import { archiveEvents } from '../../archive/inbox.ts';
import { type KeepDeps, type Kept, keepArchive } from '../../archive/keep-archive.ts';
import { isLedgerStream } from '../../events/ledger-stream.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { type FeedConsumer, positionsOf } from '../runtime/feed-batch.ts';

/** What `archive` needs from outside. */
export interface ArchiveDeps {
  readonly objects: ObjectStore;
  readonly telemetry: Telemetry;
}

/**
 * The part behind the change feed that hands a batch's events of resources over to the archive, as one object. Records may come
 * twice, late and in any order. When the object cannot be written the whole batch comes again. Records that cannot be
 * read are left out: `project` has set them aside.
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

/** Kept for the step that is under way: a snapshot of a million resources takes some ten seconds. */
const RESERVE_MS = 60_000;

/** The scheduled part: {@link keepArchive} for as long as there is time. What is left is done by the next run. */
export const keep =
  ({ telemetry, ...deps }: KeepDeps & Pick<ArchiveDeps, 'telemetry'>) =>
  async (remainingMs: () => number): Promise<Kept> => {
    const kept = await keepArchive(deps, () => remainingMs() > RESERVE_MS);
    telemetry.count('ArchiveGapsRepaired', kept.repaired);
    telemetry.info('archive kept', { ...kept });
    return kept;
  };
