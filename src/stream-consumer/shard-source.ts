import {
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { decodeRecords } from '../handlers/runtime/decode-records.ts';
import { deadLetterRecord } from './dead-letter-record.ts';
import type { FeedSource, Mapping } from './event-source-mapping.ts';
import type { ShardCursors } from './shard-cursors.ts';

/** The part of the Streams client that is used. */
export type Streams = Pick<DynamoDBStreamsClient, 'send'>;

/** One shard of a change feed, and who reads it. */
export interface ShardOptions {
  readonly streamArn: string;
  readonly shardId: string;
  readonly cursors: ShardCursors;
  /** See {@link Mapping.types}. */
  readonly types?: Mapping['types'];
  /** Told when records may be gone that the consumer has not had: it was away for longer than the 24 hours that they are kept. */
  readonly onTrimmed: (shardId: string) => void;
}

/** GetRecords gives at most 1,000 records, or 1 MB (API reference). */
const MAX_RECORDS = 1_000;

const MAX_TRIES = 3;

/**
 * The records of a shard that a consumer has not had. Pages are joined as far as a batch is full or the shard gives no
 * more, so that the events of a resource come together. An expired iterator is asked for again. What was trimmed is told,
 * and reading goes on at the oldest record that is left; of a shard that was never read it means nothing, as DynamoDB
 * Local says so of one that is empty (aws-sdk-java #2923). A closed shard that was read to its end is marked as ended,
 * and gives nothing more. One that is gone gives nothing: whether it is gone for good the list of shards tells.
 */
export const shardSource = (streams: Streams, options: ShardOptions): FeedSource<string> => {
  const { streamArn, shardId, cursors, types } = options;
  const page = pageReader(streams, options);
  return {
    async read(max) {
      const cursor = cursors.of(shardId);
      if (cursor.ended) return undefined;
      const { records, next, isOver } = await joinedPages(page, max, cursor.after);
      if (isOver) await cursors.save(shardId, { ...cursor, ended: true });
      if (next === undefined) return undefined;
      const passing = records.filter((record) => passes(types, record));
      return {
        batch: decodeRecords(passing),
        recordAt: (position) => deadLetterRecord(passing[position] ?? {}, streamArn),
        next,
      };
    },
    commit: (after) => cursors.save(shardId, { after }),
  };
};

/** One page of what follows the record `last`, maybe an empty one; undefined when the service gives none now. */
type PageReader = (max: number, last: string | undefined) => Promise<GetRecordsCommandOutput | undefined>;

/** Joins pages up to `max` records. `next` is absent when there were none; `isOver` when nothing can follow, either. */
const joinedPages = async (page: PageReader, max: number, after: string | undefined) => {
  const records: StreamRecord[] = [];
  let next: string | undefined;
  while (records.length < max) {
    const answer = await page(max - records.length, next ?? after);
    const last = answer?.Records?.at(-1)?.dynamodb?.SequenceNumber;
    // An empty page of a shard that goes on: there may be records behind it, which the next read asks for.
    if (last === undefined)
      return {
        records,
        next,
        isOver: answer !== undefined && next === undefined && !answer.NextShardIterator,
      };
    records.push(...(answer?.Records ?? []));
    next = last;
    if (!answer?.NextShardIterator) break;
  }
  return { records, next, isOver: false };
};

/** Reads the pages of a shard one after the other; after any trouble from `last` on. */
const pageReader = (streams: Streams, options: ShardOptions): PageReader => {
  let iterator: string | undefined;
  const read = async (max: number, after: string | undefined, tries: number): ReturnType<PageReader> => {
    try {
      iterator ??= await openIterator(streams, options, after);
      const Limit = Math.min(max, MAX_RECORDS);
      const answer = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit }));
      iterator = answer.NextShardIterator;
      return answer;
    } catch (error) {
      iterator = undefined;
      const trouble = troubleOf(error);
      if (trouble === 'trimmed' && after) options.onTrimmed(options.shardId);
      if (trouble === 'gone' || tries === MAX_TRIES) return undefined;
      return read(max, trouble === 'trimmed' ? undefined : after, tries + 1);
    }
  };
  return (max, last) => read(max, last, 1);
};

const openIterator = async (
  streams: Streams,
  { streamArn, shardId }: ShardOptions,
  after: string | undefined,
): Promise<string | undefined> => {
  const start = after
    ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after } as const)
    : ({ ShardIteratorType: 'TRIM_HORIZON' } as const);
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start }),
  );
  return ShardIterator;
};

/** What keeps a page from being read for now; throws an error that is none of this. */
const troubleOf = (error: unknown): 'gone' | 'expired' | 'trimmed' => {
  if (error instanceof ResourceNotFoundException) return 'gone';
  if (error instanceof ExpiredIteratorException) return 'expired';
  if (error instanceof TrimmedDataAccessException) return 'trimmed';
  throw error;
};

/** As the filter pattern `{"dynamodb":{"NewImage":{"type":{"S":[...]}}}}` does: what has no new image does not pass one. */
const passes = (types: Mapping['types'], { dynamodb }: StreamRecord): boolean =>
  types === undefined || types.some((type) => type === dynamodb?.NewImage?.type?.S);
