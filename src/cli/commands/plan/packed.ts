import type { Piece } from '../../trail/json-splitter/json-splitter.ts';
import type { TrailBatch } from '../../trail/trail-pieces.ts';

/** A batch with its bytes in one buffer, which can be transferred without another copy. */
export type PackedBatch = Omit<TrailBatch, 'pieces'> & {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The pieces, each with the length of its bytes, in order. */
  readonly pieces: readonly (Omit<Piece, 'bytes'> & { readonly length: number })[];
};

/**
 * Copies the bytes of a batch into one buffer. The pieces share memory with unread data, so they cannot be
 * transferred.
 */
export const packed = ({ pieces, ...batch }: TrailBatch): PackedBatch => {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0));
  let at = 0;
  const lengths = pieces.map(({ bytes: own, ...piece }) => {
    bytes.set(own, at);
    at += own.length;
    return { ...piece, length: own.length };
  });
  return { ...batch, bytes, pieces: lengths };
};

/** Reverses {@link packed}. */
export const unpacked = ({ bytes, pieces, ...batch }: PackedBatch): TrailBatch => {
  let at = 0;
  const whole = pieces.map(({ length, ...piece }) => {
    const own = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    at += length;
    return { ...piece, bytes: own };
  });
  return { ...batch, pieces: whole };
};
