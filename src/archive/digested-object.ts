import { createHash } from 'node:crypto';
import type { ObjectStore, ReadOnlyObjectStore } from '../objects/object-store.ts';
import { UnreadableArchiveError } from './compressed.ts';

/** SHA-256 as 64 hex digits, as `sha256sum` writes it. */
export const digestOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Writes an object, and returns the digest by which a catalogue names it. */
export const putObject = async (objects: ObjectStore, name: string, bytes: Uint8Array): Promise<string> => {
  await objects.put(name, bytes);
  return digestOf(bytes);
};

/**
 * Reads an object that the catalogue names, and compares it with its digest. What archives of earlier versions name
 * without a digest is not compared. Rejects with an {@link UnreadableArchiveError} that names the object.
 */
export const requireObject = async (
  objects: ReadOnlyObjectStore,
  name: string,
  sha256: string | undefined,
): Promise<Uint8Array> => {
  const bytes = await objects.get(name);
  if (!bytes) throw new UnreadableArchiveError(`The archive has no ${name}, which belongs to it`);
  if (sha256 !== undefined && digestOf(bytes) !== sha256)
    throw new UnreadableArchiveError(`${name} in the archive does not fit its digest`);
  return bytes;
};
