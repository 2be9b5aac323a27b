import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ArchiveReading } from '../../archive/archived-or-ledger.ts';
import type { FileIntegrity } from '../../exports/file-store.ts';
import type { HorizonView } from '../../projections/horizon.ts';
import type { Context } from '../command.ts';
import type { ShowProgress } from '../progress.ts';
import type { Console } from '../terminal.ts';
import { toolVersion } from '../tool-version.ts';
import { sayHorizon } from '../views/horizon-text.ts';
import { sanitizeTerminal } from '../views/sanitize-terminal.ts';
import { ledgerKindOf } from './ledger-kind.ts';
import { type LedgerMode, ledgerModeOf } from './ledger-mode.ts';
import type { ReadOnlyLedger } from './open-read-only.ts';

/** What an answer rests on, and how to ask again. */
export interface AnswerProvenance {
  /** The value of `--ledger`. */
  readonly ledger: string;
  /** What the events rest on. Of a file it is what its header says, which anyone can write. */
  readonly mode: LedgerMode;
  /** SHA-256 of the file, 64 hex digits; null for another ledger. */
  readonly sha256: string | null;
  /** True for a file, which anyone can make: only `verify --key` compares it with the sealed log. */
  readonly unproven: boolean;
  /** Which events of the file were checked by themselves: all, or those that the answer rests on; null for another ledger. */
  readonly integrity: FileIntegrity | null;
  /** What was taken from the archive: the fleet, or the time that the ledger spans; null if nothing was. */
  readonly archive: ArchiveReading | null;
  readonly tool: string;
  /** When the question was asked: ISO 8601, UTC, milliseconds. */
  readonly askedAt: string;
  /** A command that asks the same, of the same moments. */
  readonly command: string;
}

/**
 * The provenance of an answer, once it is read from the ledger. Warns on stderr that an answer from an exported file is
 * unproven. `pinned` are the options that name its moments, with the values that were used.
 */
export const provenanceOf = async (
  { ledger, typed, console }: Pick<Context, 'ledger' | 'typed' | 'console'>,
  opened: Pick<ReadOnlyLedger, 'integrity' | 'archiveReading'> | undefined,
  pinned: Readonly<Record<string, string>> = {},
): Promise<AnswerProvenance> => {
  const isFile = ledgerKindOf(ledger) === 'file';
  if (isFile) console.stderr(sanitizeTerminal(unprovenText(ledger)));
  return {
    ledger,
    mode: (await ledgerModeOf(ledger)) ?? 'unknown',
    sha256: isFile ? await sha256Of(ledger, console.progress) : null,
    unproven: isFile,
    integrity: opened?.integrity?.() ?? null,
    archive: opened?.archiveReading?.() ?? null,
    tool: `tagledger ${toolVersion()}`,
    askedAt: new Date().toISOString(),
    command: commandOf(typed, { '--ledger': ledger, ...pinned }),
  };
};

const unprovenText = (file: string): string =>
  `UNPROVEN: this answer rests on ${file}, and anyone can make such a file. Compare the file with the sealed log: \`tagledger verify --ledger ${file} --key FILE --log WHERE\`, with the log's public key and its folder or s3://BUCKET/PREFIX.`;

/** Says the provenance on stderr, for an answer that has no place for it. */
export const sayProvenance = (
  { note }: Console,
  { ledger, mode, sha256, integrity, archive, tool, askedAt, command }: AnswerProvenance,
): void => {
  const digest = sha256 === null ? '' : `, SHA-256 ${sha256}`;
  const checked = integrity === 'stream-only' ? ', of which only the events of this answer were checked' : '';
  const how = mode === 'unknown' ? 'mode unknown' : mode;
  note(sanitizeTerminal(`answered from ${ledger} (${how}${digest}${checked}) at ${askedAt} by ${tool}`));
  if (archive?.recordedUntil) note(`its archive had events recorded until ${archive.recordedUntil}`);
  note(sanitizeTerminal(`repeat it with: ${command}`));
};

/** Says the horizon and the provenance on stderr, for an answer that has no place for them. */
export const sayAnswered = (console: Console, horizon: HorizonView, provenance: AnswerProvenance): void => {
  sayHorizon(console, horizon);
  sayProvenance(console, provenance);
};

const sha256Of = async (path: string, show: ShowProgress): Promise<string> => {
  const hash = createHash('sha256');
  const { size } = await stat(path);
  let done = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    done += chunk.length;
    show(kB(Math.min(done, size - 1)), kB(size), 'kB');
  }
  show(kB(size), kB(size), 'kB');
  return hash.digest('hex');
};

const kB = (bytes: number): number => Math.ceil(bytes / 1000);

/** Puts the values that were used in the place of what was typed, as `--option value` or `--option=value`. */
const commandOf = (typed: readonly string[], pinned: Readonly<Record<string, string>>): string => {
  const isPinned = (word = '') => Object.hasOwn(pinned, word);
  const rest = typed.filter(
    (word, i) => !isPinned(word) && !isPinned(typed[i - 1]) && !isPinned(word.slice(0, word.indexOf('='))),
  );
  const [name = '', ...words] = rest;
  return ['tagledger', name, ...Object.entries(pinned).flat(), ...words].map(quoted).join(' ');
};

/** A word as a POSIX shell reads it back. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
