import { isBlank } from './scan.ts';

/** Follows the bytes directly in an object, to know when a list of a certain name begins. */
export interface MemberWatch {
  /** A byte outside of strings; returns the name of the list that begins if it is a `[`. */
  see(byte: number): string | undefined;
  /** A byte inside of a string. */
  spell(byte: number): void;
}

const COLON = 0x3a;

/** Watches for members of these names. A name that is written with escapes is not known for what it is. */
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
