import {
  DescribeStreamCommand,
  type DescribeStreamCommandInput,
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandInput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  ResourceNotFoundException,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { keyOf, toItem } from '../../../src/adapters/dynamodb/ledger-item.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { Streams } from '../../../src/stream-consumer/shard-source.ts';

/** A shard of the fake: what is in it, and what of that is gone. */
export interface FakeShard {
  readonly id: string;
  readonly parent?: string;
  readonly records: StreamRecord[];
  closed?: boolean;
  /** How many of the first records were trimmed. */
  trimmed?: number;
}

let sequence = 0;

/** The record of an append, as the Streams API has it. */
export const insertOf = (event: RecordedEvent): StreamRecord => ({
  eventID: `e${++sequence}`,
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-west-1',
  dynamodb: {
    ApproximateCreationDateTime: new Date('2026-03-31T20:00:00.000Z'),
    Keys: keyOf(event),
    NewImage: toItem(event),
    SequenceNumber: String(sequence).padStart(21, '0'),
    SizeBytes: 500,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  } as NonNullable<StreamRecord['dynamodb']>,
});

const about = { message: 'made up', $metadata: {} };

/** DynamoDB Streams in memory, over shards that a test changes: two of them on a page, and three records. */
export const fakeStreams = (shards: FakeShard[]) => {
  let age = 0;
  const calls: string[] = [];
  const shardOf = (id: string | undefined): FakeShard => {
    const shard = shards.find((one) => one.id === id);
    if (!shard) throw new ResourceNotFoundException(about);
    return shard;
  };
  const describe = ({ ExclusiveStartShardId }: DescribeStreamCommandInput): object => {
    const from = shards.findIndex(({ id }) => id === ExclusiveStartShardId) + 1;
    const page = shards.slice(from, from + 2);
    return {
      StreamDescription: {
        Shards: page.map(({ id, parent }) => ({ ShardId: id, ...(parent && { ParentShardId: parent }) })),
        ...(from + 2 < shards.length && { LastEvaluatedShardId: page.at(-1)?.id }),
      },
    };
  };
  const iterator = ({ ShardId, SequenceNumber: after }: GetShardIteratorCommandInput): object => {
    const { records, trimmed = 0 } = shardOf(ShardId);
    const place = after
      ? records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === after) + 1
      : trimmed;
    if (place < trimmed) throw new TrimmedDataAccessException(about);
    return { ShardIterator: `${ShardId} ${place} ${age}` };
  };
  const get = ({ ShardIterator, Limit = 3 }: GetRecordsCommandInput): object => {
    const [id, place = '', madeAt] = ShardIterator?.split(' ') ?? [];
    if (Number(madeAt) < age) throw new ExpiredIteratorException(about);
    const { records, closed, trimmed = 0 } = shardOf(id);
    if (Number(place) < trimmed) throw new TrimmedDataAccessException(about);
    const Records = records.slice(Number(place), Number(place) + Math.min(3, Limit));
    const next = Number(place) + Records.length;
    const isOver = closed && next === records.length;
    return { Records, ...(!isOver && { NextShardIterator: `${id} ${next} ${age}` }) };
  };
  const answer = (command: unknown): object => {
    calls.push((command as object).constructor.name);
    if (command instanceof DescribeStreamCommand) return describe(command.input);
    if (command instanceof GetShardIteratorCommand) return iterator(command.input);
    if (command instanceof GetRecordsCommand) return get(command.input);
    throw new Error('an unknown command');
  };
  return {
    streams: { send: async (command: unknown) => answer(command) } as unknown as Streams,
    /** Makes all iterators expire that were given out so far. */
    expire: () => {
      age += 1;
    },
    calls,
  };
};
