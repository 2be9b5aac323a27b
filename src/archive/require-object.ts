import type { ReadOnlyObjectStore } from '../objects/object-store.ts';

/** Reads an object that the catalogue names. Rejects with a {@link MissingObjectError} when there is none. */
export const requireObject = async (objects: ReadOnlyObjectStore, name: string): Promise<Uint8Array> => {
  const bytes = await objects.get(name);
  if (!bytes) throw new MissingObjectError(name);
  return bytes;
};

/** An object that the archive's catalogue names does not exist. */
class MissingObjectError extends Error {
  override readonly name = 'MissingObjectError';

  constructor(name: string) {
    super(
      `The archive has no ${name}, which its catalogue names. Ask again; if it is still missing, make the archive again with \`tagledger archive rebuild\`.`,
    );
  }
}
