import { settledBefore } from '../commands/observe-sweep.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { FleetReader, ResourceAt } from '../projections/resource-at.ts';
import { type Baseline, kindOf } from './compose-baseline.ts';

/** A resource that exists according to the ledger, and that a baseline does not show. */
export interface AbsentResource {
  readonly arn: ResourceArn;
  readonly id: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  /** When it was created, or first known to exist; null if neither was seen. */
  readonly knownSince: string | null;
}

/**
 * The resources that the ledger takes for existing when a baseline was taken, but that this does not show, although it
 * lists all of their account, Region and type. One that was created shortly before may not be shown yet. Sorted by ARN.
 */
export const findAbsent = async (
  fleet: FleetReader,
  { shown, covered, since }: Baseline,
  knownAt: string,
): Promise<AbsentResource[]> => {
  if (since === undefined || covered.size === 0) return [];
  const there = new Set(shown.map(({ arn }) => arn));
  const settledAt = settledBefore(since);
  const isAbsent = ({ arn, born, found, retired, gap }: ResourceAt) =>
    !retired &&
    gap === undefined &&
    covered.has(kindOf(arn)) &&
    !there.has(arn) &&
    (born?.at ?? found ?? '') < settledAt;
  const absent: AbsentResource[] = [];
  for await (const resources of fleet.at({ asOf: since, knownAt }))
    for (const resource of resources) {
      if (!isAbsent(resource)) continue;
      const { arn, born, found } = resource;
      const { id, type, account, region } = parseArn(arn);
      absent.push({ arn, id, type, account, region, knownSince: born?.at ?? found ?? null });
    }
  return absent;
};
