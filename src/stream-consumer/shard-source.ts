import {
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { RecordSource } from './event-source-mapping.ts';
import type { ShardCursors } from './shard-cursors.ts';
import { lambdaRecord } from './stream-record.ts';

/** The part of the Streams client that is used. */
export type Streams = Pick<DynamoDBStreamsClient, 'send'>;

/** One shard of a change feed, and who reads it. */
export interface ShardOptions {
  readonly streamArn: string;
  readonly shardId: string;
  readonly cursors: ShardCursors;
  /** Told when records may be gone that the consumer has not had: it was away for longer than the 24 hours that they are kept. */
  readonly onTrimmed: (shardId: string) => void;
}

/** GetRecords gives at most 1,000 records, or 1 MB (API reference). */
const MAX_RECORDS = 1_000;

const MAX_TRIES = 3;

/**
 * The records of a shard that a consumer has not had. An expired iterator is asked for again. What was trimmed is told,
 * and reading goes on at the oldest record that is left; of a shard that was never read it means nothing, as DynamoDB
 * Local says so of one that is empty (aws-sdk-java #2923). A closed shard that was read to its end is marked as ended,
 * and gives nothing more. One that is gone gives nothing: whether it is gone for good the list of shards tells.
 */
export const shardSource = (
  streams: Streams,
  { streamArn, shardId, cursors, onTrimmed }: ShardOptions,
): RecordSource<string> => {
  let iterator: string | undefined;

  const open = async (after: string | undefined): Promise<string | undefined> => {
    const start = after
      ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after } as const)
      : ({ ShardIteratorType: 'TRIM_HORIZON' } as const);
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start }),
    );
    return ShardIterator;
  };

  /** One page, maybe an empty one; undefined when the service gives none now. */
  const page = async (max: number): Promise<GetRecordsCommandOutput | undefined> => {
    let { after } = cursors.of(shardId);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        iterator ??= await open(after);
        const Limit = Math.min(max, MAX_RECORDS);
        return await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit }));
      } catch (error) {
        iterator = undefined;
        if (error instanceof ResourceNotFoundException) return undefined;
        if (error instanceof ExpiredIteratorException) continue;
        if (!(error instanceof TrimmedDataAccessException)) throw error;
        if (after) onTrimmed(shardId);
        after = undefined;
      }
    }
    return undefined;
  };

  return {
    async read(max) {
      if (cursors.of(shardId).ended) return undefined;
      const answer = await page(max);
      if (!answer) return undefined;
      const { Records = [], NextShardIterator } = answer;
      iterator = NextShardIterator;
      const next = Records.at(-1)?.dynamodb?.SequenceNumber;
      if (next) return { records: Records.map((record) => lambdaRecord(record, streamArn)), next };
      // An empty page of a shard that goes on: there may be records behind it, which the next read asks for.
      if (!NextShardIterator) await cursors.save(shardId, { ...cursors.of(shardId), ended: true });
      return undefined;
    },
    commit: (after) => cursors.save(shardId, { after }),
  };
};
