// biome-ignore-all lint/complexity/noExcessiveCognitiveComplexity: A state machine over the bytes of all files; its states share a dozen variables, and to pass these at each byte costs time.

import type { JsonForm } from './form.ts';
import { type HeldBytes, hold } from './hold.ts';
import { watchMembers } from './member.ts';
import {
  BACKSLASH,
  isBlank,
  isClosing,
  isOpening,
  NUL,
  open,
  QUOTE,
  skipNested,
  skipString,
  startScan,
} from './scan.ts';

/**
 * A piece of a text: a standalone `value`, an `element` of a list of records, or the `frame` of such a list,
 * which is its document without the elements. A text is well-formed if every piece is.
 */
export interface Piece extends HeldBytes {
  readonly kind: 'value' | 'element' | 'frame';
  /** The line of its document, from 1, if the text has one value per line. */
  readonly line?: number;
  /** The offset of its document, in bytes from the start of the text. */
  readonly offset: number;
  /** Whether its document is the first of the text, or of its line if the text has one value per line. */
  readonly isFirst: boolean;
  /** The name of the list; empty for a list that is a document by itself. */
  readonly list: string;
  /** The index of an element, from 0; for a frame, the number of elements. */
  readonly index: number;
  /** The maximum nesting depth of brackets. */
  readonly depth: number;
}

/** Splits a text into pieces, chunk by chunk. */
export interface JsonSplitter {
  /** Returns the pieces that end in this chunk. They can share its memory. */
  feed(chunk: Buffer): Piece[];
  /** Returns the pieces that were still open when the text ended. */
  end(): Piece[];
}

/**
 * The members that hold the records: `Records` in a CloudTrail log file, `Events` in a LookupEvents response, `events` in
 * that of filter-log-events, `Messages` in what sqs receive-message prints.
 */
const LISTS = ['Records', 'Events', 'events', 'Messages'];

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const BRACE = 0x7b;
const BRACKET = 0x5b;
const LONE_BRACKET: HeldBytes = { bytes: Buffer.from('['), size: 1 };
const NOTHING = Buffer.alloc(0);

/**
 * Finds the boundaries of the records in a JSON text from brackets and quotes alone; malformed content inside
 * a piece is left to the parser. In a text of `lines`, each line is split on its own, even if another is
 * torn. Among `documents`, text that is not JSON is one piece, up to the next line that begins with a brace.
 * Memory use is that of one piece (see {@link hold}).
 */
