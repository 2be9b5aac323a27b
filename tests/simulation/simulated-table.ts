import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDB, Item } from '../../src/adapters/dynamodb/paging.ts';
import type { Faults } from './faults.ts';
import type { Process } from './process.ts';

interface Kept {
  readonly item: Item;
  readonly before: Item | undefined;
  readonly at: number;
}

/** One DynamoDB table, as the service has it. */
export interface SimulatedTable {
  /** The table over a process's network. */
  readonly client: (process: Process) => DynamoDB;
  readonly items: () => Item[];
}

/** How long a read that is not consistent may be behind. */
export const STALE_MS = 5_000;

/**
 * A table in memory at the SDK's `send` seam that does what a request asks for and no more: without a condition a
 * PutItem overwrites, without ConsistentRead a read may miss what was written a moment ago, ALL_OLD is honoured where
 * it is asked for, and sometimes not even then. `onPut` is told of each new item, as the table's stream is.
 */
export const simulatedTable = (
  key: readonly string[],
  {
    now,
    faults,
    onPut,
  }: { readonly now: () => number; readonly faults: Faults; readonly onPut?: (item: Item) => void },
): SimulatedTable => {
  const kept = new Map<string, Kept>();
  const byPartition = new Map<string, Set<string>>();
  const nameOf = (item: Item): string => key.map((name) => scalar(item[name])).join(' ');

  const put = (input: PutItemCommandInput): object => {
    const item = input.Item ?? {};
    const name = nameOf(item);
    const there = kept.get(name)?.item;
    if (!meets(there, input)) {
      const shown =
        there &&
        input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' &&
        !faults.strikes('conflict without ALL_OLD', name);
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(shown && { Item: there }),
      });
    }
    kept.set(name, { item, before: there, at: now() });
    const partition = scalar(item[key[0] ?? '']);
    const names = byPartition.get(partition) ?? new Set();
    byPartition.set(partition, names.add(name));
    onPut?.(item);
    return {};
  };

  const seen = (
    one: Kept | undefined,
    isConsistent: boolean | undefined,
    isStale: boolean,
  ): Item | undefined =>
    one && !isConsistent && isStale && one.at > now() - STALE_MS ? one.before : one?.item;

  const query = (input: QueryCommandInput): object => {
    const isStale = !input.ConsistentRead && faults.strikes('stale read', 'Query');
    const partition = scalar(Object.values(input.ExpressionAttributeValues ?? {})[0]);
    const names = input.IndexName ? kept.keys() : (byPartition.get(partition) ?? []);
    const Items = [...names].flatMap((name): Item[] => {
      const item = seen(kept.get(name), input.ConsistentRead, isStale);
      return item && meets(item, { ...input, ConditionExpression: input.KeyConditionExpression })
        ? [item]
        : [];
    });
    const order = input.IndexName ? 'dueAt' : (key[1] ?? '');
    Items.sort((a, b) => compare(a[order], b[order]));
    return { Items: Items.slice(0, input.Limit) };
  };

  /** The items of some keys, as one read sees them. */
  const read = (keys: readonly Item[], isConsistent: boolean | undefined, operation: string): Item[] => {
    const isStale = !isConsistent && faults.strikes('stale read', operation);
    return keys.flatMap((one): Item[] => {
      const item = seen(kept.get(nameOf(one)), isConsistent, isStale);
      return item ? [item] : [];
    });
  };

  const batchGet = ({ RequestItems = {} }: BatchGetItemCommandInput): object => {
    const [[table = '', { Keys = [], ConsistentRead } = {}] = []] = Object.entries(RequestItems);
    return { Responses: { [table]: read(Keys ?? [], ConsistentRead, 'BatchGetItem') } };
  };

  /** The items of one partition come together, in the order of their sort key. */
  const scan = (): object => {
    const names = [...byPartition.values()].flatMap((some) => [...some]);
    const Items = names.flatMap((name): Item[] => [kept.get(name)?.item ?? {}]);
    const [partition = '', sort] = key;
    if (sort) Items.sort((a, b) => compare(a[partition], b[partition]) || compare(a[sort], b[sort]));
    return { Items };
  };

  const answer = (command: unknown): object => {
    if (command instanceof PutItemCommand) return put(command.input);
    if (command instanceof QueryCommand) return query(command.input);
    if (command instanceof GetItemCommand) {
      const [Item] = read([command.input.Key ?? {}], command.input.ConsistentRead, 'GetItem');
      return Item ? { Item } : {};
    }
    if (command instanceof BatchGetItemCommand) return batchGet(command.input);
    if (command instanceof ScanCommand) return scan();
    throw new Error(`the simulated table got ${(command as object).constructor.name}`);
  };

  return {
    client: (process) =>
      ({
        send: (command: object) => {
          const kind = command instanceof PutItemCommand ? ` ${kindOf(command.input.Item ?? {})}` : '';
          const what = `${command.constructor.name.replace('Command', '')}${kind}`;
          return process.call(what, () => {
            if (faults.strikes('service throttles', `${process.name}: ${what}`)) {
              throw new ProvisionedThroughputExceededException({ message: 'too fast', $metadata: {} });
            }
            return answer(command);
          });
        },
      }) as unknown as DynamoDB,
    items: () => [...kept.values()].map(({ item }) => item),
  };
};

/** What stands before the slash or colon of an item's key: `arn` for events and rows, `quiet` and so on for memos. */
const kindOf = ({ stream, resource }: Item): string => scalar(stream ?? resource).split(/[/:]/)[0] ?? '';

const scalar = (value: Item[string] | undefined): string => value?.S ?? value?.N ?? '';

const compare = (a: Item[string] | undefined, b: Item[string] | undefined): number =>
  a?.N !== undefined
    ? Number(a.N) - Number(b?.N)
    : scalar(a) < scalar(b)
      ? -1
      : scalar(a) > scalar(b)
        ? 1
        : 0;

type Expression = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Whether an item, or its absence, meets a condition: attribute_not_exists, =, < and <=, joined by AND or OR. */
const meets = (item: Item | undefined, input: Expression): boolean => {
  const { ConditionExpression: condition, ExpressionAttributeNames: names = {} } = input;
  if (condition === undefined) return true;
  const attribute = (name: string) => item?.[names[name] ?? name];
  const term = (text: string): boolean => {
    const absent = /^attribute_not_exists\((\S+)\)$/.exec(text);
    if (absent) return attribute(absent[1] ?? '') === undefined;
    const [, name = '', operator, right = ''] = /^(\S+) (=|<|<=) (:\S+)$/.exec(text) ?? [];
    if (!operator) throw new Error(`the simulated table does not know the condition ${text}`);
    const left = attribute(name);
    if (left === undefined) return false;
    const order = compare(left, input.ExpressionAttributeValues?.[right]);
    return operator === '=' ? order === 0 : operator === '<' ? order < 0 : order <= 0;
  };
  return condition.split(' OR ').some((part) => part.split(' AND ').every(term));
};
