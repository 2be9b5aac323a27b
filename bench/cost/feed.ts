import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, type DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { positionsOf } from '../../src/handlers/runtime/feed-batch.ts';
import { openShardCursors } from '../../src/stream-consumer/shard-cursors.ts';
import { shardSource } from '../../src/stream-consumer/shard-source.ts';

/** The change feed of a table, read by one consumer from its beginning on. */
export interface Feed {
  /** All records that have come since the last time, in their order. */
  news(): Promise<DynamoDBRecord[]>;
}

const PAGE = 1_000;

/** Opens the change feed of a table that has one shard, as a small one has. */
export const openFeed = async (
  dynamodb: DynamoDBClient,
  streams: DynamoDBStreamsClient,
  { table, consumer }: { readonly table: string; readonly consumer: string },
): Promise<Feed> => {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const streamArn = Table?.LatestStreamArn ?? '';
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const [shard, ...others] = StreamDescription?.Shards ?? [];
  if (!shard?.ShardId || others.length > 0) {
    throw new Error(`got ${others.length + 1} shards of ${table}, expected one`);
  }
  const cursors = await openShardCursors(memoryCoordinationStore(), consumer, streamArn);
  const source = shardSource(streams, {
    streamArn,
    shardId: shard.ShardId,
    cursors,
    onTrimmed: (shardId) => {
      throw new Error(`records of ${shardId} are gone`);
    },
  });
  return {
    async news() {
      const all: DynamoDBRecord[] = [];
      for (let page = await source.read(PAGE); page; page = await source.read(PAGE)) {
        all.push(...positionsOf(page.batch).map(page.recordAt));
        await source.commit(page.next);
      }
      return all;
    },
  };
};
