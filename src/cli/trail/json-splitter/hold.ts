/** The kept bytes of one piece. */
export interface HeldBytes {
  readonly bytes: Buffer;
  /** The piece's full size in bytes; larger than `bytes` if only the beginning was kept. */
  readonly size: number;
}

/** Keeps the bytes of one piece, which can span chunks. */
export interface Hold {
  /** Starts a piece at this offset of the chunk. */
  begin(at: number): void;
  /** Keeps the bytes up to the end of the chunk; the piece continues in the next chunk. */
  carry(chunk: Buffer, to: number): void;
  /** Returns the piece, which ends at `to`, and clears the hold. */
  take(chunk: Buffer, to: number): HeldBytes;
}

/**
 * Pieces up to this size are kept whole, so that a reject has its full text. Of a larger piece, only the
 * beginning is kept.
 */
const MOST_KEPT = 16 * 1024 * 1024;
const BEGINNING = 64 * 1024;

/** Holds one piece at a time, in at most 16 MiB plus one chunk. */
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
