import * as v from 'valibot';
import type { CoordinationStore, StoredMemo } from '../coordination/coordination-store.ts';
import { isResourceArn, type ResourceArn } from '../events/resource-arn.ts';
import { InvalidInputError } from '../shared/errors.ts';

/** How far a rebuild has come. */
interface RebuildPlace {
  /** The last stream that was rebuilt, after which the rebuild continues; absent at the beginning. */
  readonly after?: ResourceArn;
  readonly events: number;
  readonly rows: number;
}

/** Keeps the place of a rebuild, so that it can continue after a crash. */
export interface PlaceKeeper {
  /** The last place kept by an earlier process that did not finish. */
  readonly begun: RebuildPlace;
  /**
   * Keeps a place. Throws an `InvalidInputError` when another rebuild of the same ledger has kept one
   * meanwhile, so only one of two concurrent rebuilds continues.
   */
  keep(place: RebuildPlace): Promise<void>;
  /** Marks the rebuild as done: the next one starts from the beginning. */
  forget(): Promise<void>;
}

const START: RebuildPlace = { events: 0, rows: 0 };
const KEPT_MS = 24 * 60 * 60 * 1000;

const PlaceSchema = v.object({
  after: v.optional(v.custom<ResourceArn>((after) => typeof after === 'string' && isResourceArn(after))),
  events: v.number(),
  rows: v.number(),
});

/**
 * Opens the place of a ledger's rebuild, a memo in the table that is rebuilt. A place is kept for a day.
 * After that, or with `afresh`, the rebuild starts from the beginning, because rows before the place may have
 * changed.
 */
export const rebuildPlace = async (
  coordination: CoordinationStore,
  ledger: string,
  now: () => Date,
  afresh: boolean,
): Promise<PlaceKeeper> => {
  const key = `rebuild/${ledger}`;
  let [there] = await coordination.get([key]);
  const parsed = v.safeParse(PlaceSchema, there?.value);
  const isOld = !there?.expiresAt || there.expiresAt <= now();
  const begun = afresh || isOld || !parsed.success ? START : (parsed.output as RebuildPlace);

  const swap = async (place: RebuildPlace, expiresAt: Date) => {
    const seen: StoredMemo | undefined = there;
    const memo = { key, value: { ...place }, expiresAt };
    if (!(await coordination.swap(memo, seen))) {
      throw new InvalidInputError(
        `Another rebuild of ${ledger} is running. Wait until it has ended, and try again.`,
      );
    }
    there = { ...memo, version: (seen?.version ?? 0) + 1 };
  };

  return {
    begun,
    keep: (place) => swap(place, new Date(now().getTime() + KEPT_MS)),
    forget: () => swap(START, now()),
  };
};
