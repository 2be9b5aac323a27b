import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbCoordinationStore } from '../../src/adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { keyOf, toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import type { FeedBatch } from '../../src/handlers/runtime/feed-batch.ts';
import { openStreamsReader, type StreamsReader } from '../../src/stream-consumer/streams-reader.ts';
import { chain, NOW, ONE_OF_EACH, observed, streamOf } from '../support/events.ts';
import { type FreshTables, freshTables } from './fresh-tables.ts';
import { clientOf, targets } from './targets.ts';

for (const target of targets().dynamodbs) {
  const test = suite(`the change feed of ${target.name}, read from the Streams API`);
  const streams = new DynamoDBStreamsClient(clientOf(target));
  let tables: FreshTables;
  let append: (event: RecordedEvent) => Promise<unknown>;
  let count = 0;
  let calls: string[] = [];
  streams.middlewareStack.add(
    (next, context) => (args) => {
      calls.push(context.commandName ?? '');
      return next(args);
    },
    { step: 'initialize' },
  );
  const trimmed: string[] = [];

  test.before.each(async () => {
    tables = await freshTables(target);
    append = dynamodbStore(tables.client, tables.ledger).append;
    trimmed.length = 0;
  });
  test.after.each(() => tables.close());
  test.after(() => streams.destroy());

  const eventOf = (): RecordedEvent =>
    record(streamOf(`i-${String(++count).padStart(17, '0')}`), observed(`o${count}`), undefined, NOW);
  const hashes = (events: readonly RecordedEvent[]) => events.map(({ hash }) => hash).sort();

  /** A consumer as a process of its own: what it got so far, and its reader. */
  const start = async (name = 'project') => {
    const { Table } = await tables.client.send(new DescribeTableCommand({ TableName: tables.ledger }));
    const batches: FeedBatch[] = [];
    const reader = await openStreamsReader(
      {
        streams,
        coordination: dynamodbCoordinationStore(tables.client, tables.state),
        streamArn: Table?.LatestStreamArn ?? '',
        onTrimmed: (shardId) => trimmed.push(shardId),
      },
      {
        name,
        consumer: async (batch) => {
          batches.push(batch);
          return new Set();
        },
        batchSize: 1_000,
        maxRetries: 0,
        onDropped: (_, error) => {
          throw error;
        },
      },
    );
    return {
      reader,
      events: () => batches.flatMap(({ events }) => events.map(({ recorded }) => recorded)),
      tampered: () => batches.flatMap(({ tampered }) => tampered.map(({ tampering }) => tampering)),
    };
  };
  /** Reads until two turns gave nothing: in AWS one says little. */
  const drain = async (reader: StreamsReader): Promise<void> => {
    for (let idle = 0; idle < 2; ) idle = (await reader.turn()) > 0 ? 0 : idle + 1;
  };

  test('a feed that is empty gives nothing, and that is no loss', async () => {
    const { reader, events } = await start();
    await drain(reader);
    await append(eventOf());
    await drain(reader);
    assert.is(events().length, 1);
    assert.equal(trimmed, []);
  });

  test('every type of event comes to each consumer as it was recorded, in the order of its stream', async () => {
    const events = chain(ONE_OF_EACH, streamOf(`i-${String(++count).padStart(17, '0')}`));
    for (const event of events) await append(event);
    for (const name of ['apply', 'project']) {
      const consumer = await start(name);
      await drain(consumer.reader);
      assert.equal(
        consumer.events().toSorted((a, b) => a.seq - b.seq),
        events,
      );
    }
  });

  test('more records than one page holds all come, once', async () => {
    const events = Array.from({ length: 1_100 }, eventOf);
    for (let i = 0; i < events.length; i += 25) {
      const puts = events.slice(i, i + 25).map((event) => ({ PutRequest: { Item: toItem(event) } }));
      await tables.client.send(new BatchWriteItemCommand({ RequestItems: { [tables.ledger]: puts } }));
    }
    const consumer = await start();
    await drain(consumer.reader);
    assert.equal(hashes(consumer.events()), hashes(events));
  });

  test('a new process goes on from the cursor of the one before it', async () => {
    const before = [eventOf(), eventOf()];
    for (const event of before) await append(event);
    await drain((await start()).reader);
    const later = eventOf();
    await append(later);
    const second = await start();
    await drain(second.reader);
    assert.equal(second.events(), [later]);
    assert.equal(trimmed, []);
  });

  test('an event that was changed or removed behind the back of the ledger arrives as tampering', async () => {
    const [changed, removed] = [eventOf(), eventOf()];
    await append(changed);
    await append(removed);
    const { reader, tampered } = await start();
    await drain(reader);
    await tables.client.send(
      new UpdateItemCommand({
        TableName: tables.ledger,
        Key: keyOf(changed),
        UpdateExpression: 'SET body = :body',
        ExpressionAttributeValues: { ':body': { S: '{}' } },
      }),
    );
    await tables.client.send(new DeleteItemCommand({ TableName: tables.ledger, Key: keyOf(removed) }));
    await drain(reader);
    assert.equal(
      tampered()
        .map(({ what, before, after }) => [what, before.hash, after?.hash])
        .sort(),
      [
        ['changed', changed.hash, changed.hash],
        ['removed', removed.hash, undefined],
      ],
    );
  });

  // moto forgets a stream that is switched off, and fails when it is asked for its shards (decision 0030).
  if (target.name !== 'moto') {
    test('a shard that was closed is read to its end, and not asked again', async () => {
      const events = [eventOf(), eventOf()];
      for (const event of events) await append(event);
      const consumer = await start();
      await tables.client.send(
        new UpdateTableCommand({ TableName: tables.ledger, StreamSpecification: { StreamEnabled: false } }),
      );
      await drain(consumer.reader);
      assert.equal(hashes(consumer.events()), hashes(events));
      assert.equal(trimmed, []);
      calls = [];
      await drain((await start()).reader);
      assert.equal([...new Set(calls)], ['DescribeStreamCommand']);
    });
  }

  test.run();
}
