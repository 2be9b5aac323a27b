import { decodeUtf8 } from '../../shared/text.ts';
import type { Piece } from './json-splitter/json-splitter.ts';
import { isBlank, NUL } from './json-splitter/scan.ts';
import { positionOf } from './position.ts';
import { localFile } from './trail-file.ts';
import { type TrailBatch, trailPieces } from './trail-pieces.ts';

/** One value in a file, or a part of it that cannot be read. */
export type TrailEntry = {
  readonly file: string;
  /** The position in the file: `Records[3]`, `line 4`, `byte 1203`; empty if the entry is the whole file. */
  readonly position: string;
} & Content;

type Content = { readonly value: unknown } | { readonly problem: string; readonly text: string };

/** CloudTrail writes records of at most 256 KB; EventBridge and Lambda accept at most 1 MB. */
const MAX_RECORD = 1024 * 1024;

/** A record is about ten levels deep. Recursive code overflows its stack after thousands of levels. */
const MAX_DEPTH = 1000;

const WHOLE = 'the whole file';

/**
 * Reads a CloudTrail log file (`{"Records": [...]}`), a LookupEvents response (`{"Events": [...]}`), a list
 * of records, one record or EventBridge envelope, or any of these one per line or one after another, gzipped
 * or not. `-` is standard input. Memory use does not grow with the file. Throws an `InvalidInputError` if the
 * file cannot be read at all; a problem inside it becomes an entry with its position.
 */
export async function* readTrail(file: string): AsyncGenerator<TrailEntry> {
  for await (const batch of trailPieces(localFile(file), () => {})) yield* entriesIn(batch);
}

/**
 * Yields the entries of a batch. This is a synchronous generator, because an async generator that yields
 * single entries costs more than parsing them. Each entry is parsed on demand, so that nothing lives longer
 * than needed.
 */
export function* entriesIn({ file, pieces, isEnd, damage }: TrailBatch): Generator<TrailEntry> {
  let last = damage?.after ?? '';
  let torn = '';
  for (const piece of pieces) {
    const content = contentOf(piece);
    if (!content) continue;
    // If the file is damaged, the torn piece is part of that damage and not a problem of its own.
    if ('problem' in content && damage) {
      torn ||= content.text;
      continue;
    }
    const position = positionOf(piece);
    last = position;
    if ('value' in content) yield { file, position, value: content.value };
    else yield { file, position: position || placeOf(piece, isEnd), ...content };
  }
  if (damage) yield { file, position: last ? `after ${last}` : WHOLE, problem: damage.problem, text: torn };
}

/** The position of a problem in a piece that has no position of its own. */
const placeOf = ({ offset }: Piece, isEnd: boolean): string => (isEnd ? WHOLE : `byte ${offset}`);

/**
 * Parses a piece. Returns undefined for a valid frame of a list, because only errors in a frame are reported.
 */
const contentOf = (piece: Piece): Content | undefined => {
  const { bytes, size, depth, kind } = piece;
  if (bytes.includes(NUL) && bytes.every((byte) => byte === NUL || isBlank(byte))) {
    return { problem: 'holds only NUL bytes: the file was damaged, copy it again', text: '' };
  }
  const text = decodeUtf8(bytes);
  const problem = size > MAX_RECORD ? problemOfSize(piece, text) : undefined;
  if (problem) return { problem, text: text.trim() };
  if (depth > MAX_DEPTH) {
    return {
      problem: 'This is nested too deeply to be a CloudTrail record. Give what CloudTrail wrote.',
      text: text.trim(),
    };
  }
  try {
    const value: unknown = JSON.parse(text);
    return kind === 'frame' ? undefined : { value };
  } catch (error) {
    return {
      problem: `This is not JSON (${(error as Error).message}). Give a CloudTrail log file, or one JSON value a line.`,
      text: text.trim(),
    };
  }
};

/**
 * The problem of a piece that is larger than {@link MAX_RECORD} bytes; undefined if its text has few enough
 * characters.
 */
const problemOfSize = ({ bytes, size }: Piece, text: string): string | undefined => {
  const isCut = bytes.length < size;
  if (!isCut && text.length <= MAX_RECORD) return undefined;
  const measured = isCut ? `${size} bytes` : `${text.trim().length} characters`;
  const kept = isCut ? ' Only its beginning is kept.' : '';
  return `This has ${measured}, and a CloudTrail record has at most ${MAX_RECORD}. Give what CloudTrail wrote.${kept}`;
};
