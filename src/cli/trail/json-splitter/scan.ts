export const NUL = 0;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
/** `[` and `{`, and `]` and `}`, are this bit apart, so one comparison finds both. */
const CASE = 0x20;

export const isOpening = (byte: number): boolean => (byte | CASE) === 0x7b;
export const isClosing = (byte: number): boolean => (byte | CASE) === 0x7d;
/** What may stand between values. A NUL may not: it is what is left of a file that was not written to its end. */
export const isBlank = (byte: number): boolean => byte <= 0x20 && byte !== NUL;

/** Where a scan is in a text that comes in chunks. */
export interface Scan {
  /** How many brackets are open. */
  depth: number;
  /** The most that were open at once. */
  deepest: number;
  inString: boolean;
}

export const startScan = (): Scan => ({ depth: 0, deepest: 0, inString: false });

/** Goes past an opening bracket. */
export const open = (scan: Scan): void => {
  scan.depth += 1;
  if (scan.depth > scan.deepest) scan.deepest = scan.depth;
};

/**
 * Goes to the end of the string that is open; returns the place behind it. A place beyond `to`, here and in
 * {@link skipNested}, is a backslash at the very end: the byte behind it is to be passed over in the next chunk.
 */
export const skipString = (scan: Scan, chunk: Buffer, from: number, to: number): number => {
  let i = from;
  while (i < to) {
    const byte = chunk[i++];
    if (byte === QUOTE) {
      scan.inString = false;
      break;
    }
    if (byte === BACKSLASH) i += 1;
  }
  return i;
};

/**
 * Goes behind the bracket that brings the depth down to `floor`. Nearly all bytes of a trail pass through here: on
 * strings of some ten bytes this loop is faster than calls of `indexOf`.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: Nearly all bytes of a trail pass through this loop, and a call for each string makes it slower.
export const skipNested = (scan: Scan, chunk: Buffer, from: number, to: number, floor: number): number => {
  let i = from;
  let { depth, deepest } = scan;
  while (i < to) {
    const byte = chunk[i++] as number;
    if (byte === QUOTE) {
      let ended = false;
      while (i < to) {
        const inner = chunk[i++];
        if (inner === QUOTE) {
          ended = true;
          break;
        }
        if (inner === BACKSLASH) i += 1;
      }
      if (!ended) {
        scan.inString = true;
        break;
      }
    } else if ((byte | CASE) === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if ((byte | CASE) === 0x7d) {
      depth -= 1;
      if (depth === floor) break;
    }
  }
  scan.depth = depth;
  scan.deepest = deepest;
  return i;
};
