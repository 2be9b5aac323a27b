import type { ReadOnlyObjectStore } from '../../objects/object-store.ts';
import type { Watermarks } from '../catalogue.ts';
import { readWatermarks, watermarkShards } from '../stream-watermarks.ts';
import { type OnWrong, unlessUnreadable } from './difference.ts';
import type { EventComparison } from './event-comparison.ts';

/**
 * Compares watermarks with their digests, and with the events that the archive has: what they claim must be there.
 * Claiming less is no fault, because what is missing then is read from the ledger again.
 */
export const checkWatermarks = async (
  objects: ReadOnlyObjectStore,
  heads: Watermarks,
  has: EventComparison['has'],
  onWrong: OnWrong,
): Promise<void> => {
  for (const shard of watermarkShards(heads)) {
    const { name } = shard;
    const rows = (await unlessUnreadable(name, onWrong, () => readWatermarks(objects, shard))) ?? [];
    const wrong = rows.find(({ arn, seq, beyond }) => {
      for (let one = 1; one <= seq; one++) if (!has(arn, one)) return true;
      return beyond.some((one) => !has(arn, one));
    });
    if (wrong) onWrong(name, `${name} in the archive claims events of ${wrong.arn} that the archive lacks`);
  }
};
