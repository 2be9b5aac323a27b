import { leafHash } from '../../../src/verifier/merkle.ts';

const STRANGE = leafHash(Buffer.from('strange'));

/** Every proof that is not quite this one: each hash with a bit turned, left out, doubled, or with another one before or behind it. */
export const lyingProofs = (
  proof: readonly Uint8Array[],
): { readonly what: string; readonly proof: Uint8Array[] }[] => [
  ...proof.flatMap((hash, i) => [
    { what: `hash ${i} altered`, proof: proof.with(i, turned(hash)) },
    { what: `hash ${i} left out`, proof: proof.toSpliced(i, 1) },
    { what: `hash ${i} doubled`, proof: proof.toSpliced(i, 0, hash) },
  ]),
  { what: 'an extra hash before', proof: [STRANGE, ...proof] },
  { what: 'an extra hash behind', proof: [...proof, STRANGE] },
  ...(proof.length > 1 ? [{ what: 'the wrong way round', proof: proof.toReversed() }] : []),
];

/** The bytes with one bit turned. */
export const turned = (bytes: Uint8Array, at = 0): Buffer =>
  Buffer.from(bytes.with(at, (bytes[at] as number) ^ 1));
