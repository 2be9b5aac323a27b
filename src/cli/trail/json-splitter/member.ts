import { isBlank } from './scan.ts';

/** Watches the top-level bytes of an object to detect where a list with a given name begins. */
export interface MemberWatch {
  /** Accepts a byte outside strings. Returns the list's name if a `[` at this byte begins a watched list. */
  see(byte: number): string | undefined;
  /** Accepts a byte inside a string. */
  spell(byte: number): void;
}

const COLON = 0x3a;

/** Watches for members with these names. A name that is written with escapes is not recognized. */
export const watchMembers = (names: readonly string[]): MemberWatch => {
  const longest = Math.max(...names.map((name) => name.length));
  let word = '';
  let named: string | undefined;
  return {
    see: (byte) => {
      if (isBlank(byte)) return undefined;
      const before = named;
      named = byte === COLON && names.includes(word) ? word : undefined;
      word = '';
      return before;
    },
    spell: (byte) => {
      if (word.length <= longest) word += String.fromCharCode(byte);
    },
  };
};
