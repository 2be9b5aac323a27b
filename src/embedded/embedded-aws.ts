import { type EmbeddedStores, openStores } from './embedded-stores.ts';
import type { LedgerPipeline } from './ledger-pipeline.ts';
import { type LocalPipeline, localPipeline, type PipelineOptions } from './pipeline.ts';

/** The stores of an embedded ledger, open for writing, and the pipeline of its mode over them. */
export type EmbeddedLedger<P extends LedgerPipeline = LedgerPipeline> = P & EmbeddedStores;

/** An embedded ledger whose EC2 is simulated. */
export type EmbeddedAws = EmbeddedLedger<LocalPipeline>;

/**
 * Opens a simulated ledger in `folder`, or in memory by default. Rejects with an `InvalidInputError` if
 * another process is writing to the folder, and with a `StorageError` if its storage fails.
 */
export const embeddedAws = async (options: PipelineOptions): Promise<EmbeddedAws> => {
  const stores = await openStores(options.folder, options.now ?? (() => new Date()));
  return { ...stores, ...localPipeline(stores, options) };
};
