import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { InvalidInputError } from '../shared/errors.ts';

const CursorSchema = v.object({
  /** The sequence number of the last record that is done; absent when none is. */
  after: v.optional(v.string()),
  /** The shard is closed, and all that it held is done. */
  ended: v.optional(v.boolean()),
});
const CursorsSchema = v.object({
  /** Who wrote it: two processes that have come equally far are not the same. */
  holder: v.string(),
  shards: v.record(v.string(), CursorSchema),
});

/** How far a consumer is in a shard. */
export type ShardCursor = v.InferOutput<typeof CursorSchema>;

/**
 * How far a consumer is in each shard of a change feed, kept so that another process goes on where one ended. A cursor
 * moves after the work: dying in between brings the same records again. `save` and `retain` throw an
 * `InvalidInputError` when another process has moved a cursor meanwhile.
 */
export interface ShardCursors {
  /** An empty cursor for a shard of which nothing is known: it is begun at its oldest record. */
  of(shardId: string): ShardCursor;
  save(shardId: string, cursor: ShardCursor): Promise<void>;
  /** Forgets all other shards, and gives those of them that had not ended. */
  retain(shardIds: ReadonlySet<string>): Promise<string[]>;
}

/** The cursors of one consumer of one change feed, in one memo that never expires. */
export const openShardCursors = async (
  coordination: CoordinationStore,
  consumer: string,
  streamArn: string,
): Promise<ShardCursors> => {
  const key = `cursor/${consumer}/${streamArn}`;
  const [stored] = await coordination.get([key]);
  const holder = randomUUID();
  let cursors = stored ? v.parse(CursorsSchema, stored.value).shards : {};
  let version = stored?.version;

  const write = async (next: Readonly<Record<string, ShardCursor>>): Promise<void> => {
    // Through JSON, which leaves out what is undefined.
    const value = JSON.parse(JSON.stringify({ holder, shards: next }));
    if (!(await coordination.swap({ key, value }, version ? { version } : undefined))) {
      throw new InvalidInputError(
        `got cursors of ${consumer} that somebody else has moved, expected one process to read the change feed: stop the other one`,
      );
    }
    cursors = next;
    version = (version ?? 0) + 1;
  };

  return {
    of: (shardId) => cursors[shardId] ?? {},
    save: (shardId, cursor) => write({ ...cursors, [shardId]: cursor }),
    async retain(shardIds) {
      const gone = Object.entries(cursors).filter(([shardId]) => !shardIds.has(shardId));
      if (gone.length > 0) {
        await write(Object.fromEntries(Object.entries(cursors).filter(([shardId]) => shardIds.has(shardId))));
      }
      return gone.flatMap(([shardId, { ended }]) => (ended ? [] : [shardId]));
    },
  };
};
