import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { fromItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import type { DynamoDB, Item } from '../../src/adapters/dynamodb/paging.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { hashOf } from '../../src/events/hash-chain.ts';
import type { EventFormat } from '../../src/events/tag-event.ts';
import { imageOf } from '../support/lambda-records.ts';
import { chance } from './chance.ts';

/** The functions of a deployment. */
const FUNCTIONS = ['request', 'apply', 'project', 'reconcile', 'seal', 'sweep'] as const;

/** A deployment of a version that writes format 2, function by function, over one that knows format 1 alone. */
export interface RollingDeployment {
  readonly isRolling: boolean;
  /** The old functions that met events of format 2. */
  readonly met: ReadonlySet<string>;
  /** Whether this function is still the version that knows format 1 alone. */
  readonly isOld: (fn: string) => boolean;
  /** The format that this function writes now. */
  readonly formatOf: (fn: string) => EventFormat;
  /** The ledger's table as this function sees it. */
  readonly seen: (fn: string, client: DynamoDB) => DynamoDB;
  /** A batch of the change feed as this function sees it. */
  readonly batch: (fn: string, batch: DynamoDBStreamEvent) => DynamoDBStreamEvent;
}

const HOUR_MS = 3600_000;
const MINUTE_MS = 60_000;
/** One run in so many is a deployment. */
const ONE_IN = 4;

/**
 * The deployment of a run, if it has one: half of them take minutes, the others hours. What an old function is, is told by
 * today's code: to it an event of format 2 looks as one of a later format looks today, with a hash that is right and texts
 * that mean something else. So if it reads one in spite of its `schemaVersion`, resources get wrong tags.
 */
export const rollingDeployment = (seed: number, now: () => number, start: number): RollingDeployment => {
  const dice = chance(-seed);
  const isRolling = seed % ONE_IN === 0;
  const begin = start + dice.between(0, 3) * HOUR_MS;
  const takesMs = dice.happens(0.5) ? 10 * MINUTE_MS : 6 * HOUR_MS;
  const upgraded = new Map<string, number>(FUNCTIONS.map((fn) => [fn, begin + dice.between(0, takesMs)]));
  // The writer of requests goes first: the others do not know yet what it writes.
  upgraded.set('request', begin);
  const isOld = (fn: string): boolean => isRolling && now() < (upgraded.get(fn) ?? start);
  const met = new Set<string>();
  const itemTo =
    (fn: string) =>
    (item: Item): Item => {
      if (fromItem(item).schemaVersion === 1) return item;
      met.add(fn);
      return asUnknown(item);
    };
  const unknownTo =
    (fn: string) =>
    (answer: object): object => {
      const { Item: item, Items: items, Responses: responses = {} } = answer as Answer;
      const all = Object.entries(responses).map(([table, some]) => [table, some.map(itemTo(fn))]);
      return Object.assign(answer, {
        ...(item && { Item: itemTo(fn)(item) }),
        ...(items && { Items: items.map(itemTo(fn)) }),
        ...(all.length > 0 && { Responses: Object.fromEntries(all) }),
      });
    };
  const recordTo =
    (fn: string) =>
    (record: DynamoDBRecord): DynamoDBRecord => {
      const NewImage = imageOf(itemTo(fn)(itemOf(record)));
      return { ...record, dynamodb: { ...record.dynamodb, NewImage } };
    };
  return {
    isRolling,
    met,
    isOld,
    formatOf: (fn) => (isOld(fn) ? 1 : 2),
    seen: (fn, client) =>
      ({
        send: async (command: object): Promise<unknown> => {
          const send = client.send as (command: object) => Promise<object>;
          if (!isOld(fn)) return send(command);
          return send(command).then(unknownTo(fn), (error: object) => {
            throw unknownTo(fn)(error);
          });
        },
      }) as unknown as DynamoDB,
    batch: (fn, { Records }) => ({ Records: isOld(fn) ? Records.map(recordTo(fn)) : Records }),
  };
};

interface Answer {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

/** The item of an event as an old function sees it. */
const asUnknown = (item: Item): Item => {
  const { stream, seq, prev, body } = fromItem(item);
  const misread = canonicalJson({ ...JSON.parse(body, meaningElse), schemaVersion: 3 });
  const hash = hashOf({ stream, seq, prev, body: misread });
  return { ...item, ...marshall({ body: misread, hash: Buffer.from(hash, 'hex') }) };
};

const meaningElse = (name: string, value: unknown): unknown => (name === 'value' ? 'misread' : value);

/** Lambda hands binary values over as base64 text. */
const itemOf = (record: DynamoDBRecord): Item =>
  Object.fromEntries(
    Object.entries(record.dynamodb?.NewImage ?? {}).map(([name, value]) => [
      name,
      typeof value.B === 'string' ? { B: Buffer.from(value.B, 'base64') } : value,
    ]),
  ) as Item;
