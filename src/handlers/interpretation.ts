import { arnOf, type ResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import type { Act, Skip } from './act.ts';
import type { Occasion } from './ask-by-rules.ts';

/** An input as things to record, and reasons why not. */
export interface Interpretation {
  readonly acts: readonly Act[];
  readonly skips: readonly Skip[];
}

/** The same act on each of some resources. */
export const actOnEach = (
  { cause }: Occasion,
  resources: readonly ResourceIdentity[],
  act: (stream: ResourceArn) => Pick<Act, 'decide' | 'isRecorded' | 'otherwise'>,
): Interpretation => ({
  acts: resources.map(arnOf).map((stream) => ({ cause, stream, known: undefined, ...act(stream) })),
  skips: [],
});
