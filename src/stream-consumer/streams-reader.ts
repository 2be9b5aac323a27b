import {
  DescribeStreamCommand,
  type DescribeStreamCommandOutput,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { type FeedSource, type Mapping, runSource } from './event-source-mapping.ts';
import { openShardCursors } from './shard-cursors.ts';
import { type ShardOptions, type Streams, shardSource } from './shard-source.ts';

/** A change feed of DynamoDB Streams and the store of its consumers' cursors. */
export interface StreamsReaderOptions extends Pick<ShardOptions, 'streamArn' | 'onTrimmed'> {
  readonly streams: Streams;
  readonly coordination: CoordinationStore;
}

/** The reader of a change feed for one consumer. */
export interface StreamsReader {
  /**
   * Delivers the records now in the feed, shard by shard, and moves the cursors. A shard is read only after
   * its parent has ended (DynamoDB Developer Guide, "Reading and processing a stream"). Returns the number of
   * records delivered. 0 means that no records were returned at that moment; in AWS a later call may still
   * return records that already existed.
   */
  turn(): Promise<number>;
}

/**
 * Opens a change feed for one consumer, as Lambda does in AWS: a new consumer starts at the oldest record,
 * and a restarted one at its cursor. Two processes must not read for the same consumer: the later one fails
 * with an `InvalidInputError`.
 */
export const openStreamsReader = async (
  { streams, coordination, streamArn, onTrimmed }: StreamsReaderOptions,
  mapping: Mapping,
): Promise<StreamsReader> => {
  const cursors = await openShardCursors(coordination, mapping.name, streamArn);
  const sources = new Map<string, FeedSource<string>>();

  return {
    async turn() {
      const shards = await listShards(streams, streamArn);
      const listed = new Set(shards.map(({ shardId }) => shardId));
      for (const shardId of await cursors.retain(listed)) onTrimmed(shardId);
      for (const shardId of sources.keys()) if (!listed.has(shardId)) sources.delete(shardId);
      let delivered = 0;
      for (const { shardId, parent } of oldestFirst(shards)) {
        if (parent !== undefined && listed.has(parent) && !cursors.of(parent).ended) continue;
        const source =
          sources.get(shardId) ??
          shardSource(streams, {
            streamArn,
            shardId,
            cursors,
            onTrimmed,
            ...(mapping.types && { types: mapping.types }),
          });
        sources.set(shardId, source);
        delivered += await runSource(source, mapping);
      }
      return delivered;
    },
  };
};

interface ListedShard {
  readonly shardId: string;
  readonly parent: string | undefined;
}

/** Lists all shards of a stream. DescribeStream returns at most 100 at once. */
const listShards = async (streams: Streams, StreamArn: string): Promise<ListedShard[]> => {
  const shards: Shard[] = [];
  let start: string | undefined;
  do {
    const { StreamDescription }: DescribeStreamCommandOutput = await streams.send(
      new DescribeStreamCommand({ StreamArn, ...(start && { ExclusiveStartShardId: start }) }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    start = StreamDescription?.LastEvaluatedShardId;
  } while (start);
  return shards.flatMap(({ ShardId, ParentShardId }) =>
    ShardId ? [{ shardId: ShardId, parent: ParentShardId }] : [],
  );
};

/** Sorts parents before their children, so that one turn can read a whole chain of closed shards. */
const oldestFirst = (shards: readonly ListedShard[]): ListedShard[] => {
  const parents = new Map(shards.map(({ shardId, parent }) => [shardId, parent]));
  const depth = (shardId: string): number => {
    const parent = parents.get(shardId);
    return parent !== undefined && parents.has(parent) ? 1 + depth(parent) : 0;
  };
  return shards.toSorted((a, b) => depth(a.shardId) - depth(b.shardId));
};
