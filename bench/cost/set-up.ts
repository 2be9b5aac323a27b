import { FUNCTIONS } from '../../infra/functions.ts';

/** The functions that a resource goes through, and the one that looks every minute whether one is stuck. */
export const NAMES = ['request', 'apply', 'project', 'reconcile'] as const;
export type Name = (typeof NAMES)[number];

/** How a function is deployed, as far as its cost depends on it. */
export interface SetUp {
  readonly memoryMb: number;
  readonly batchSize?: number;
  readonly windowSeconds?: number;
}

/** The set-up that infra/functions.ts has for a function. */
export const setUpOf = (name: Name): SetUp => {
  const spec = FUNCTIONS.find((one) => one.name === name);
  if (!spec) throw new Error(`got ${name}, which is no function of infra/functions.ts`);
  const { memoryMb, feed } = spec;
  if (typeof feed !== 'object') return { memoryMb };
  return { memoryMb, batchSize: feed.batchSize, windowSeconds: feed.windowSeconds };
};
