import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbCoordinationStore } from '../../../src/adapters/dynamodb/coordination-store.ts';
import { dynamodbStateStore } from '../../../src/adapters/dynamodb/state-store.ts';
import type { StateRow } from '../../../src/projections/state-row.ts';
import { listOf } from '../../support/async.ts';
import { memoStoreContract } from '../../support/contracts/coordination-store.ts';
import { rowsOf } from '../../support/contracts/state-store.ts';
import { at, STREAM } from '../../support/events.ts';
import { fakeDynamoDBServer, STATE_TABLE } from '../../support/fakes/dynamodb-server.ts';

memoStoreContract('dynamodbCoordinationStore', async () => {
  const { client, close } = await fakeDynamoDBServer();
  return { coordination: dynamodbCoordinationStore(client, STATE_TABLE), close };
});

const test = suite('rows and memos in one table');

test('rows are listed without the memos, and neither is due for the other', async () => {
  const { client, close } = await fakeDynamoDBServer();
  try {
    const coordination = dynamodbCoordinationStore(client, STATE_TABLE);
    const states = dynamodbStateStore(client, STATE_TABLE);
    const [row] = rowsOf(STREAM) as [StateRow];
    await states.save(row);
    await coordination.swap({ key: 'open/1', value: 1, dueAt: at(0) }, undefined);
    assert.equal(await listOf(states.list()), [row]);
    assert.equal(await states.due('open', at(999_999), 10), [STREAM]);
    assert.equal(await coordination.due('open', at(999_999), 10), ['open/1']);
  } finally {
    await close();
  }
});

test.run();
