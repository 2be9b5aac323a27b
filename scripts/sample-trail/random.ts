/** A seeded source of choices and of AWS-looking names: the same seed gives the same trail on every machine. */
export interface Random {
  /** An integer from 0 to n - 1. */
  readonly below: (n: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly letters: (length: number, alphabet: string) => string;
  readonly hex: (length: number) => string;
  /** A version 4 UUID. */
  readonly uuid: () => string;
  /** `vol` gives `vol-0` and 16 more hex digits, as EC2 does. */
  readonly resourceId: (prefix: string) => string;
  /** An IAM id or access key id that ends in EXAMPLE, so that no scanner takes it for a real one. */
  readonly iamId: (prefix: 'AROA' | 'AIDA' | 'ASIA' | 'AKIA') => string;
}

export const random = (seed: number): Random => {
  let state = seed;
  // mulberry32: small, fast, and good enough for sample data.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  const letters = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join('');
  const hex = (length: number): string => letters(length, '0123456789abcdef');
  return {
    below,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    letters,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${letters(1, '89ab')}${hex(3)}-${hex(12)}`,
    resourceId: (prefix) => `${prefix}-0${hex(16)}`,
    iamId: (prefix) =>
      `${prefix}${letters(prefix.endsWith('IA') ? 9 : 10, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}EXAMPLE`,
  };
};
