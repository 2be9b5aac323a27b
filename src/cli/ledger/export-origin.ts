import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ExportOrigin } from '../../exports/export-ledger.ts';
import { sentence } from '../../shared/text.ts';
import { parseCheckpoint } from '../../verifier/checkpoint.ts';
import { claimedProvenance } from '../../verifier/export-header.ts';
import type { Provenance } from '../../verifier/provenance.ts';
import { parseNote } from '../../verifier/signed-note.ts';
import type { Context } from '../command.ts';
import { toolVersion } from '../tool-version.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { ledgerKindOf, tablesIn } from './ledger-kind.ts';
import { ledgerModeOf } from './ledger-mode.ts';
import { openLog, openLogs } from './open-log.ts';

/**
 * What the header of an export says of the ledger. Call it before the events are read: a checkpoint from
 * before says that everything it seals is among them. An export of an export passes on what the header of
 * that file says. A log that cannot be read does not stop the export of its ledger: it is said on stderr.
 */
export const exportOrigin = async (
  invocation: Pick<Context, 'ledger' | 'env' | 'console'>,
  log: string | undefined,
  now: Date,
): Promise<ExportOrigin> => {
  const { ledger: where } = invocation;
  const by = { toolVersion: toolVersion(), exportedAt: now.toISOString() };
  const kind = ledgerKindOf(where);
  if (kind === 'file') return { ...(await originOfFile(where)), ...by };
  const name = kind === 'folder' ? basename(resolve(where)) : `dynamodb:${tablesIn(where)[0] ?? ''}`;
  const mode = await ledgerModeOf(where);
  const checkpoint = await newestCheckpoint(invocation, log);
  return {
    ledger: { kind, name },
    ...(mode && mode !== 'unknown' && { mode }),
    ...(checkpoint && { log: checkpoint }),
    selection: { kind: 'whole' },
    ...by,
  };
};

const originOfFile = async (path: string): Promise<Omit<ExportOrigin, 'toolVersion' | 'exportedAt'>> => {
  const header = await claimedProvenance(path);
  if (!header) return { ledger: { kind: 'file', name: basename(path) }, selection: { kind: 'unknown' } };
  const { ledger, mode, log, selection } = header;
  return { ledger, ...(mode && { mode }), ...(log && { log }), selection };
};

/** The newest checkpoint of the ledger's log; undefined where it has none, or none is named. */
const newestCheckpoint = async (
  { ledger: where, env, console }: Pick<Context, 'ledger' | 'env' | 'console'>,
  log: string | undefined,
): Promise<Provenance['log']> => {
  const hasLog =
    log !== undefined ||
    (ledgerKindOf(where) === 'folder' ? existsSync(join(where, 'log')) : env.LOG_BUCKET?.trim());
  if (!hasLog) return undefined;
  try {
    const { checkpoint } = await openLog(await openLogs(log, where, env));
    return { origin: parseCheckpoint(parseNote(checkpoint).text).origin, checkpoint };
  } catch (error) {
    if (log !== undefined) throw error;
    console.stderr(
      sanitizeTerminal(
        `The export names no checkpoint, because the sealed log cannot be read. ${sentence((error as Error).message)}`,
      ),
    );
    return undefined;
  }
};
