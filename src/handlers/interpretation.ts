import { arnOf, type ResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import type { Cause, Who } from '../events/tag-event.ts';
import type { Act, Skip } from './act.ts';

/** An input as things to record, and reasons why not. */
export interface Interpretation {
  readonly acts: readonly Act[];
  readonly skips: readonly Skip[];
}

/** By which act of whom, and when in AWS. */
export interface Occasion {
  readonly cause: Cause;
  readonly who: Who;
  readonly at: string;
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
