import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Result } from '../handlers/act.ts';
import type { Console } from './console.ts';
import type { OpenLedger } from './open-ledger.ts';
import type { TrailEntry } from './read-trail.ts';

/** A result, with the place in the file that it comes from. */
export type Ingested = Result & { readonly file: string; readonly position: string };

/** How a run of records is cut up. */
export interface Chunks {
  /** Records that go through the front door in one call; the consumers run after each. */
  readonly size: number;
  readonly before?: (chunk: readonly TrailEntry[]) => void;
}

/**
 * Sends what was read through the front door, and lets the consumers of an embedded ledger run. What cannot be
 * used is kept in `rejects`, one JSON object a line with file, position, reason and the text, and the rest goes on.
 */
export const ingestRecords = async (
  ledger: OpenLedger,
  entries: readonly TrailEntry[],
  rejects: string,
  console: Console,
  { size, before }: Chunks = { size: 200 },
): Promise<Ingested[]> => {
  const ingested: Ingested[] = [];
  const reject = ({ file, position }: TrailEntry, reason: string, text: string) => {
    appendFileSync(rejects, `${JSON.stringify({ file, position, reason, text })}\n`);
    ingested.push({ input: 0, outcome: 'rejected', file, position, reason });
  };
  for (let i = 0; i < entries.length; i += size) {
    const chunk = entries.slice(i, i + size);
    before?.(chunk);
    const readable = chunk.filter((entry) => 'value' in entry);
    for (const entry of chunk) if ('problem' in entry) reject(entry, entry.problem, entry.text);
    const inputs = readable.map(({ value }) => value);
    for (const result of await ledger.request(inputs, contentId(inputs))) {
      const entry = readable[result.input] as (typeof readable)[number];
      if (result.outcome === 'rejected')
        reject(entry, result.reason ?? 'unusable', JSON.stringify(entry.value));
      else ingested.push({ ...result, file: entry.file, position: entry.position });
    }
    await ledger.embedded?.settle();
    console.progress(Math.min(i + size, entries.length), entries.length, 'records');
  }
  return ingested;
};

/** The same content has the same id, so a direct call in a file that is read again is the same call. */
const contentId = (inputs: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('base64url').slice(0, 22);
