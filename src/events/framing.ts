const LENGTH_BYTES = 4;

/**
 * Encodes texts as bytes that no other list of texts encodes to: each text as UTF-8, after its length in
 * bytes (4 bytes, big endian). Everything that is hashed or signed together is framed this way.
 */
export const framed = (parts: readonly string[]): Buffer => {
  let length = 0;
  for (const part of parts) length += LENGTH_BYTES + Buffer.byteLength(part, 'utf8');
  const bytes = Buffer.allocUnsafe(length);
  write(bytes, parts);
  return bytes;
};

/**
 * Like {@link framed}, but in memory that the next call overwrites. Use it for bytes that are hashed at
 * once, as those of every event are.
 */
export const framedForNow = (parts: readonly string[]): Buffer => {
  let most = 0;
  for (const part of parts) most += LENGTH_BYTES + MOST_BYTES * part.length;
  if (most > scratch.length) scratch = Buffer.allocUnsafe(2 * most);
  return scratch.subarray(0, write(scratch, parts));
};

let scratch = Buffer.allocUnsafe(16 * 1024);
/** The most bytes that one UTF-16 code unit takes in UTF-8. */
const MOST_BYTES = 3;

/** Writes the parts to the start of a buffer and returns where they end. */
const write = (into: Buffer, parts: readonly string[]): number => {
  let end = 0;
  for (const part of parts) {
    const written = into.write(part, end + LENGTH_BYTES, 'utf8');
    into.writeUInt32BE(written, end);
    end += LENGTH_BYTES + written;
  }
  return end;
};

/** The texts in bytes that {@link framed} wrote; undefined for any other bytes. */
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
  // Decoding replaced invalid UTF-8, so such bytes differ from the frame of their texts.
  return framed(parts).equals(buffer) ? parts : undefined;
};
