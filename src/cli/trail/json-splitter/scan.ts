export const NUL = 0;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
/** `[` and `{`, and `]` and `}`, differ only in this bit, so one comparison matches both. */
const CASE = 0x20;

export const isOpening = (byte: number): boolean => (byte | CASE) === 0x7b;
export const isClosing = (byte: number): boolean => (byte | CASE) === 0x7d;
/**
 * Whether a byte is allowed between values. NUL is not: it is left over from an incomplete write of the file.
 */
export const isBlank = (byte: number): boolean => byte <= 0x20 && byte !== NUL;

/** The state of a scan of a text that arrives in chunks. */
export interface Scan {
  /** The number of open brackets. */
  depth: number;
  /** The maximum of `depth` so far. */
  deepest: number;
  inString: boolean;
}

export const startScan = (): Scan => ({ depth: 0, deepest: 0, inString: false });

/** Enters a bracket. */
export const open = (scan: Scan): void => {
  scan.depth += 1;
  if (scan.depth > scan.deepest) scan.deepest = scan.depth;
};

/**
 * Skips to the end of the open string and returns the offset after it. If the result exceeds `to`, here and
 * in {@link skipNested}, the last byte was a backslash, and the first byte of the next chunk must be skipped.
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
 * Skips past the bracket that brings the depth down to `floor`. Nearly all bytes of a trail pass through this
 * loop; for strings of about ten bytes it is faster than calls of `indexOf`.
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
