import type { Horizon } from '../projections/horizon.ts';
import type { FleetReader, Moment } from '../projections/resource-at.ts';
import { assess } from './assess.ts';
import { type Frame, reachOf } from './frame.ts';
import type { JudgingPolicy, PolicySource } from './policy-source.ts';
import type { Selection } from './selection.ts';
import { noCounts, type StatusCounts } from './status.ts';
import { startTally } from './tally.ts';

/** Compliance at one instant of a time series. */
export interface TimeSeriesPoint extends Omit<Frame, 'policy' | 'policySource'> {
  /** Null if no policy was in force: nothing was judged, so all counts are 0 and nothing is known. */
  readonly policy: string | null;
  readonly policySource: PolicySource | null;
  readonly resources: StatusCounts;
}

/** A question about a fleet over time. */
export interface TimeSeriesQuestion {
  /** The policy that judges at a moment; undefined if none was in force then. */
  readonly policyAt: (moment: Moment) => JudgingPolicy | undefined;
  readonly selection: Selection;
  /** As known at `knownAt`. */
  readonly horizon: Horizon;
  readonly asOf: readonly string[];
  readonly knownAt: string;
  /** Whether EC2 was simulated in this ledger. */
  readonly isSimulated?: boolean;
}

/**
 * Yields compliance over time: one point for each instant of `asOf`, all as known at `knownAt`. Each point is
 * a question about the whole fleet, judged by the policy of its instant.
 */
export async function* timeSeries(
  fleet: FleetReader,
  { policyAt, selection, asOf, knownAt, horizon, isSimulated }: TimeSeriesQuestion,
): AsyncGenerator<TimeSeriesPoint> {
  for (const instant of asOf) {
    const moment = { asOf: instant, knownAt };
    const judging = policyAt(moment);
    yield {
      ...moment,
      policy: judging?.policy.id ?? null,
      policySource: judging?.source ?? null,
      ...reachOf(horizon, moment),
      resources: judging
        ? await countsAt(fleet, { policy: judging.policy, selection, moment, horizon })
        : noCounts(),
      ...(isSimulated && { simulated: true }),
    };
  }
}

const countsAt = async (fleet: FleetReader, asked: Parameters<typeof assess>[1]): Promise<StatusCounts> => {
  const tally = startTally('account');
  for await (const some of assess(fleet, asked)) for (const assessed of some) tally.add(assessed);
  return tally.totals().resources;
};
