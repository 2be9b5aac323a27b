const LENGTH_BYTES = 4;

/**
 * Texts as one byte string that no other list of texts gives: each goes in as UTF-8 behind its length in bytes (4, big
 * endian). What is hashed or signed together goes through here.
 */
export const framed = (parts: readonly string[]): Buffer => {
  let length = 0;
  for (const part of parts) length += LENGTH_BYTES + Buffer.byteLength(part, 'utf8');
  const bytes = Buffer.allocUnsafe(length);
  write(bytes, parts);
  return bytes;
};

/** As {@link framed}, in memory that the next call uses again: for bytes that are hashed at once, as every event's are. */
export const framedForNow = (parts: readonly string[]): Buffer => {
  let most = 0;
  for (const part of parts) most += LENGTH_BYTES + MOST_BYTES * part.length;
  if (most > scratch.length) scratch = Buffer.allocUnsafe(2 * most);
  return scratch.subarray(0, write(scratch, parts));
};

let scratch = Buffer.allocUnsafe(16 * 1024);
/** Of one UTF-16 code unit in UTF-8. */
const MOST_BYTES = 3;

/** Writes the parts to the beginning of some memory; gives where they end. */
const write = (into: Buffer, parts: readonly string[]): number => {
  let end = 0;
  for (const part of parts) {
    const written = into.write(part, end + LENGTH_BYTES, 'utf8');
    into.writeUInt32BE(written, end);
    end += LENGTH_BYTES + written;
  }
  return end;
};

/** The texts in a byte string that {@link framed} made; undefined for any other bytes. */
export const unframed = (bytes: Uint8Array): string[] | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: string[] = [];
  for (let at = 0; at < buffer.length; ) {
    if (at + LENGTH_BYTES > buffer.length) return undefined;
    const end = at + LENGTH_BYTES + buffer.readUInt32BE(at);
    if (end > buffer.length) return undefined;
    parts.push(buffer.toString('utf8', at + LENGTH_BYTES, end));
    at = end;
  }
  // Bytes that are no UTF-8 were replaced on the way.
  return framed(parts).equals(buffer) ? parts : undefined;
};
