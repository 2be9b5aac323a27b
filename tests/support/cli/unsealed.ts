import { join } from 'node:path';
import { ingestRecords } from '../../../src/cli/ledger/ingest-records.ts';
import { openFolderRuntime } from '../../../src/cli/ledger/open-runtime.ts';

/**
 * Takes records into a simulated ledger as `tagledger ingest` does, and leaves them unsealed, like a process that dies
 * before it seals.
 */
export const ingestUnsealed = async (ledger: string, records: readonly unknown[]): Promise<void> => {
  const runtime = await openFolderRuntime(ledger, {}, { create: 'simulated' });
  try {
    const entries = records.map((value, i) => ({ file: 'trail', position: `[${i}]`, value }));
    for await (const _ of ingestRecords(runtime, [entries], join(ledger, 'rejects.ndjson')));
  } finally {
    await runtime.close();
  }
};
