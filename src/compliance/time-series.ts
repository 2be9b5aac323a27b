import type { Policy } from '../policies/policy.ts';
import type { FleetReader } from '../projections/resource-at.ts';
import { type Frame, frameOf } from './answer.ts';
import { assess } from './assess.ts';
import type { Selection } from './selection.ts';
import type { StatusCounts } from './status.ts';
import { startTally } from './tally.ts';

/** Compliance at one instant of a time series. */
export interface TimeSeriesPoint extends Frame {
  readonly resources: StatusCounts;
}

/**
 * Yields compliance over time: one point for each instant of `asOf`, all as known at `knownAt`. Each point is
 * a question about the whole fleet.
 */
export async function* timeSeries(
  fleet: FleetReader,
  {
    policy,
    selection,
    asOf,
    knownAt,
  }: {
    readonly policy: Policy;
    readonly selection: Selection;
    readonly asOf: readonly string[];
    readonly knownAt: string;
  },
): AsyncGenerator<TimeSeriesPoint> {
  const began = (await fleet.span(knownAt))?.began;
  for (const instant of asOf) {
    const moment = { asOf: instant, knownAt };
    const tally = startTally('account');
    for await (const some of assess(fleet, { policy, selection, moment })) {
      for (const assessed of some) tally.add(assessed);
    }
    yield { ...frameOf(began, policy, moment), resources: tally.totals().resources };
  }
}