export const jsonSplitter = (form: JsonForm): JsonSplitter => {
  let where: 'between' | 'object' | 'element' | 'tail' | 'junk' = 'between';
  let scan = startScan();
  let watch = watchMembers(LISTS);
  const held = hold();
  let frame = LONE_BRACKET;
  let list = '';
  let index = 0;
  let line = 1;
  let lineBegun = 0;
  let offset = 0;
  let isFirst = true;
  /**
   * `consumed`: the bytes before this chunk. `beyond`: the bytes at its start that the scan of the previous
   * chunk already skipped.
   */
  let consumed = 0;
  let beyond = 0;
  let isLineBegun = false;
  let isNul = false;
  let pieces: Piece[] = [];

  const emit = (kind: Piece['kind'], { bytes, size }: HeldBytes) => {
    const piece = { kind, bytes, size, offset, isFirst, list, index, depth: scan.deepest };
    pieces.push(form === 'lines' ? { ...piece, line } : piece);
  };

  const emitFrame = ({ bytes, size }: HeldBytes) =>
    emit('frame', { bytes: Buffer.concat([frame.bytes, bytes]), size: frame.size + size });

  const betweenDocuments = (chunk: Buffer, at: number): number => {
    const byte = chunk[at] as number;
    if (isBlank(byte)) return at + 1;
    offset = consumed + at;
    isFirst = line !== lineBegun;
    lineBegun = line;
    list = '';
    index = 0;
    if (byte === BRACKET) return beginList('', LONE_BRACKET, at + 1);
    held.begin(at);
    scan = startScan();
    isLineBegun = true;
    isNul = false;
    where = byte === BRACE ? 'object' : 'junk';
    if (byte !== BRACE) return at;
    watch = watchMembers(LISTS);
    open(scan);
    return at + 1;
  };

  const beginList = (name: string, head: HeldBytes, at: number): number => {
    list = name;
    index = 0;
    frame = head;
    return beginElement(at);
  };

  const beginElement = (at: number): number => {
    where = 'element';
    scan = startScan();
    held.begin(at);
    return at;
  };

  /** Scans an object that can be a record or a document with a list of records. */
  const inObject = (chunk: Buffer, at: number, to: number): number => {
    if (scan.depth > 1) return (scan.inString ? skipString : skipNested)(scan, chunk, at, to, 1);
    const byte = chunk[at] as number;
    if (scan.inString) {
      if (byte === QUOTE) scan.inString = false;
      else watch.spell(byte);
      return byte === BACKSLASH ? at + 2 : at + 1;
    }
    const name = watch.see(byte);
    if (byte === QUOTE) scan.inString = true;
    else if (byte === BRACKET && name) return beginList(name, held.take(chunk, at + 1), at + 1);
    else if (isOpening(byte)) open(scan);
    else if (isClosing(byte)) {
      emit('value', held.take(chunk, at + 1));
      where = 'between';
    }
    return at + 1;
  };

  const inElement = (chunk: Buffer, at: number, to: number): number => {
    if (scan.depth > 0) return skipNested(scan, chunk, at, to, 0);
    const byte = chunk[at] as number;
    if (byte === QUOTE) scan.inString = true;
    else if (isOpening(byte)) open(scan);
    else if (byte === COMMA) {
      emit('element', held.take(chunk, at));
      index += 1;
      return beginElement(at + 1);
    } else if (isClosing(byte)) return endList(chunk, at);
    return at + 1;
  };

  const endList = (chunk: Buffer, at: number): number => {
    const last = held.take(chunk, at);
    if (index > 0 || !last.bytes.every(isBlank)) {
      emit('element', last);
      index += 1;
    }
    where = 'tail';
    scan = startScan();
    scan.depth = frame === LONE_BRACKET ? 1 : 2;
    held.begin(at);
    return at;
  };

  const inTail = (chunk: Buffer, at: number, to: number): number => {
    const next = skipNested(scan, chunk, at, to, 0);
    if (scan.depth === 0) {
      emitFrame(held.take(chunk, next));
      where = 'between';
    }
    return next;
  };

  const inJunk = (chunk: Buffer, at: number): number => {
    const byte = chunk[at] as number;
    // The lost part extends to the last NUL. Anything can begin after it.
    const ends = (byte === BRACE && !isLineBegun) || (isNul && byte !== NUL);
    isNul = byte === NUL;
    if (ends) {
      emit('value', held.take(chunk, at));
      where = 'between';
      return at;
    }
    if (byte === NEWLINE) isLineBegun = false;
    else if (!isBlank(byte)) isLineBegun = true;
    return at + 1;
  };

  /**
   * Scans part of a chunk. Returns how many bytes the scan went past its end: one after a final backslash,
   * otherwise none.
   */
  const scanPart = (chunk: Buffer, from: number, to: number): number => {
    let i = from;
    while (i < to) {
      if (where === 'object') i = inObject(chunk, i, to);
      else if (scan.inString) i = skipString(scan, chunk, i, to);
      else if (where === 'element') i = inElement(chunk, i, to);
      else if (where === 'tail') i = inTail(chunk, i, to);
      else if (where === 'junk') i = inJunk(chunk, i);
      else i = betweenDocuments(chunk, i);
    }
    return i - to;
  };

  /** Emits the piece that is still open at the end of the text or line. */
  const breakOff = (chunk: Buffer, to: number) => {
    const rest = where === 'between' ? undefined : held.take(chunk, to);
    if (rest && where === 'tail') emitFrame(rest);
    else if (rest && where === 'element') {
      const isTorn = scan.depth > 0 || scan.inString;
      if (isTorn || !rest.bytes.every(isBlank)) emit('element', rest);
      // A torn element is reported once: without its frame.
      if (!isTorn) emitFrame({ bytes: NOTHING, size: 0 });
    } else if (rest) emit('value', rest);
    where = 'between';
    scan = startScan();
    beyond = 0;
  };

  const given = (): Piece[] => {
    const ready = pieces;
    pieces = [];
    return ready;
  };

  return {
    feed: (chunk) => {
      let from = beyond;
      beyond = 0;
      if (form === 'lines') {
        for (let begin = 0; ; ) {
          const newline = chunk.indexOf(NEWLINE, begin);
          if (newline < 0) break;
          scanPart(chunk, from, newline);
          breakOff(chunk, newline);
          line += 1;
          begin = newline + 1;
          from = begin;
        }
      }
      beyond = from > chunk.length ? from - chunk.length : scanPart(chunk, from, chunk.length);
      if (where !== 'between') held.carry(chunk, chunk.length);
      consumed += chunk.length;
      return given();
    },
    end: () => {
      breakOff(NOTHING, 0);
      return given();
    },
  };
};
