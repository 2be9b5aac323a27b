/** Bytes of one piece, as far as they were kept. */
export interface HeldBytes {
  readonly bytes: Buffer;
  /** How many there were; more than `bytes` has when only the beginning was kept. */
  readonly size: number;
}

/** Keeps the bytes of one piece, which may begin in one chunk and end in a later one. */
export interface Hold {
  /** Begins at this place of the chunk. */
  begin(at: number): void;
  /** The chunk ends here, and the piece goes on in the next. */
  carry(chunk: Buffer, to: number): void;
  /** What was held, up to here; nothing is held any more. */
  take(chunk: Buffer, to: number): HeldBytes;
}

/** A piece may be kept whole among the rejects up to this size; of a larger one the beginning must do. */
const MOST_KEPT = 16 * 1024 * 1024;
const BEGINNING = 64 * 1024;

/** Holds one piece at a time, in at most 16 MiB and a chunk. */
export const hold = (): Hold => {
  let parts: Buffer[] = [];
  let carried = 0;
  let start = 0;
  const add = (part: Buffer) => {
    if (carried <= MOST_KEPT) parts.push(part);
    carried += part.length;
    if (carried > MOST_KEPT) parts = [Buffer.from(Buffer.concat(parts).subarray(0, BEGINNING))];
  };
  return {
    begin: (at) => {
      parts = [];
      carried = 0;
      start = at;
    },
    carry: (chunk, to) => {
      add(chunk.subarray(start, to));
      start = 0;
    },
    take: (chunk, to) => {
      const last = chunk.subarray(start, to);
      if (carried === 0) return { bytes: last, size: last.length };
      add(last);
      return { bytes: Buffer.concat(parts), size: carried };
    },
  };
};
