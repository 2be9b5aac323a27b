import type { Units } from '../counted-units.ts';
import type { ProxyOptions } from './counting-proxy.ts';

const WRITES = /^dynamodb:(?:Put|Update|Delete)Item$/;
const METERED = /^dynamodb:(?:(?:Put|Get|Update|Delete|BatchGet)Item|Query|Scan)$/;

interface Consumed {
  readonly CapacityUnits?: number;
}

/**
 * For a proxy in front of DynamoDB: asks with each call for what it consumes, indexes included, and adds that up. A write
 * whose condition fails consumes units too and does not say how many: it counts as one.
 */
export const consumedUnits = (units: Units): Pick<ProxyOptions, 'rewrite' | 'onAnswer'> => ({
  rewrite: ({ name, body }) =>
    METERED.test(name)
      ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'INDEXES' }))
      : undefined,
  onAnswer: ({ name }, { status, body }) => {
    if (!METERED.test(name)) return;
    const kind = WRITES.test(name) ? 'write' : 'read';
    const { ConsumedCapacity } = JSON.parse(body.toString()) as { ConsumedCapacity?: Consumed | Consumed[] };
    const all = status === 200 ? [ConsumedCapacity ?? []].flat() : [{ CapacityUnits: 1 }];
    for (const { CapacityUnits = 0 } of all) units[kind] += CapacityUnits;
  },
});
