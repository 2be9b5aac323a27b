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

/** The part of the Streams client that is used here. */
export type Streams = Pick<DynamoDBStreamsClient, 'send'>;

/** One shard of a change feed and the cursors of its reader. */
export interface ShardOptions {
  readonly streamArn: string;
  readonly shardId: string;
  readonly cursors: ShardCursors;
  /** See {@link Mapping.types}. */
  readonly types?: Mapping['types'];
  /**
   * Called when the consumer may have missed records, because it was away longer than the 24 hours for which
   * they are kept.
   */
  readonly onTrimmed: (shardId: string) => void;
}

/** GetRecords returns at most 1,000 records, or 1 MB (API reference). */
const MAX_RECORDS = 1_000;

const MAX_TRIES = 3;

/**
 * Reads the records of a shard after a consumer's cursor. Pages are joined until the batch is full or the
 * shard returns no more, so that the events of a resource arrive together. An expired iterator is renewed.
 * Trimmed records are reported, and reading continues at the oldest record left. For a shard never read
 * before, trimming is ignored, because DynamoDB Local reports it for an empty shard (aws-sdk-java #2923). A
 * closed shard that was read to its end is marked as ended and returns nothing more. A missing shard returns
 * nothing; the list of shards shows whether it is permanently gone.
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

/** Reads one page of the records after `last`, possibly empty; undefined if the service returns none now. */
type PageReader = (max: number, last: string | undefined) => Promise<GetRecordsCommandOutput | undefined>;

/**
 * Joins pages up to `max` records. `next` is undefined if there were none. `isOver` is true if there were
 * none and none can follow.
 */
const joinedPages = async (page: PageReader, max: number, after: string | undefined) => {
  const records: StreamRecord[] = [];
  let next: string | undefined;
  while (records.length < max) {
    const answer = await page(max - records.length, next ?? after);
    const last = answer?.Records?.at(-1)?.dynamodb?.SequenceNumber;
    // An empty page of an open shard: the next read asks for any records behind it.
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

/** Reads the pages of a shard in sequence. After an error it starts again from `last`. */
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

/** Classifies the errors that prevent a read for now. Rethrows any other error. */
const troubleOf = (error: unknown): 'gone' | 'expired' | 'trimmed' => {
  if (error instanceof ResourceNotFoundException) return 'gone';
  if (error instanceof ExpiredIteratorException) return 'expired';
  if (error instanceof TrimmedDataAccessException) return 'trimmed';
  throw error;
};

/**
 * Filters like the pattern `{"dynamodb":{"NewImage":{"type":{"S":[...]}}}}`: a record without a new image
 * does not pass.
 */
const passes = (types: Mapping['types'], { dynamodb }: StreamRecord): boolean =>
  types === undefined || types.some((type) => type === dynamodb?.NewImage?.type?.S);
