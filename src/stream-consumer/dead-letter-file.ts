import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Consumer } from '../handlers/redrive/dead-letter.ts';

/**
 * What the failure destination of an event source mapping is in AWS: batches of the change feed that a consumer gave
 * up, one message a line, kept until somebody says that they went through.
 */
export interface DeadLetterFile {
  /** Keeps a batch; once it returns, the death of the process does not lose it. */
  add(consumer: Consumer, records: readonly DynamoDBRecord[], error: unknown): void;
  messages(): string[];
  /** Forgets those messages, and no other, also not one that was added meanwhile. */
  forget(messages: ReadonlySet<string>): void;
}

/** How many batches were given up in a folder and wait to be run again. Reads alone. */
export const deadLettersIn = (folder: string): number => linesIn(join(folder, NAME)).length;

const NAME = 'dropped.ndjson';
const textIn = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const linesIn = (file: string): string[] => textIn(file).split('\n').filter(Boolean);

/** A file in a folder, `dropped.ndjson` in a ledger's; only its owner may read it, as it holds events. */
export const deadLetterFile = (folder: string, now: () => Date, name = NAME): DeadLetterFile => {
  const file = join(folder, name);
  const text = () => textIn(file);
  const messages = () => linesIn(file);
  // A last line without its end was cut off by the death of the process, before its batch was committed: it comes again.
  const whole = text().slice(0, text().lastIndexOf('\n') + 1);
  if (whole.length < text().length) truncateSync(file, Buffer.byteLength(whole));
  return {
    add: (consumer, records, error) => {
      const message = JSON.stringify(messageOf(consumer, records, error, now()));
      appendFileSync(file, `${message}\n`, { mode: 0o600 });
    },
    messages,
    forget: (gone) => {
      const left = messages().filter((message) => !gone.has(message));
      writeFileSync(`${file}.new`, left.map((message) => `${message}\n`).join(''), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
};

/** In the form in which Lambda gives a failed batch of DynamoDB Streams to a bucket: with its records. */
const messageOf = (consumer: Consumer, records: readonly DynamoDBRecord[], error: unknown, at: Date) => {
  const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
  const times = records.map(({ dynamodb }) => dynamodb?.NewImage?.recordedAt?.S ?? at.toISOString()).sort();
  return {
    version: '1.0',
    timestamp: at.toISOString(),
    requestContext: {
      functionArn: `arn:aws:lambda:local:111122223333:function:${consumer}`,
      condition: 'RetryAttemptsExhausted',
    },
    responseContext: { functionError: error instanceof Error ? error.name : 'Reported' },
    DDBStreamBatchInfo: {
      shardId: 'shardId-local',
      startSequenceNumber: numbers[0],
      endSequenceNumber: numbers.at(-1),
      approximateArrivalOfFirstRecord: times[0],
      approximateArrivalOfLastRecord: times.at(-1),
      batchSize: records.length,
      streamArn: 'arn:aws:dynamodb:local:111122223333:table/tagledger-ledger/stream/local',
    },
    payload: JSON.stringify({ Records: records }),
  };
};
