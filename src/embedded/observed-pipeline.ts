import { join } from 'node:path';
import type { EventFormat } from '../events/tag-event.ts';
import { archiveConsumer } from '../handlers/archive/archive.ts';
import { project } from '../handlers/project/project.ts';
import type { Quarantined } from '../handlers/project/quarantine.ts';
import { CONSUMERS } from '../handlers/redrive/dead-letter.ts';
import { chainConsumers } from '../handlers/runtime/chain-consumers.ts';
import type { FeedConsumer } from '../handlers/runtime/feed-batch.ts';
import { composeIntake } from '../intake/compose-intake.ts';
import { once } from '../shared/once.ts';
import { QUIET } from '../shared/telemetry.ts';
import { type CursoredFeed, runMapping } from '../stream-consumer/event-source-mapping.ts';
import { entrancesOf, type LedgerPipeline, type PipelineStores } from './ledger-pipeline.ts';
import type { SentMessage } from './simulated-aws/sns.ts';

/** The options of {@link observedPipeline}. */
export interface ObservedOptions {
  /** The ledger's folder; in memory by default. */
  readonly folder?: string;
  readonly taggerRoleArn?: string;
  /** Whether to attribute a role session's calls to the person who assumed the role; false by default. */
  readonly joinIdentities?: boolean;
  /** Whether to record actors under pseudonyms, with the key `identity.key` in the folder. */
  readonly hashIdentities?: boolean;
  readonly eventFormat: EventFormat;
  readonly now?: () => Date;
}

const BATCH = 3_000;
const RETRIES = 3;

/**
 * The pipeline of an observed ledger: it records what the inputs say, and keeps rows and archive up to date.
 * Nothing is requested or applied, and nothing is simulated. AWS clients are loaded only for an event that cannot be
 * read, whose alert is then among `alerts`, and for pseudonyms.
 */
export const observedPipeline = (
  stores: PipelineStores,
  {
    folder,
    taggerRoleArn,
    joinIdentities = false,
    hashIdentities = false,
    eventFormat,
    now = () => new Date(),
  }: ObservedOptions,
): LedgerPipeline => {
  const { store, states, coordination, deadLetters, archived } = stores;
  const alerts: SentMessage[] = [];
  const dropped: { consumer: string; records: number; error: unknown }[] = [];
  const done = { apply: 0, project: 0, raised: 0 };
  const takeIn = composeIntake(
    {
      RECORD_ALL: true,
      RECOVER_OMITTED: false,
      IDENTITY_JOIN: joinIdentities,
      HASH_IDENTITIES: hashIdentities && folder !== undefined,
    },
    {
      ledger: { store, eventFormat, now },
      rules: undefined,
      telemetry: QUIET,
      ...(taggerRoleArn && { taggerRoleArn }),
      coordination: () => coordination,
      openPseudonymizer: () =>
        once(async () => {
          const { filePseudonymizer } = await import('../adapters/kms/pseudonymizer.ts');
          return filePseudonymizer(join(folder ?? '', 'identity.key'))();
        }),
    },
  )();
  const setAside: Quarantined = async (errors) => {
    if (errors.length === 0) return new Set();
    const { quarantineLocally } = await import('./quarantine-locally.ts');
    return quarantineLocally({ coordination, now, alerts })(errors);
  };
  const projecting = [
    project({ store, states, setAside, now, telemetry: QUIET }),
    ...(archived ? [archiveConsumer({ objects: archived, telemetry: QUIET })] : []),
  ].reduce(chainConsumers);
  const deliver = async (): Promise<void> => {
    done.project += await runMapping(feedForAll(stores.feed), {
      name: 'project',
      consumer: (batch) => projecting(batch, { remainingMs: () => Number.POSITIVE_INFINITY }),
      batchSize: BATCH,
      maxRetries: RETRIES,
      onDropped: (records, error) => {
        deadLetters.add('project', records, error);
        dropped.push({ consumer: 'project', records: records.length, error });
      },
    });
  };
  return {
    mode: 'observed',
    eventFormat,
    ...entrancesOf(stores, { takeIn, deliver, now }),
    async reconcile() {},
    alerts,
    consumers: { apply: NOTHING_TO_APPLY, project: projecting },
    dropped,
    done,
  };
};

const NOTHING_TO_APPLY: FeedConsumer = async () => new Set();

/** Moves the cursors of all consumers with that of `project`, because the others have nothing to do. */
const feedForAll = ({ read, commit }: CursoredFeed): CursoredFeed => ({
  read,
  commit: (_, next) => {
    for (const consumer of CONSUMERS) commit(consumer, next);
  },
});
