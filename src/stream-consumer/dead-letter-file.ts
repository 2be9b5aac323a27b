import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Consumer } from '../handlers/redrive/dead-letter.ts';

/**
 * The local counterpart of an event source mapping's failure destination: change feed batches that a consumer
 * gave up, kept until a redrive succeeds.
 */
export interface DeadLetters {
  /** Stores a batch, at the latest with the consumer's cursor. */
  add(consumer: Consumer, records: readonly DynamoDBRecord[], error: unknown): void;
  messages(): string[];
  /** Removes exactly these messages. Messages added in the meantime stay. */
  forget(messages: ReadonlySet<string>): void;
}

const textIn = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const linesIn = (file: string): string[] => textIn(file).split('\n').filter(Boolean);

/** Opens a dead-letter file with one message per line. It holds events, so only its owner can read it. */
export const deadLetterFile = (file: string, now: () => Date): DeadLetters => {
  const text = () => textIn(file);
  const messages = () => linesIn(file);
  // A last line without a line end was cut off by a crash before its batch was committed, so the batch is
  // redelivered.
  const whole = text().slice(0, text().lastIndexOf('\n') + 1);
  if (whole.length < text().length) truncateSync(file, Buffer.byteLength(whole));
  return {
    add: (consumer, records, error) => {
      const message = JSON.stringify(deadLetterMessage(consumer, records, error, now()));
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

/**
 * Builds a message in the form in which Lambda writes a failed DynamoDB Streams batch to a bucket, with its
 * records.
 */
export const deadLetterMessage = (
  consumer: Consumer,
  records: readonly DynamoDBRecord[],
  error: unknown,
  at: Date,
) => {
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
