import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { EventTooLargeError, MAX_BODY_BYTES, SeqConflictError } from '../../src/events/event-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { chain, NOW, observed, streamOf } from '../support/events.ts';
import { type FreshTables, freshTables } from './fresh-tables.ts';
import { targets } from './targets.ts';

/** An item of DynamoDB has at most 400 KB, names and values together (Service quotas, "Items"). */
const MAX_ITEM_BYTES = 400 * 1024;

for (const target of targets().dynamodbs) {
  const test = suite(`what ${target.name} answers on the wire`);
  let tables: FreshTables;
  let store: ReturnType<typeof dynamodbStore>;
  let commands: string[] = [];
  let streams = 0;
  const newStream = () => streamOf(`i-${String(++streams).padStart(17, '0')}`);
  const sized = (stream: ReturnType<typeof newStream>, bytes: number): RecordedEvent => {
    const noted = (value: string) =>
      record(stream, observed('o1', { set: [{ key: 'Note', value }] }), undefined, NOW);
    return noted('x'.repeat(bytes - Buffer.byteLength(noted('').body)));
  };

  test.before(async () => {
    tables = await freshTables(target);
    store = dynamodbStore(tables.client, tables.ledger);
    tables.client.middlewareStack.add(
      (next, context) => (args) => {
        commands.push(context.commandName ?? '');
        return next(args);
      },
      { step: 'initialize' },
    );
  });
  test.before.each(() => {
    commands = [];
  });
  test.after(() => tables.close());

  test('a condition that fails answers with the item that won, which costs no read', async () => {
    const stream = newStream();
    const [first, rival] = ['first', 'rival'].map((id) => record(stream, observed(id), undefined, NOW));
    await store.append(first as RecordedEvent);
    assert.instance(await rejectionOf(store.append(rival as RecordedEvent)), SeqConflictError);
    assert.equal(await store.append(first as RecordedEvent), { event: first, fresh: true });
    assert.equal(commands, ['PutItemCommand', 'PutItemCommand', 'PutItemCommand']);
  });

  test('a stream of more than 1 MB comes in pages, and so does the table', async () => {
    const value = 'x'.repeat(300 * 1024);
    const events = chain(
      Array.from({ length: 8 }, (_, i) => observed(`o${i}`, { set: [{ key: 'Note', value }] })),
      newStream(),
    );
    for (const event of events) await store.append(event);
    commands = [];
    const read = await store.read(events[0]?.stream as RecordedEvent['stream']);
    assert.equal(
      read.map(({ hash }) => hash),
      events.map(({ hash }) => hash),
    );
    assert.ok(commands.length >= 2, `${commands.length} Query calls for 2.4 MB`);
    commands = [];
    const all = await listOf(store.readAll());
    assert.is(new Set(all.map(({ hash }) => hash)).size, all.length);
    assert.ok(events.every(({ hash }) => all.some((one) => one.hash === hash)));
    assert.ok(commands.length >= 2, `${commands.length} Scan calls for 2.4 MB`);
  });

  test('an item of more than 400 KB is refused by the server, and one that we accept never is', async () => {
    const TableName = tables.ledger;
    const tooLarge = toItem(sized(newStream(), MAX_ITEM_BYTES));
    const refusal = await rejectionOf(tables.client.send(new PutItemCommand({ TableName, Item: tooLarge })));
    assert.is((refusal as Error).name, 'ValidationException');
    assert.match((refusal as Error).message, /[Ii]tem size/);
    await tables.client.send(
      new PutItemCommand({ TableName, Item: toItem(sized(newStream(), MAX_BODY_BYTES)) }),
    );
  });

  test('an event that would not fit is refused before it is sent, and the error says what to do', async () => {
    const error = await rejectionOf(store.append(sized(newStream(), MAX_BODY_BYTES + 1)));
    assert.instance(error, EventTooLargeError);
    assert.match((error as Error).message, /has 358401 bytes, .*\. Ask for fewer or shorter tags\.$/);
    assert.equal(commands, []);
  });

  test.run();
}
