import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import type { EventStore } from '../../src/events/event-store.ts';
import type { StoredColumns } from '../../src/events/ledger-line.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { type ExportOrigin, exportLedger, type Period } from '../../src/exports/export-ledger.ts';
import { chain, observed, requested, retired, streamOf, tags } from './events.ts';

/** Three streams of 4, 1 and 2 events, in an order that is not that of their names. */
export const CHAINS: readonly (readonly RecordedEvent[])[] = [
  chain(
    [requested('r1'), observed('o1'), observed('o2', { set: tags('Name=Zoë') }), retired('d1')],
    streamOf('i-00000002'),
  ),
  chain([observed('o1', { set: [{ key: 'Note', value: 'a\u2028"\\\n\ufffd😀' }] })], streamOf('i-00000003')),
  chain([requested('r1'), observed('o1')], streamOf('i-00000001')),
];

/** A store that holds these events, appended in this order. */
export const storeOf = async (events: Iterable<RecordedEvent>): Promise<EventStore> => {
  const store = memoryStore();
  for (const event of events) await store.append(event);
  return store;
};

/** What a store would give for these columns. */
export async function* batchOf(columns: readonly StoredColumns[]): AsyncGenerator<readonly StoredColumns[]> {
  yield columns;
}

/** Exports columns to a file. */
export const exported = (path: string, columns: readonly StoredColumns[], period: Period = {}) =>
  exportLedger(batchOf(columns), path, { origin: ORIGIN, period }, () => {});

/** Where exported columns are said to come from. */
export const ORIGIN: ExportOrigin = {
  ledger: { kind: 'folder', name: 'ledger' },
  selection: { kind: 'whole' },
  toolVersion: '0.1.0',
  exportedAt: '2026-04-01T12:00:00.000Z',
};

/** A folder that is removed after the tests of a suite. */
export const temporaryFolder = (suite: { after: (hook: () => void) => void }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-export-'));
  suite.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
