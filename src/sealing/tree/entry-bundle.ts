import { LogDamagedError } from '../log/seal-errors.ts';

const LENGTH_BYTES = 2;

/**
 * Packs entries as one object, each after its length in two bytes, big endian (C2SP tlog-tiles, "Log
 * entries").
 */
export const entryBundle = (entries: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );

/**
 * The entries of an object. Throws a {@link LogDamagedError}, which contains `name`, when the bytes end
 * within an entry.
 */
export const entriesIn = (bytes: Uint8Array, name: string): Buffer[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Buffer[] = [];
  for (let at = 0; at < buffer.length; ) {
    const start = at + LENGTH_BYTES;
    const end = start <= buffer.length ? start + buffer.readUInt16BE(at) : start;
    if (end > buffer.length) throw new LogDamagedError(`the object ${name} of the log ends within an entry`);
    entries.push(buffer.subarray(start, end));
    at = end;
  }
  return entries;
};
