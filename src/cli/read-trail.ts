import { trailPieces } from './read-trail-pieces.ts';
import { positions } from './read-trail-position.ts';
import type { Piece } from './split-json.ts';

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

/**
 * Reads a CloudTrail log file (`{"Records": [...]}`), an answer of LookupEvents (`{"Events": [...]}`), a list of
 * records, one record or EventBridge envelope, or any of these one a line or one after the other; gzipped or not;
 * `-` is standard input. The memory it takes does not grow with the file. Throws an `InvalidInputError` when the
 * file cannot be read at all; what is wrong inside it comes as an entry with its position. `onRead` is told how
 * many bytes of the file came.
 */
export async function* readTrail(
  file: string,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<TrailEntry> {
  const positionOf = positions();
  let last = '';
  for await (const { pieces, isEnd, damage } of trailPieces(file, onRead)) {
    let torn = '';
    for (const piece of pieces) {
      const position = positionOf(piece);
      const content = contentOf(piece);
      if (!content) continue;
      const isProblem = 'problem' in content;
      if (isProblem && damage !== undefined) {
        // Where the file is damaged, that is the reason, and this is no other one.
        torn ||= content.text;
        continue;
      }
      last = position;
      const whole = isEnd ? 'the whole file' : `byte ${piece.offset}`;
      yield { file, position: position || (isProblem ? whole : ''), ...content };
    }
    if (damage !== undefined) {
      const position = last ? `after ${last}` : 'the whole file';
      const problem = `got ${file}, which cannot be read to its end (${damage}): get it again`;
      yield { file, position, problem, text: torn };
    }
  }
}

/** What a piece holds; undefined for the frame of a list, of which only mistakes are news. */
const contentOf = (piece: Piece): Content | undefined => {
  const { bytes, size, depth, kind } = piece;
  const text = bytes.toString('utf8');
  if (size > MAX_RECORD) {
    const isCut = bytes.length < size;
    if (isCut || text.length > MAX_RECORD) {
      const measured = isCut ? `${size} bytes` : `${text.trim().length} characters`;
      const kept = isCut ? '; only its beginning is kept' : '';
      const problem = `has ${measured}, expected at most ${MAX_RECORD}: CloudTrail writes none so long${kept}`;
      return { problem, text: text.trim() };
    }
  }
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
