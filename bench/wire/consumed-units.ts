import type { Units } from '../counted-units.ts';
import type { ProxyOptions } from './counting-proxy.ts';

const WRITES = /^dynamodb:(?:Put|Update|Delete)Item$/;
const METERED = /^dynamodb:(?:(?:Put|Get|Update|Delete|BatchGet)Item|Query|Scan)$/;

interface Consumed {
  readonly CapacityUnits?: number;
}

/**
 * For a proxy in front of DynamoDB: asks with each call for what it consumes, indexes included, and adds that up. A write
 * whose condition fails does not say how much it consumed: it counts as one unit. A key under which there is nothing
 * consumes as much as a small item (Developer Guide, "Read operations"), which DynamoDB Local leaves out.
 */
export const consumedUnits = (units: Units): Pick<ProxyOptions, 'rewrite' | 'onAnswer'> => ({
  rewrite: ({ name, body }) =>
    METERED.test(name)
      ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'INDEXES' }))
      : undefined,
  onAnswer: ({ name, body: asked }, { status, body }) => {
    if (!METERED.test(name)) return;
    const { ConsumedCapacity } = JSON.parse(body.toString()) as { ConsumedCapacity?: Consumed | Consumed[] };
    const said = [ConsumedCapacity ?? []]
      .flat()
      .reduce((all, { CapacityUnits = 0 }) => all + CapacityUnits, 0);
    if (WRITES.test(name)) units.write += status === 200 ? said : 1;
    else units.read += Math.max(said, leastRead(JSON.parse(asked.toString())));
  },
});

interface Read {
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys: readonly unknown[]; readonly ConsistentRead?: boolean }>
  >;
  readonly ConsistentRead?: boolean;
}

/** What a read of small items consumes at least: a unit for each key, half of one where consistency is not asked for. */
const leastRead = ({ RequestItems, ConsistentRead }: Read): number =>
  Object.values(RequestItems ?? { one: { Keys: [1], ConsistentRead } }).reduce(
    (all, { Keys, ConsistentRead: consistent }) => all + Keys.length * (consistent ? 1 : 0.5),
    0,
  );
