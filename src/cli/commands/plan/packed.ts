import type { Piece } from '../../trail/json-splitter/json-splitter.ts';
import type { TrailBatch } from '../../trail/trail-pieces.ts';

/** A batch whose bytes lie in one buffer, which can change hands without being copied once more. */
export type PackedBatch = Omit<TrailBatch, 'pieces'> & {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each piece how many of the bytes are its own, in order. */
  readonly pieces: readonly (Omit<Piece, 'bytes'> & { readonly length: number })[];
};

/** Copies the bytes of a batch together: those of the pieces share memory with what is still to be read. */
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

/** The batch as it was. */
export const unpacked = ({ bytes, pieces, ...batch }: PackedBatch): TrailBatch => {
  let at = 0;
  const whole = pieces.map(({ length, ...piece }) => {
    const own = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    at += length;
    return { ...piece, bytes: own };
  });
  return { ...batch, pieces: whole };
};
