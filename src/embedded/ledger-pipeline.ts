import { UnreadableArchiveError } from '../archive/compressed.ts';
import { inboxNames } from '../archive/inbox.ts';
import { keepArchive } from '../archive/keep-archive.ts';
import { readCatalogue } from '../archive/newest-catalogue.ts';
import type { EventFormat } from '../events/tag-event.ts';
import type { RedriveDeps } from '../handlers/redrive/redrive.ts';
import type { Result } from '../intake/planned-write.ts';
import { StorageError } from '../shared/errors.ts';
import type { EmbeddedStores } from './embedded-stores.ts';
import type { FolderMode } from './ledger-folder.ts';
import type { SentMessage } from './simulated-aws/sns.ts';

/** The stores that a pipeline works on. */
export interface PipelineStores extends Omit<EmbeddedStores, 'database' | 'close'> {
  /** Is told, in sentences, what is wrong with an archive that cannot be kept, and what to do about it. */
  readonly onArchiveDamage?: (says: string) => void;
}

/** What runs over the stores of an embedded ledger. */
export interface LedgerPipeline {
  readonly mode: FolderMode;
  /** The clock of the simulated AWS, in milliseconds since 1970; absent if no AWS is simulated. */
  readonly cloudNow?: () => number;
  /** The format of appended events. */
  readonly eventFormat: EventFormat;
  /**
   * The intake, as in the Lambda function: accepts one input or an array of them. It appends in one
   * transaction.
   */
  request(input: unknown, invocationId: string): Promise<Result[]>;
  /**
   * Runs the consumers of the change feed until it is empty, and closes suppression windows that are over, in
   * one transaction. Then brings the archive up to date. One that is damaged stays as it is, because it can be made again:
   * new events wait in its inbox.
   */
  settle(): Promise<void>;
  /**
   * {@link request} and the consumers, in one transaction. It leaves the archive behind; {@link settle} ends a
   * series of calls.
   */
  ingest(input: unknown, invocationId: string): Promise<Result[]>;
  /** Raises due attempts and settles, until none is due. An observed ledger has none. */
  reconcile(): Promise<void>;
  readonly alerts: readonly SentMessage[];
  /** The consumers of the change feed. */
  readonly consumers: RedriveDeps['consumers'];
  /** Records that their consumer could not handle in this process, each with the last error. */
  readonly dropped: readonly {
    readonly consumer: string;
    readonly records: number;
    readonly error: unknown;
  }[];
  /** What the consumers have done in this process: events that each was given, and attempts that were raised. */
  readonly done: Readonly<Record<'apply' | 'project' | 'raised', number>>;
}

/** The steps of a pipeline that differ between the modes. */
interface Steps {
  /** The intake. */
  readonly takeIn: LedgerPipeline['request'];
  /** Runs the consumers of the change feed until it is empty. */
  readonly deliver: () => Promise<void>;
  readonly now: () => Date;
}

/**
 * The entrances of a pipeline, with their transactions. The archive is updated behind a transaction, because it must
 * not hold an event that is rolled back. In AWS a schedule does this. A ledger that has no archive gets one when it is
 * first acted on.
 */
export const entrancesOf = (
  { store, archived, atomically, onArchiveDamage = () => {} }: PipelineStores,
  { takeIn, deliver, now }: Steps,
): Pick<LedgerPipeline, 'request' | 'ingest' | 'settle'> => {
  const takeInWith =
    (andThen: () => Promise<void>) =>
    async (input: unknown, invocationId: string): Promise<Result[]> => {
      const taken = await atomically(async () => {
        const outcome = await outcomeOf(takeIn(input, invocationId));
        await andThen();
        return outcome;
      });
      return taken();
    };
  return {
    request: takeInWith(async () => {}),
    ingest: takeInWith(deliver),
    async settle() {
      await atomically(deliver);
      if (!archived) return;
      try {
        if ((await inboxNames(archived)).length > 0 || !(await readCatalogue(archived)))
          await keepArchive({ objects: archived, store, now });
      } catch (error) {
        if (!(error instanceof UnreadableArchiveError)) throw error;
        onArchiveDamage(error.message);
      }
    },
  };
};

/**
 * Returns a function that returns the result of `work` or throws its error, for use after the transaction: an
 * input that is refused does not undo the transaction, because what was appended for it before stays valid. A
 * failure of the storage does.
 */
const outcomeOf = async <T>(work: Promise<T>): Promise<() => T> => {
  try {
    const done = await work;
    return () => done;
  } catch (error) {
    if (error instanceof StorageError) throw error;
    return () => {
      throw error;
    };
  }
};
