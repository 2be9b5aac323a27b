import { trailBytes } from './read-trail-bytes.ts';
import { type JsonSplitter, jsonSplitter, type Piece } from './split-json.ts';
import { formOf } from './split-json-form.ts';

/** What of a file was read at once. */
export interface Batch {
  readonly pieces: readonly Piece[];
  /** Whether these were not ended when the file was. */
  readonly isEnd: boolean;
  /** Why the file could not be read to its end. */
  readonly damage?: string;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads a file and cuts its JSON into pieces; the last batch, and no other, is the end. */
export async function* trailPieces(file: string, onRead: (bytes: number) => void): AsyncGenerator<Batch> {
  let splitter: JsonSplitter | undefined;
  let head = Buffer.alloc(0);
  const split = (ended: boolean): Piece[] => {
    const form = formOf(head, ended);
    if (!form) return [];
    splitter = jsonSplitter(form);
    return splitter.feed(head.subarray(0, 3).equals(BOM) ? head.subarray(3) : head);
  };
  let damage: string | undefined;
  for await (const chunk of trailBytes(file, onRead)) {
    if (!Buffer.isBuffer(chunk)) {
      damage = chunk.damage;
      break;
    }
    if (splitter) yield { pieces: splitter.feed(chunk), isEnd: false };
    else {
      head = Buffer.concat([head, chunk]);
      yield { pieces: split(false), isEnd: false };
    }
  }
  if (!splitter) yield { pieces: split(true), isEnd: false };
  yield { pieces: splitter?.end() ?? [], isEnd: true, ...(damage !== undefined && { damage }) };
}
