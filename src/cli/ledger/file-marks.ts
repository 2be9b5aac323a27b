import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { OPERATIONS } from '../../cloudtrail/operations/operations.ts';
import { compareAndSwap } from '../../coordination/compare-and-swap.ts';
import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { findLedgerFolder } from '../../embedded/ledger-folder.ts';
import type { Env } from '../../handlers/runtime/settings.ts';
import { toolVersion } from '../tool-version.ts';
import type { FileMark, KnownFiles } from '../trail/known-files.ts';
import { ledgerKindOf } from './ledger-kind.ts';
import type { LedgerMode } from './ledger-mode.ts';
import type { LedgerRuntime } from './open-runtime.ts';

/** The marks of the files that were read into a ledger to their end. */
export interface FileMarks extends KnownFiles {
  /**
   * Remembers that all records of a content are in the ledger. Call it in the transaction of the last of them, or after it:
   * a file is never read again because of a mark.
   */
  add(content: string, mark: FileMark): Promise<unknown>;
}

const MarkSchema = v.object({
  interpretation: v.string(),
  coverage: v.array(
    v.object({
      account: v.string(),
      source: v.literal('files'),
      from: v.string(),
      to: v.string(),
      regions: v.array(v.string()),
    }),
  ),
});

/**
 * The marks in a coordination store, for one interpretation of records (see {@link marksOf}): a mark of another one is
 * not found, and is replaced.
 */
export const fileMarks = (coordination: CoordinationStore, interpretation: string): FileMarks => ({
  async find(content) {
    const [memo] = await coordination.get([keyOf(content)]);
    const mark = v.safeParse(MarkSchema, memo?.value);
    return mark.success && mark.output.interpretation === interpretation
      ? { coverage: mark.output.coverage }
      : undefined;
  },
  async add(content, { coverage }) {
    const value = {
      interpretation,
      coverage: coverage.map(({ account, from, to, regions }) => ({
        account,
        source: 'files',
        from,
        to,
        regions: [...regions],
      })),
    };
    await compareAndSwap(coordination, keyOf(content), () => ({ value }));
  },
});

const keyOf = (content: string): string => `trail-file/${content}`;

/** The settings on which it depends what is recorded of a record, in a folder or in AWS. */
const SETTINGS = [
  'TAG_RULES',
  'TAGGER_ROLE_ARN',
  'TAG_CHILDREN',
  'RECORD_ALL',
  'RECOVER_OMITTED',
  'IDENTITY_JOIN',
  'HASH_IDENTITIES',
  'IDENTITY_KEY_ID',
  'EVENT_FORMAT',
] as const;

/** How a ledger is written to. */
interface Writing {
  readonly mode: LedgerMode;
  readonly requestTags: boolean;
}

/**
 * The marks of a ledger, for the present version and settings. Undefined if it has none: a simulated ledger, whose
 * simulation must see all records, and a ledger in AWS whose table cannot be told from one that takes its place.
 */
export const marksOf = async (
  { name, coordination, ledgerId }: LedgerRuntime,
  env: Env,
  writing: Writing,
): Promise<FileMarks | undefined> => {
  if (writing.mode !== 'observed' && writing.mode !== 'live') return undefined;
  const id = await ledgerId?.();
  const marks = fileMarks(coordination, interpretationOf(name, env, { ...writing, id }));
  if (!ledgerId) return marks;
  return id === undefined ? undefined : whereAllowed(marks);
};

/** Marks of a ledger in AWS: a role that may append events, but not use the state table, reads all files again. */
const whereAllowed = ({ find, add }: FileMarks): FileMarks => ({
  find: (content) => orIfDenied(find(content)),
  add: (content, mark) => orIfDenied(add(content, mark)),
});

const orIfDenied = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
};

/**
 * Names all that decides what is recorded of a record: the version, the operations that it knows, the settings, and the
 * ledger. With another name, every file is read again.
 */
const interpretationOf = (
  where: string,
  env: Env,
  writing: Writing & { readonly id: string | undefined },
): string => {
  const stored = ledgerKindOf(where) === 'folder' ? findLedgerFolder(where)?.settings : undefined;
  const settings: Env = {
    ...stored,
    ...Object.fromEntries(Object.entries(env).filter(([, value]) => value)),
  };
  const all = [
    toolVersion(),
    OPERATIONS,
    writing.mode,
    writing.requestTags,
    writing.id ?? '',
    SETTINGS.map((name) => settings[name] ?? ''),
  ];
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url');
};
