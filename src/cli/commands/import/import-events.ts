import { keepArchive } from '../../../archive/keep-archive.ts';
import type { CoordinationStore } from '../../../coordination/coordination-store.ts';
import { feedEnd } from '../../../embedded/change-feed.ts';
import type { EmbeddedStores } from '../../../embedded/embedded-stores.ts';
import type { FolderMode } from '../../../embedded/ledger-folder.ts';
import type { LedgerLine } from '../../../events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../../../events/recorded-event.ts';
import { isResourceArn } from '../../../events/resource-arn.ts';
import type { TagEvent, TamperDetected } from '../../../events/tag-event.ts';
import { fileStore } from '../../../exports/file-store.ts';
import { CONSUMERS } from '../../../handlers/redrive/dead-letter.ts';
import { rebuild } from '../../../projections/rebuild.ts';
import { markTampered } from '../../../projections/tampered-mark.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { claimedProvenance } from '../../../verifier/export-header.ts';
import { showEvents } from '../../ledger/show-reading.ts';
import type { ShowProgress } from '../../progress.ts';

/** How many events and rows an import wrote. */
export interface Imported {
  readonly events: number;
  /** How many of the events an earlier, interrupted import had written. */
  readonly resumed: number;
  readonly rows: number;
  /** The mode of the ledger, if its events tell it. */
  readonly mode?: FolderMode;
}

/**
 * Copies the events of an exported file into a new ledger, and makes its rows and its archive. Everything is checked while it
 * is read, and stored in steps: an import that was interrupted continues. The consumers count all events as
 * handled, so that nothing is tagged or alerted again; requests that are still open stay open. `show` is given the
 * progress of each step.
 *
 * Throws an `InvalidInputError` for a file that is damaged or is not a whole ledger, and if the ledger has
 * events of another one.
 */
export const importEvents = async (
  file: string,
  { database, store, states, coordination, feed, archived, atomically }: EmbeddedStores,
  show: ShowProgress,
): Promise<Imported> => {
  let [events, resumed, rows] = [0, 0, 0];
  const origin = startOrigin();
  const total = (await claimedProvenance(file))?.counts.events;
  for await (const lines of showEvents(fileStore(file), show, total).columns()) {
    await atomically(async () => {
      for (const line of lines) {
        const recorded = readRecorded(line as LedgerLine);
        origin.add(recorded.event);
        if (!(await importEvent(file, { store, coordination }, recorded))) resumed += 1;
      }
    });
    events += lines.length;
  }
  const imported = showEvents(store, show, events);
  await atomically(async () => {
    for await (const step of rebuild({ store: imported, states })) rows += step.rows;
    for (const consumer of CONSUMERS) feed.commit(consumer, feedEnd(database));
  });
  if (archived)
    await keepArchive({
      objects: archived,
      store: imported,
      now: () => new Date(),
      onArchived: (done, all) => show(done, all, 'events archived'),
    });
  const mode = origin.mode();
  return { events, resumed, rows, ...(mode && { mode }) };
};

/**
 * Tells the mode of a ledger from its events. Outcomes that do not say that they are simulated may be those of a real
 * EC2, or of an earlier version's simulation.
 */
const startOrigin = () => {
  let [isSimulated, isUnmarked, isRequested] = [false, false, false];
  return {
    add: (event: TagEvent): void => {
      const isOutcome = event.type === 'TagApplied' || event.type === 'TagFailed';
      isRequested ||= event.type === 'TagRequested';
      if (isOutcome && !event.simulated) isUnmarked = true;
      if ('simulated' in event && event.simulated) isSimulated = true;
    },
    mode: (): FolderMode | undefined => {
      if (isUnmarked) return undefined;
      if (isSimulated) return 'simulated';
      return isRequested ? undefined : 'observed';
    },
  };
};

/** Stores one event, and returns whether it was new. */
const importEvent = async (
  file: string,
  { store, coordination }: Pick<EmbeddedStores, 'store' | 'coordination'>,
  recorded: RecordedEvent,
): Promise<boolean> => {
  const [there] = await store.find([recorded]);
  if (there && there.hash !== recorded.hash) throw otherLedger(file, recorded);
  if (there) return false;
  await store.append(recorded);
  const { event } = recorded;
  if (event.type === 'TamperDetected') await restoreMark(coordination, event);
  return true;
};

/** The change feed had marked the resource; `verify --record` does not. */
const restoreMark = async (
  coordination: CoordinationStore,
  { how, tampered = '', seqs, eventId, effectiveAt }: TamperDetected,
): Promise<void> => {
  if (how === 'change-feed' && isResourceArn(tampered))
    await markTampered(coordination, tampered, seqs, eventId, new Date(effectiveAt));
};

const otherLedger = (
  file: string,
  { stream, seq }: { readonly stream: string; readonly seq: number },
): InvalidInputError =>
  new InvalidInputError(
    `The folder has another event ${seq} of ${stream} than ${file}: an import of another file was interrupted there. Name another folder with --ledger.`,
  );
