import { type EmbeddedStores, openStores } from './embedded-stores.ts';
import { type LocalPipeline, localPipeline, type PipelineOptions } from './pipeline.ts';

/** The local pipeline over the stores of an embedded ledger. */
export type EmbeddedAws = LocalPipeline & EmbeddedStores;

/**
 * Opens an embedded ledger in `folder`, or in memory by default. Rejects with an `InvalidInputError` if
 * another process is writing to the folder, and with a `StorageError` if its storage fails.
 */
export const embeddedAws = async (options: PipelineOptions): Promise<EmbeddedAws> => {
  const stores = await openStores(options.folder, options.now ?? (() => new Date()));
  return { ...stores, ...localPipeline(stores, options) };
};
