import { groupBy } from '../../../shared/collections.ts';
import type { IngestedChunk } from '../../ledger/ingest-records.ts';
import type { Console, Format } from '../../terminal.ts';
import type { EndedFile } from '../../trail/known-files.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { type Ingested, type RunningTally, startTally, type Tally } from '../../views/tally.ts';
import { writeList } from '../../write-output.ts';

/** Writes what was ingested while it is. */
export interface IngestOutput {
  add(chunk: IngestedChunk): void;
  /** Writes what stands at the end, before the totals. */
  end(): void;
}

/** Writes each result: immediately in NDJSON, at the end in JSON, and never in text. */
export const writeResults = (format: Format, console: Console): IngestOutput => {
  const all: Ingested[] = [];
  return {
    add: ({ results }) => {
      if (format === 'ndjson') writeList(console, format, results);
      if (format === 'json') all.push(...results);
    },
    end: () => {
      if (format === 'json') writeList(console, format, all);
    },
  };
};

/** What became of the records of a file. */
interface FileSummary extends Tally {
  readonly file: string;
  /** Whether it was not read now, because this ledger has read it to its end before. */
  readonly readBefore: boolean;
}

/** Writes each file when its last record is in the ledger, but in JSON at the end. Keeps only files that have not ended. */
export const writeFiles = (format: Format, console: Console): IngestOutput => {
  const open = new Map<string, RunningTally>();
  const all: FileSummary[] = [];
  const summaryOf = ({ name, known }: EndedFile): FileSummary => {
    const tally = open.get(name) ?? startTally();
    open.delete(name);
    return { file: name, readBefore: known !== undefined, ...tally.total() };
  };
  let isBegun = false;
  const write = (files: readonly FileSummary[]) => {
    if (format === 'json') all.push(...files);
    else if (format === 'ndjson') writeList(console, format, files);
    else {
      const lines = files.map(lineOf);
      if (!isBegun) lines.unshift(HEAD);
      isBegun = true;
      console.stdout(lines.join('\n'));
    }
  };
  return {
    add: ({ results, ended }) => {
      for (const [file, ofFile] of groupBy(results, (one) => one.file)) {
        const tally = open.get(file) ?? startTally();
        open.set(file, tally);
        tally.add(ofFile);
      }
      if (ended.length > 0) write(ended.map(summaryOf));
    },
    end: () => {
      if (format === 'json') writeList(console, format, all);
      else if (isBegun && format === 'text') console.stdout('');
    },
  };
};

const HEADINGS = ['records', 'appended', 'already there', 'skipped', 'rejected'];
const HEAD = `${HEADINGS.join('  ')}  file`;

const lineOf = (summary: FileSummary): string => {
  const { records, appended, alreadyThere, skipped, rejected, skippedBecause, file, readBefore } = summary;
  const counts = [records, appended, alreadyThere, skipped, rejected].map((count, i) =>
    (readBefore ? '-' : String(count)).padStart(HEADINGS[i]?.length ?? 0),
  );
  const reasons = Object.entries(skippedBecause).map(([reason, count]) => `${count} ${reason}`);
  const note = readBefore ? 'read before' : reasons.length > 0 ? `skipped: ${reasons.join(', ')}` : '';
  return sanitizeTerminal(`${counts.join('  ')}  ${file}${note && ` (${note})`}`);
};
