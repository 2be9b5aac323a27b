import type { EventStore } from '../events/event-store.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { ledgerFleet } from '../projections/ledger-fleet.ts';
import type { FleetReader } from '../projections/resource-at.ts';
import { fleetOf, type Held, readAllWaiting } from './archive-fleet.ts';
import type { ReadOnlyArchive } from './archive-store.ts';
import { UnreadableArchiveError } from './compressed.ts';

/** What an answer took from an archive. */
export interface ArchiveReading {
  /** The version of the catalogue; null if it could not be read. */
  readonly catalogue: number | null;
  /** The latest `recordedAt` of the events that had reached the archive; null if there were none. */
  readonly recordedUntil: string | null;
  /** What of the archive could not be read, so that the ledger itself was read in its place; null if nothing. */
  readonly damage: string | null;
}

/** A fleet that can be read from an archive. */
export interface ArchivedFleet extends FleetReader {
  /** What has been taken from the archive so far; undefined if nothing was asked yet, or if there is no archive. */
  reading(): ArchiveReading | undefined;
}

/**
 * Reads a fleet from the archive if there is one, and from the ledger until then. Before its first build the
 * archive holds only recent events, so its answers would be wrong, not just late. What cannot be read from a
 * damaged archive is read from the ledger, which takes longer: `onDamage` is told of it, in sentences, and
 * {@link ArchivedFleet.reading} says so from then on.
 *
 * `pending` are events that may not have reached the archive yet.
 */
export const archivedOrLedger = (
  archive: ReadOnlyArchive,
  store: Pick<EventStore, 'read' | 'readAll'>,
  {
    pending = [],
    onDamage = () => {},
  }: {
    readonly pending?: readonly RecordedEvent[];
    readonly onDamage?: (says: string) => void;
  } = {},
): ArchivedFleet => {
  const ledger = ledgerFleet(store);
  let rested: ArchiveReading | undefined;
  const open = async () => {
    const held = await readAllWaiting(archive);
    if (!held.catalogue) return undefined;
    rested = {
      catalogue: held.catalogue.version,
      recordedUntil: recordedUntil(held),
      damage: rested?.damage ?? null,
    };
    return fleetOf(archive, held, store, pending);
  };
  const noteDamage = (error: unknown) => {
    if (!(error instanceof UnreadableArchiveError)) throw error;
    if (rested?.damage !== error.message) onDamage(error.message);
    rested = { catalogue: null, recordedUntil: null, ...rested, damage: error.message };
  };
  return {
    async *at(moment, after) {
      let last = after;
      try {
        const fleet = await open();
        for await (const batch of fleet?.at(moment, after) ?? []) {
          last = batch.at(-1)?.arn ?? last;
          yield batch;
        }
        if (fleet) return;
      } catch (error) {
        noteDamage(error);
      }
      yield* ledger.at(moment, last);
    },
    async span(knownAt) {
      try {
        const fleet = await open();
        if (fleet) return await fleet.span(knownAt);
      } catch (error) {
        noteDamage(error);
      }
      return ledger.span(knownAt);
    },
    reading: () => rested,
  };
};

const recordedUntil = ({ catalogue, waiting }: Held): string | null =>
  [
    ...(catalogue?.segments ?? []).map(({ recorded }) => recorded[1]),
    ...waiting.map(({ recordedAt }) => recordedAt),
  ].reduce<string | null>((latest, at) => (latest === null || at > latest ? at : latest), null);
