import { DescribeTableCommand, type DynamoDBClient, type PutItemCommand } from '@aws-sdk/client-dynamodb';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { fromItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { simulatedCloudWatch } from '../../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import { simulatedSns } from '../../src/embedded/simulated-aws/sns.ts';
import { record } from '../../src/events/recorded-event.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { endpointConsumers } from '../../src/stream-consumer/endpoint-consumers.ts';
import { DEFAULT_RETRY } from '../../src/tagging/retry-policy.ts';
import type { Faults } from '../simulation/faults.ts';
import type { Process } from '../simulation/process.ts';
import { simulatedTable } from '../simulation/simulated-table.ts';
import { NOW, requested, streamOf } from '../support/events.ts';
import { type FakeShard, fakeStreams, insertOf } from '../support/fakes/streams.ts';

const test = suite('the consumers of a ledger in DynamoDB');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';
const tables = { ledger: 'ledger', state: 'state' };

/** A ledger in a DynamoDB whose change feed has pages of three records, and the rows that were written to its state table. */
const setUp = () => {
  const shard: FakeShard = { id: 's1', records: [] };
  const rows: string[] = [];
  const now = () => NOW.getTime();
  const faults = { strikes: () => false } as unknown as Faults;
  const ledger = simulatedTable(['stream', 'seq'], {
    now,
    faults,
    onPut: (item) => shard.records.push(insertOf(fromItem(item))),
  });
  const state = simulatedTable(['resource'], {
    now,
    faults,
    onPut: ({ resource }) => {
      if (resource?.S?.startsWith('arn:')) rows.push(resource.S);
    },
  });
  const process = { name: 'consume', call: async (_, act) => act() } as Process;
  const [toLedger, toState] = [ledger.client(process), state.client(process)];
  const send = async (command: object): Promise<unknown> => {
    if (command instanceof DescribeTableCommand) {
      return { Table: { LatestStreamArn: 'a stream', StreamSpecification: { StreamEnabled: true } } };
    }
    const { TableName, RequestItems = {} } = (command as PutItemCommand).input as {
      TableName?: string;
      RequestItems?: object;
    };
    const table = TableName ?? Object.keys(RequestItems)[0];
    return (table === tables.ledger ? toLedger : toState).send(command as PutItemCommand);
  };
  const dynamodb = { send } as unknown as DynamoDBClient;
  const ec2 = simulatedEc2({ now });
  const open = () =>
    endpointConsumers({
      dynamodb,
      streams: fakeStreams([shard]).streams,
      tables,
      sns: simulatedSns({ topics: [TOPIC], now }),
      topicArn: TOPIC,
      cloudwatch: simulatedCloudWatch({ now }),
      ec2: ec2.client,
      sleep: async () => undefined,
      telemetry: QUIET,
      policy: DEFAULT_RETRY,
      eventFormat: 1,
      childRules: undefined,
      archived: undefined,
      quietMs: 60_000,
      now: () => NOW,
      onDropped: (consumer, _, error) => {
        throw new Error(`${consumer} gave up a record`, { cause: error });
      },
      onTrimmed: () => assert.unreachable(),
    });
  const request = async (n: number) => {
    const stream = streamOf(`i-0a${n}`);
    ec2.create({ ...parseArn(stream), at: 0 });
    await dynamodbStore(dynamodb, tables.ledger).append(record(stream, requested(`r${n}`), undefined, NOW));
  };
  return { open, request, rows, ec2 };
};

test('a row is written once for the request and the outcome of its resource, over any number of pages', async () => {
  const { open, request, rows, ec2 } = setUp();
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  for (const n of numbers) await request(n);
  const consumers = await open();
  assert.equal(await consumers.feed(), { apply: 20, project: 40 });
  assert.equal(rows.toSorted(), numbers.map((n) => streamOf(`i-0a${n}`)).toSorted());
  assert.is(ec2.calls.createTags, 1);
  assert.equal(await consumers.feed(), { apply: 0, project: 0 });
});

test.run();
