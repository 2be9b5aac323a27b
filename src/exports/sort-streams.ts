import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type StoredColumns, toLine } from '../events/ledger-line.ts';
import { readLedgerFile } from '../verifier/ledger-file.ts';
import { temporaryPrefix } from './temporary-files.ts';

/** The lines of one stream, in order, each with its line end. */
export interface StreamLines {
  readonly stream: string;
  readonly lines: string;
}

/** How much is kept in memory before it is written to a temporary file, in characters. */
const RUN_LENGTH = 64 * 1024 * 1024;

/**
 * The lines of a ledger, with its streams sorted by name (by UTF-16 code units), so that one ledger yields
 * the same lines whatever the order of its store. The events of a stream must come together. What does
 * not fit into memory is written to sorted temporary files in `folder`, which only their owner may read
 * and which are removed at the end.
 */
export async function* sortedStreams(
  batches: AsyncIterable<readonly StoredColumns[]>,
  folder: string,
  runLength = RUN_LENGTH,
): AsyncGenerator<StreamLines> {
  const aside = await mkdtemp(join(folder, temporaryPrefix()));
  try {
    const runs: string[] = [];
    let run: StreamLines[] = [];
    let length = 0;
    for await (const one of streamsIn(batches)) {
      run.push(one);
      length += one.lines.length;
      if (length < runLength) continue;
      runs.push(await putAside(join(aside, String(runs.length)), run));
      run = [];
      length = 0;
    }
    if (runs.length === 0) yield* run.sort(byStream);
    else {
      if (run.length > 0) runs.push(await putAside(join(aside, String(runs.length)), run));
      yield* merged(runs);
    }
  } finally {
    await rm(aside, { recursive: true });
  }
}

const byStream = (a: Pick<StreamLines, 'stream'>, b: Pick<StreamLines, 'stream'>): number =>
  a.stream < b.stream ? -1 : 1;

async function* streamsIn(batches: AsyncIterable<readonly StoredColumns[]>): AsyncGenerator<StreamLines> {
  let stream: string | undefined;
  let lines: string[] = [];
  for await (const batch of batches) {
    for (const columns of batch) {
      if (stream !== undefined && stream !== columns.stream) {
        yield { stream, lines: lines.join('') };
        lines = [];
      }
      stream = columns.stream;
      lines.push(`${toLine(columns)}\n`);
    }
  }
  if (stream !== undefined) yield { stream, lines: lines.join('') };
}

const putAside = async (path: string, run: StreamLines[]): Promise<string> => {
  const file = await open(path, 'wx', 0o600);
  try {
    for (const { lines } of run.sort(byStream)) await file.appendFile(lines);
  } finally {
    await file.close();
  }
  return path;
};

/**
 * Compares the next stream of all files for each output stream, because even a large ledger needs few files.
 */
async function* merged(paths: readonly string[]): AsyncGenerator<StreamLines> {
  const runs = paths.map((path) => streamsIn(columnsIn(path)));
  try {
    const heads = await Promise.all(runs.map((run) => run.next()));
    for (;;) {
      let least = -1;
      for (const [i, head] of heads.entries()) {
        const best = heads[least];
        if (!head.done && (!best || best.done || head.value.stream < best.value.stream)) least = i;
      }
      const [run, head] = [runs[least], heads[least]];
      if (!run || !head || head.done) return;
      yield head.value;
      heads[least] = await run.next();
    }
  } finally {
    await Promise.all(runs.map((run) => run.return(undefined)));
  }
}

async function* columnsIn(path: string): AsyncGenerator<readonly StoredColumns[]> {
  for await (const { columns, problems } of readLedgerFile(path)) {
    if (problems.length > 0) throw new Error(`The file ${path} was changed while it was read. Try again.`);
    yield columns;
  }
}
