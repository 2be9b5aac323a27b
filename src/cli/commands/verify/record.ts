import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../../../adapters/dynamodb/event-store.ts';
import type { TamperIncident } from '../../../commands/record-tampering.ts';
import { openStores } from '../../../embedded/embedded-stores.ts';
import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import { emptiedDatabase, lostDatabase, refuseLost } from '../../../embedded/lost-database.ts';
import type { EventStore } from '../../../events/event-store.ts';
import { idFrom } from '../../../events/hash-chain.ts';
import { readOnly } from '../../../exports/file-store.ts';
import { recordIncidents } from '../../../handlers/project/tamper-incidents.ts';
import { readEventFormat } from '../../../handlers/runtime/event-format.ts';
import type { Env } from '../../../handlers/runtime/settings.ts';
import type { SealedFinding } from '../../../sealing/check/sealed-finding.ts';
import type { Finding } from '../../../verifier/finding.ts';
import { eventFormatOf } from '../../ledger/folder-settings.ts';
import { ledgerKindOf, tablesIn } from '../../ledger/ledger-kind.ts';

/** Collects findings and records them in the ledger. */
export interface FindingRecorder {
  add(findings: readonly (Finding | SealedFinding)[]): void;
  /**
   * Records the collected findings. No other process may have the ledger open. Rejects if any could not be
   * recorded.
   */
  record(now: () => Date): Promise<RecordedFindings>;
}

/** The number of findings now recorded in the ledger, and the number left out because there were too many. */
export interface RecordedFindings {
  readonly recorded: number;
  readonly left: number;
}

/**
 * Findings that do not indicate tampering. An unknown key is as likely the wrong file as another log, and a
 * newer version of tagledger can write content that this version does not know.
 */
const NO_TAMPERING: ReadonlySet<(Finding | SealedFinding)['kind']> = new Set([
  'unknown-key',
  'newer',
  'field',
]);

/** The maximum number of recorded findings. If a whole ledger is damaged, these are enough to show it. */
const MOST_RECORDED = 10_000;

/**
 * The recorder for the ledger that `--ledger` names. Throws an `InvalidInputError` for an exported file and
 * for an unsupported event format.
 */
export const findingRecorder = (where: string, env: Env): FindingRecorder => {
  const kind = ledgerKindOf(where);
  if (kind === 'file') throw readOnly(where);
  const marker = kind === 'folder' ? findLedgerFolder(where) : undefined;
  const eventFormat = marker ? eventFormatOf(env, marker) : readEventFormat(env);
  const held: (Finding | SealedFinding)[] = [];
  let left = 0;
  return {
    add: (findings) => {
      for (const finding of findings.filter(({ kind }) => !NO_TAMPERING.has(kind))) {
        if (held.length < MOST_RECORDED) held.push(finding);
        else left += 1;
      }
    },
    record: async (now) => {
      if (held.length === 0) return { recorded: 0, left };
      const { store, close } = await openToAppend(where);
      try {
        const at = now().toISOString();
        const [unrecorded] = await recordIncidents(
          { store, eventFormat, now },
          held.map((finding) => incidentOf(finding, at)),
        );
        if (unrecorded) throw unrecorded[1];
        return { recorded: held.length, left };
      } finally {
        await close();
      }
    },
  };
};

/**
 * Opens only the ledger table. A damaged ledger cannot always be opened with its consumers, and no consumer
 * acts on the recorded findings.
 */
const openToAppend = async (
  where: string,
): Promise<{ readonly store: EventStore; readonly close: () => Promise<void> }> => {
  if (ledgerKindOf(where) === 'folder') {
    refuseLost(where, lostDatabase(where));
    const { store, close } = await openStores(where, () => new Date());
    const emptied = await emptiedDatabase(where, store);
    if (emptied) close();
    // A record in a new database would hide that the old one is lost.
    refuseLost(where, emptied);
    return { store, close: async () => close() };
  }
  const [table = ''] = tablesIn(where);
  const client = new DynamoDBClient();
  return { store: dynamodbStore(client, table), close: async () => client.destroy() };
};

const incidentOf = (
  { kind, stream, seq, expected, found }: Finding | SealedFinding,
  at: string,
): TamperIncident => ({
  id: idFrom('tagledger/finding/v1', kind, stream ?? '', String(seq), expected, found),
  at,
  how: 'verify',
  ...(stream !== null && { tampered: stream }),
  seqs: seq === null ? [] : [seq],
  what: kind,
  expected,
  found,
});
