import { resourceStream } from '../events/ledger-stream.ts';
import type { ResourceArn, ResourceIdentity } from '../events/resource-arn.ts';
import type { Act, Skip } from './act.ts';
import type { Occasion } from './ask-by-rules.ts';

/** An input as things to record, and reasons why not. */
export interface Interpretation {
  readonly acts: readonly Act[];
  readonly skips: readonly Skip[];
}

/** The same act on each of some resources. Throws an `InvalidInputError` where one has a name that is reserved. */
export const actOnEach = (
  { cause }: Occasion,
  resources: readonly ResourceIdentity[],
  act: (stream: ResourceArn) => Pick<Act, 'decide' | 'isRecorded' | 'otherwise'>,
): Interpretation => ({
  acts: resources.map(resourceStream).map((stream) => ({ cause, stream, known: undefined, ...act(stream) })),
  skips: [],
});
