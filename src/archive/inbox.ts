import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import { UnreadableArchiveError } from './compressed.ts';
import { inName, packLines, unpackLines } from './segment.ts';

/** The folder of the events that wait for a segment. */
export const INBOX = 'inbox/';

/**
 * Hands events, at least one, over to the archive. Once it resolves, they are durable and questions see them.
 * The object is named after its content, so a redelivered batch changes nothing and concurrent writers do not
 * conflict.
 */
export const archiveEvents = async (
  objects: ObjectStore,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const { bytes, digest } = await packLines(events);
  await objects.create(`${INBOX}${inName(events[0]?.recordedAt ?? '')}-${digest}.ndjson.gz`, bytes);
};

/** The names of the objects whose events wait for a segment, the earliest first. */
export const inboxNames = async (objects: ReadOnlyObjectStore): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of objects.list(INBOX)) names.push(name);
  return names;
};

/**
 * The events of an inbox object; undefined when it was removed because its events are in a segment. Rejects with an
 * {@link UnreadableArchiveError} if its name is not that of its content.
 */
export const readInbox = async (
  objects: ReadOnlyObjectStore,
  name: string,
): Promise<RecordedEvent[] | undefined> => {
  const bytes = await objects.get(name);
  if (!bytes) return undefined;
  const { events, digest } = await unpackLines(name, bytes);
  if (!name.includes(digest))
    throw new UnreadableArchiveError(`${name} in the archive is not the object that its name says`);
  return events;
};
