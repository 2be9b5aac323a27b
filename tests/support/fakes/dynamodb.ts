import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Item } from '../../../src/adapters/dynamodb/paging.ts';

/** How a fake deviates from a DynamoDB that has a good day. */
export interface Day {
  /** Items on a page of Query and Scan. */
  readonly pageSize?: number;
  /** Keys that one BatchGetItem gets round to; the others come back unprocessed. */
  readonly batchSize?: number;
  /** `false` for a service that does not know ReturnValuesOnConditionCheckFailure. */
  readonly allOld?: boolean;
}

/** The connection broke: before the service acted on the next PutItem, or before its answer arrived. */
export type Loss = 'request' | 'reply';

/**
 * A DynamoDB client over the ledger table in memory, behind `aws-sdk-client-mock`. It does what a request asks
 * for and no more: without a condition a PutItem overwrites, without ALL_OLD a conflict names no item, without
 * ConsistentRead a read does not see the last write, and pages end where the page size says.
 */
export const fakeDynamoDB = ({ pageSize = 2, batchSize = 100, allOld = true }: Day = {}) => {
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  const mock = mockClient(client);
  let items = new Map<string, Item>();
  let beforeLastWrite = items;
  let loss: Loss | undefined;

  const seenBy = (consistent: boolean | undefined) => (consistent ? items : beforeLastWrite);
  const page = (found: readonly Item[], start: Item | undefined) => {
    // As in DynamoDB, the key of a start need not be that of an item: it is a place.
    const behind = start ? found.filter((item) => byPartition(item, start) > 0) : found;
    const Items = behind.slice(0, pageSize);
    const last = Items.at(-1);
    // As in DynamoDB, a full page has a LastEvaluatedKey even when nothing follows it.
    return { Items, ...(last && Items.length === pageSize && { LastEvaluatedKey: keyIn(last) }) };
  };

  mock.on(PutItemCommand).callsFake((input: PutItemCommandInput) => {
    const lost = loss;
    loss = undefined;
    if (lost === 'request') throw new ConnectionLost();
    const item = input.Item ?? {};
    const there = items.get(nameOf(item));
    if (there && isForNewItems(input)) {
      const shown = allOld && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(shown && { Item: there }),
      });
    }
    beforeLastWrite = items;
    items = new Map(items).set(nameOf(item), item);
    if (lost === 'reply') throw new ConnectionLost();
    return {};
  });

  mock.on(GetItemCommand).callsFake(({ Key, ConsistentRead }: GetItemCommandInput) => {
    const Item = seenBy(ConsistentRead).get(nameOf(Key ?? {}));
    return Item ? { Item } : {};
  });

  mock.on(QueryCommand).callsFake((input: QueryCommandInput) => {
    const stream = streamAskedFor(input);
    const found = [...seenBy(input.ConsistentRead).values()].filter((item) => item.stream?.S === stream);
    return page(found.sort(bySeq), input.ExclusiveStartKey);
  });

  mock.on(ScanCommand).callsFake((input: ScanCommandInput) => {
    const found = [...seenBy(input.ConsistentRead).values()];
    const { Items, ...rest } = page(found.sort(byPartition), input.ExclusiveStartKey);
    // As in DynamoDB, a filter works on a page that was read: it may leave it empty.
    return { Items: Items.filter((item) => passes(item, input)), ...rest };
  });

  mock.on(BatchGetItemCommand).callsFake(({ RequestItems = {} }: BatchGetItemCommandInput) => {
    const [[table, { Keys = [], ConsistentRead } = {}] = ['']] = Object.entries(RequestItems);
    if (Keys.length < 1 || Keys.length > 100) throw refused('expected 1 to 100 keys');
    if (new Set(Keys.map(nameOf)).size < Keys.length) throw refused('the keys contain duplicates');
    const found = Keys.slice(0, batchSize).flatMap((key): Item[] => {
      const item = seenBy(ConsistentRead).get(nameOf(key));
      return item ? [item] : [];
    });
    const left = Keys.slice(batchSize);
    return {
      Responses: { [table]: found.reverse() },
      UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left, ConsistentRead } } : {},
    };
  });

  return {
    client,
    mock,
    /** How many items there are. */
    size: () => items.size,
    /** Breaks the connection during the next PutItem. */
    lose: (next: Loss) => {
      loss = next;
    },
  };
};

/** What the SDK throws when a connection breaks. */
export class ConnectionLost extends Error {
  override readonly name = 'TimeoutError';
}

/** A rejection by the service that is not about a condition. */
export const refused = (message: string, name = 'ValidationException'): DynamoDBServiceException =>
  new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: {} });

const nameOf = ({ stream, seq }: Item): string => `${stream?.S} ${seq?.N}`;
const keyIn = ({ stream, seq }: Item): Item => ({ ...(stream && { stream }), ...(seq && { seq }) });
const seqIn = ({ seq }: Item): number => Number(seq?.N);
const bySeq = (a: Item, b: Item): number => seqIn(a) - seqIn(b);

/** Partitions stand in the order of a hash: here, of the stream's name read backwards. */
const byPartition = (a: Item, b: Item): number => {
  const [x, y] = [a, b].map(({ stream }) => [...(stream?.S ?? '')].reverse().join(''));
  return x === y ? bySeq(a, b) : (x ?? '') < (y ?? '') ? -1 : 1;
};

const isForNewItems = ({ ConditionExpression, ExpressionAttributeNames }: PutItemCommandInput): boolean => {
  if (ConditionExpression === undefined) return false;
  const [, name = ''] = /^attribute_not_exists\((#\w+)\)$/.exec(ConditionExpression) ?? [];
  const attribute = ExpressionAttributeNames?.[name];
  if (attribute === 'stream' || attribute === 'seq') return true;
  throw refused(`the fake does not know the condition ${ConditionExpression}`);
};

const streamAskedFor = (input: QueryCommandInput): string | undefined => {
  const [, name = '', value = ''] = /^(#\w+) = (:\w+)$/.exec(input.KeyConditionExpression ?? '') ?? [];
  if (input.ExpressionAttributeNames?.[name] === 'stream') return input.ExpressionAttributeValues?.[value]?.S;
  throw refused(`the fake does not know the key condition ${input.KeyConditionExpression}`);
};

const passes = (item: Item, input: ScanCommandInput): boolean => {
  if (input.FilterExpression === undefined) return true;
  const [, name = '', from = '', to = ''] =
    /^(#\w+) BETWEEN (:\w+) AND (:\w+)$/.exec(input.FilterExpression) ?? [];
  const attribute = input.ExpressionAttributeNames?.[name];
  if (!attribute) throw refused(`the fake does not know the filter ${input.FilterExpression}`);
  const value = item[attribute]?.S ?? '';
  const values = input.ExpressionAttributeValues ?? {};
  return (values[from]?.S ?? '') <= value && value <= (values[to]?.S ?? '');
};
