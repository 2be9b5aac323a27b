import { compressed, UnreadableArchiveError, uncompressed } from './compressed.ts';

/** Writes rows of numbers and texts. Each distinct text is stored once. */
export interface Packer {
  /** Writes a whole number, 0 or greater. */
  int(value: number): void;
  text(value: string | null): void;
  /** Everything written so far, compressed. */
  finish(): Promise<Uint8Array>;
}

/**
 * Reads what a {@link Packer} wrote, in the same order. Throws an {@link UnreadableArchiveError} past the
 * end.
 */
export interface Unpacker {
  readonly isAtEnd: () => boolean;
  int(): number;
  text(): string | null;
  /** Reads a text and parses it as JSON. Equal texts may share one value, so it must not be modified. */
  json(): unknown;
  /** Skips a text. */
  pass(): void;
}

/*
 * The format, before gzip: one byte 1 (the version); the length of the table in bytes (4, little endian); the
 * table, a JSON array of texts in the order of their first use; then the numbers, as LEB128. A text is
 * written as 0 for the next text of the table, 1 for null, or 2 + its place in the table, so common texts
 * come early and take one byte.
 */
const VERSION = 1;
const HEAD_BYTES = 5;
const [NEXT, NULL, KNOWN] = [0, 1, 2];

/**
 * About the size of an object. With the default chunks of 16 KB, the main thread would be interrupted for
 * each chunk.
 */
const UNZIPPED = 1 << 20;

/** Creates an empty {@link Packer}. */
export const packer = (): Packer => {
  const table = new Map<string, number>();
  let bytes = new Uint8Array(1 << 14);
  let length = 0;

  const int = (value: number) => {
    if (length + 8 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) bytes[length++] = (left % 128) + 128;
    bytes[length++] = left;
  };

  return {
    int,

    text(value) {
      if (value === null) return int(NULL);
      const known = table.get(value);
      if (known !== undefined) return int(KNOWN + known);
      table.set(value, table.size);
      int(NEXT);
    },

    finish() {
      const texts = Buffer.from(JSON.stringify([...table.keys()]));
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt8(VERSION);
      head.writeUInt32LE(texts.length, 1);
      return compressed(Buffer.concat([head, texts, bytes.subarray(0, length)]));
    },
  };
};

/** Parsed JSON texts by their text. They are names of people: few, and often repeated. */
export type Parsed = Map<string, unknown>;

/** The most parsed values that are cached. */
const PARSED = 10_000;

/**
 * Opens what a {@link Packer} wrote. Rejects with an {@link UnreadableArchiveError} for anything else.
 * Unpackers of several objects can share `parsed`.
 */
export const unpacker = async (
  name: string,
  packed: Uint8Array,
  parsed: Parsed = new Map(),
): Promise<Unpacker> => {
  const unreadable = (why: string) => new UnreadableArchiveError(`${name} in the archive ${why}`);
  const bytes = await uncompressed(name, packed, { chunkSize: UNZIPPED });
  if (bytes[0] !== VERSION || bytes.length < HEAD_BYTES) throw unreadable(`begins with ${bytes[0]}`);
  let at = HEAD_BYTES + bytes.readUInt32LE(1);
  const table = textsIn(bytes.toString('utf8', HEAD_BYTES, at));
  if (!table) throw unreadable('has no table of texts');
  let next = 0;

  const int = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw unreadable('ends too early');
      if (byte < 128) return value + byte * unit;
      value += (byte - 128) * unit;
    }
  };
  /** Reads the place of a text in the table; -1 for null. */
  const place = (): number => {
    const code = int();
    return code === NEXT ? next++ : code - KNOWN;
  };
  const here: unknown[] = [];
  const parse = (text: string): unknown => {
    const value = parsed.get(text) ?? JSON.parse(text);
    if (parsed.size >= PARSED) parsed.clear();
    parsed.set(text, value);
    return value;
  };
  const textAt = (i: number): string => {
    const text = table[i];
    if (text === undefined) throw unreadable('names a text that it does not hold');
    return text;
  };

  return {
    isAtEnd: () => at >= bytes.length,
    int,

    text() {
      const i = place();
      return i < 0 ? null : textAt(i);
    },

    json() {
      const i = place();
      if (i < 0) return null;
      here[i] ??= parse(textAt(i));
      return here[i];
    },

    pass() {
      place();
    },
  };
};

const textsIn = (json: string): string[] | undefined => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};
