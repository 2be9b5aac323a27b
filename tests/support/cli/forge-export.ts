import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { hashOf } from '../../../src/events/hash-chain.ts';
import { fromLine, type LedgerLine, toLine } from '../../../src/events/ledger-line.ts';
import { headerOf, readProvenance } from '../../../src/verifier/export-header.ts';
import type { Provenance } from '../../../src/verifier/provenance.ts';

/** The events of an exported file. */
export const linesIn = (file: string): LedgerLine[] =>
  gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean).map(fromLine);

/** The header of an exported file, which has one. */
export const headerIn = async (file: string): Promise<Provenance> => {
  const header = await readProvenance(file);
  if (!header || 'kind' in header) throw new Error(`${file} has no header`);
  return header;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const newestOf = (times: readonly string[]): string => [...times].sort().at(-1) ?? '';

/** Writes an export as somebody would who knows the format: with a header that fits the events, or without any. */
export const forge = (path: string, lines: readonly LedgerLine[], header?: Provenance): string => {
  const text = lines.map((line) => `${toLine(line)}\n`).join('');
  const fitting = header && {
    ...header,
    counts: { events: lines.length, streams: new Set(lines.map(({ stream }) => stream)).size },
    newestRecordedAt: newestOf(lines.map(({ recordedAt }) => recordedAt)),
    newestEffectiveAt: newestOf(lines.map(({ effectiveAt }) => effectiveAt)),
    linesSha256: sha256(text),
  };
  writeFileSync(path, Buffer.concat([...(fitting ? [headerOf(fitting)] : []), gzipSync(text)]));
  return path;
};

/** The events with other bodies, hashed anew so that every chain holds. */
export const rehashed = (
  lines: readonly LedgerLine[],
  change: (body: string, line: LedgerLine) => string,
): LedgerLine[] => {
  let before: LedgerLine | undefined;
  return lines.map((line) => {
    const prev = before?.stream === line.stream ? before.hash : line.prev;
    const body = change(line.body, line);
    before = { ...line, prev, body, hash: hashOf({ ...line, prev, body }) };
    return before;
  });
};
