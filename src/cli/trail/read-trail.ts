import { decodeUtf8 } from '../../shared/text.ts';
import type { Piece } from './json-splitter/json-splitter.ts';
import { isBlank, NUL } from './json-splitter/scan.ts';
import { positionOf } from './position.ts';
import { type TrailBatch, trailPieces } from './trail-pieces.ts';

/** One thing that a file holds, or a place of it that cannot be read. */
export type TrailEntry = {
  readonly file: string;
  /** Where it stands there: `Records[3]`, `line 4`, `byte 1203`; empty for what is all of the file. */
  readonly position: string;
} & Content;

type Content = { readonly value: unknown } | { readonly problem: string; readonly text: string };

/** CloudTrail writes records of at most 256 KB; EventBridge and Lambda take at most 1 MB. */
const MAX_RECORD = 1024 * 1024;

/** A record is some ten levels deep; what walks through one comes to the end of its stack after thousands. */
const MAX_DEPTH = 1000;

const WHOLE = 'the whole file';

/**
 * Reads a CloudTrail log file (`{"Records": [...]}`), an answer of LookupEvents (`{"Events": [...]}`), a list of
 * records, one record or EventBridge envelope, or any of these one a line or one after the other; gzipped or not;
 * `-` is standard input. The memory it takes does not grow with the file. Throws an `InvalidInputError` when the
 * file cannot be read at all; what is wrong inside it comes as an entry with its position.
 */
export async function* readTrail(file: string): AsyncGenerator<TrailEntry> {
  for await (const batch of trailPieces(file, () => {})) yield* entriesIn(batch);
}

/**
 * What is in a batch of a file: for who works on entries faster than an async generator gives them out. Each is parsed
 * when its turn comes, so that nothing lives longer than it must.
 */
export function* entriesIn({ file, pieces, isEnd, damage }: TrailBatch): Generator<TrailEntry> {
  let last = damage?.after ?? '';
  let torn = '';
  for (const piece of pieces) {
    const content = contentOf(piece);
    if (!content) continue;
    // Where the file is damaged, that is the reason, and what it tore is no other one.
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

/** Where a problem stands in a piece that has no position of its own. */
const placeOf = ({ offset }: Piece, isEnd: boolean): string => (isEnd ? WHOLE : `byte ${offset}`);

/** What a piece holds; undefined for the frame of a list, of which only mistakes are news. */
const contentOf = (piece: Piece): Content | undefined => {
  const { bytes, size, depth, kind } = piece;
  if (bytes.includes(NUL) && bytes.every((byte) => byte === NUL || isBlank(byte))) {
    return { problem: 'holds only NUL bytes: the file was damaged, copy it again', text: '' };
  }
  const text = decodeUtf8(bytes);
  const problem = size > MAX_RECORD ? problemOfSize(piece, text) : undefined;
  if (problem) return { problem, text: text.trim() };
  if (depth > MAX_DEPTH) {
    return { problem: 'is nested too deeply: CloudTrail writes no such record', text: text.trim() };
  }
  try {
    const value: unknown = JSON.parse(text);
    return kind === 'frame' ? undefined : { value };
  } catch (error) {
    return { problem: `is not JSON: ${(error as Error).message}`, text: text.trim() };
  }
};

/** What is wrong with a piece of so many bytes; undefined when it has not too many characters. */
const problemOfSize = ({ bytes, size }: Piece, text: string): string | undefined => {
  const isCut = bytes.length < size;
  if (!isCut && text.length <= MAX_RECORD) return undefined;
  const measured = isCut ? `${size} bytes` : `${text.trim().length} characters`;
  const kept = isCut ? '; only its beginning is kept' : '';
  return `has ${measured}, expected at most ${MAX_RECORD}: CloudTrail writes none so long${kept}`;
};
