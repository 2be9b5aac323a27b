import { formOf } from './json-splitter/form.ts';
import { type JsonSplitter, jsonSplitter, type Piece } from './json-splitter/json-splitter.ts';
import { positionOf } from './position.ts';
import { trailBytes } from './trail-bytes.ts';
import { STANDARD_INPUT, type TrailFile } from './trail-file.ts';

/** Some of the pieces of a file, in order, before they are parsed. */
export interface TrailBatch {
  readonly file: string;
  readonly pieces: readonly Piece[];
  /** So many bytes of inflated text were read for it. The pieces can keep all of them in memory. */
  readonly read: number;
  /** Whether this is the last batch, whose pieces were still open at the end of the file. */
  readonly isEnd: boolean;
  readonly damage?: Damaged;
}

/** The problem of a file that is empty or could not be read to its end. */
interface Damaged {
  readonly problem: string;
  /** The position of the last entry before this batch; empty if there is none, or if it has no position. */
  readonly after: string;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads a file and splits its JSON into pieces. Only the last batch has `isEnd`. */
export async function* trailPieces(
  file: TrailFile,
  onRead: (chunk: Buffer) => void,
): AsyncGenerator<TrailBatch> {
  const { name } = file;
  let splitter: JsonSplitter | undefined;
  let head = Buffer.alloc(0);
  const split = (ended: boolean): Piece[] => {
    const form = formOf(head, ended);
    if (!form) return [];
    splitter = jsonSplitter(form);
    return splitter.feed(head.subarray(0, 3).equals(BOM) ? head.subarray(3) : head);
  };
  let last: Piece | undefined;
  let isEmpty = true;
  const batchOf = (pieces: readonly Piece[], read: number): TrailBatch => {
    isEmpty &&= pieces.length === 0;
    last = pieces.findLast(({ kind }) => kind !== 'frame') ?? last;
    return { file: name, pieces, read, isEnd: false };
  };
  let problem: string | undefined;
  for await (const chunk of trailBytes(file, onRead)) {
    if (!Buffer.isBuffer(chunk)) {
      problem = `${name} cannot be read to its end (${chunk.damage}). Copy it again.`;
      break;
    }
    if (splitter) yield batchOf(splitter.feed(chunk), chunk.length);
    else {
      head = Buffer.concat([head, chunk]);
      yield batchOf(split(false), chunk.length);
    }
  }
  if (!splitter) yield batchOf(split(true), 0);
  const pieces = splitter?.end() ?? [];
  isEmpty &&= pieces.length === 0;
  // Empty standard input is no damaged file: an upstream command found nothing.
  if (isEmpty && name !== STANDARD_INPUT)
    problem ??= `${name} is empty. CloudTrail writes no empty files, so copy it again.`;
  const damage = problem !== undefined && { damage: { problem, after: last ? positionOf(last) : '' } };
  yield { file: name, pieces, read: 0, isEnd: true, ...damage };
}
