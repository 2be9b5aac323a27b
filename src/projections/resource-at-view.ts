import type { RecordedEvent } from '../events/recorded-event.ts';
import { isWhole } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import { isSimulated, type Who } from '../events/tag-event.ts';
import { END_OF_TIME } from '../shared/time.ts';
import { type Horizon, type HorizonView, horizonView, isHeard } from './horizon.ts';
import { counts, type Moment, type ResourceAt, resourceAt } from './resource-at.ts';
import { type UncertaintyView, uncertaintyView } from './state-row.ts';

/**
 * What was known about the life of a resource at a moment. `exists`: it had been created, or a baseline had shown it, and it had not ended.
 * `retired`: it had ended; the tags are the last it had. `unborn`: it was created later. `unknown`: its
 * creation was never seen and no baseline had shown it yet, so it may have had other tags than the known ones, or it may have ended (`uncertain`). `gap`: it is not a resource,
 * but a call whose resources are not known. `unheard`: the moment is beyond the horizon of the ledger, so the tags are
 * the last that it knows.
 */
export type Standing = 'exists' | 'retired' | 'unborn' | 'unknown' | 'gap' | 'unheard';

/**
 * A resource at a moment as one flat object for people and programs, with the two instants that were used.
 */
export interface ResourceAtView extends Moment {
  readonly arn: string;
  readonly id: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly standing: Standing;
  readonly horizon: HorizonView;
  /** The known tags. They are complete when the resource `exists`, unless `unseenTags` is there. */
  readonly tags: readonly Tag[];
  /** Present if it may have other tags, copied from its source, which nothing had shown by then. */
  readonly unseenTags?: true;
  readonly createdBy: Who | null;
  readonly createdAt: string | null;
  /** Present if its creation is not known: when a baseline first showed it, also if that was after `asOf`. */
  readonly foundAt?: string;
  readonly retiredAt: string | null;
  /** Present if it may have ended: since when, and why, nobody knows whether it exists. */
  readonly uncertain?: UncertaintyView;
  /** Present if a simulated EC2 told of it, or of its tags. */
  readonly simulated?: true;
}

/**
 * Returns what the events of a resource say at a moment; without events, that it is `unknown`. `horizon` is as known at
 * `knownAt`.
 */
export const resourceAtView = (
  arn: ResourceArn,
  events: readonly RecordedEvent[],
  moment: Moment,
  horizon: Horizon,
): ResourceAtView => {
  const then = resourceAt(events, moment);
  // Events after `asOf` tell a resource that was created later from one whose creation was never seen.
  const ever = then ?? resourceAt(events, { ...moment, asOf: END_OF_TIME });
  const { type, id, account, region } = parseArn(arn);
  return {
    arn,
    id,
    type,
    account,
    region,
    ...moment,
    standing: standingIn(
      { then, isEverBorn: ever?.born !== undefined },
      isHeard(horizon, moment.asOf, account),
    ),
    horizon: horizonView(horizon, moment.asOf),
    tags: then?.tags ?? [],
    ...(then?.unseen && { unseenTags: true as const }),
    createdBy: ever?.born?.who ?? null,
    createdAt: ever?.born?.at ?? null,
    ...(ever?.found && { foundAt: ever.found }),
    retiredAt: then?.retired?.at ?? null,
    ...(then?.uncertain && { uncertain: uncertaintyView(then.uncertain) }),
    ...(events.some((one) => counts(moment, one) && isSimulated(one.event)) && { simulated: true as const }),
  };
};

/** An end is the last that there is to know. */
const standingIn = (
  { then, isEverBorn }: { readonly then: ResourceAt | undefined; readonly isEverBorn: boolean },
  isMomentHeard: boolean,
): Standing => {
  if (!isMomentHeard && !then?.retired) return 'unheard';
  if (then) return standingOf(then);
  return isEverBorn ? 'unborn' : 'unknown';
};

const standingOf = (resource: ResourceAt): Standing => {
  if (resource.gap !== undefined) return 'gap';
  if (resource.retired) return 'retired';
  return isWhole(resource) && !resource.uncertain ? 'exists' : 'unknown';
};
