import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { inName, packLines, unpackLines } from './segment.ts';

const FOLDER = 'inbox/';

/**
 * Hands events over to the archive, at least one. Resolves when they are durably there; questions see them from then
 * on. The object's name comes from what it holds, so the same batch delivered again changes nothing, and batches of
 * any number of writers at once do not meet.
 */
export const archiveEvents = async (
  objects: ObjectStore,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const { bytes, digest } = await packLines(events);
  await objects.create(`${FOLDER}${inName(events[0]?.recordedAt ?? '')}-${digest}.ndjson.gz`, bytes);
};

/** The objects in which events wait for their segment, the earliest first. */
export const inboxNames = async (objects: ObjectStore): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of objects.list(FOLDER)) names.push(name);
  return names;
};

/** The events of such an object; undefined when it is gone, because its events are in a segment by now. */
export const readInbox = async (objects: ObjectStore, name: string): Promise<RecordedEvent[] | undefined> => {
  const bytes = await objects.get(name);
  return bytes && unpackLines(name, bytes);
};
