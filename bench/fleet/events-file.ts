import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { columnsOf, fromLine, toLine } from '../../src/events/ledger-line.ts';
import { type RecordedEvent, readRecorded } from '../../src/events/recorded-event.ts';

const LINES_AT_ONCE = 1_000;

/** Writes events as one file of lines, compressed. */
export const writeEvents = (file: string, events: Iterable<RecordedEvent>): Promise<void> => {
  const chunks = function* () {
    let lines: string[] = [];
    for (const event of events) {
      lines.push(`${toLine(columnsOf(event))}\n`);
      if (lines.length < LINES_AT_ONCE) continue;
      yield lines.join('');
      lines = [];
    }
    yield lines.join('');
  };
  return pipeline(Readable.from(chunks()), createGzip({ level: 1 }), createWriteStream(file));
};

/** The events in such a file. */
export async function* readEvents(file: string): AsyncGenerator<RecordedEvent> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  for await (const line of lines) yield readRecorded(fromLine(line));
}

/** The size of an event's item in DynamoDB, in bytes: names and values of its attributes; hashes are 32 bytes each. */
export const itemBytes = (event: RecordedEvent): number => {
  const { prev: _, hash: __, seq: ___, ...texts } = columnsOf(event);
  const named = Object.entries(texts).reduce(
    (sum, [name, text]) => sum + name.length + Buffer.byteLength(text),
    0,
  );
  return named + 'seqprevhash'.length + 3 + 32 + 32;
};
