import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { InvalidInputError } from '../shared/errors.ts';

const CursorSchema = v.object({
  /** The sequence number of the last processed record; absent if there is none. */
  after: v.optional(v.string()),
  /** Whether the shard is closed and all its records are processed. */
  ended: v.optional(v.boolean()),
});
const CursorsSchema = v.object({
  /** The process that wrote the cursors. It distinguishes two processes that have come equally far. */
  holder: v.string(),
  shards: v.record(v.string(), CursorSchema),
});

/** A consumer's cursor in one shard. */
type ShardCursor = v.InferOutput<typeof CursorSchema>;

/**
 * A consumer's cursors in the shards of a change feed, stored so that another process can continue. A cursor
 * moves after the work, so a crash in between redelivers the same records. `save` and `retain` reject with an
 * `InvalidInputError` if another process has moved a cursor in the meantime.
 */
export interface ShardCursors {
  /** Returns the cursor of a shard; for an unknown shard an empty one, which starts at the oldest record. */
  of(shardId: string): ShardCursor;
  save(shardId: string, cursor: ShardCursor): Promise<void>;
  /** Removes the cursors of all other shards. Returns the removed shards that had not ended. */
  retain(shardIds: ReadonlySet<string>): Promise<string[]>;
}

/** Opens the cursors of one consumer of one change feed, stored in one memo that never expires. */
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
    // The JSON round trip drops undefined members.
    const value = JSON.parse(JSON.stringify({ holder, shards: next }));
    if (!(await coordination.swap({ key, value }, version ? { version } : undefined))) {
      throw new InvalidInputError(
        `Another process has moved the cursors of ${consumer}, and only one can read the change feed. Stop the other one.`,
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
