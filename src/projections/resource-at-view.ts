import type { RecordedEvent } from '../events/recorded-event.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { Who } from '../events/tag-event.ts';
import { END_OF_TIME } from '../shared/time.ts';
import { type Moment, type ResourceAt, resourceAt } from './resource-at.ts';

/**
 * What was known of a resource's being at a moment. `exists`: it had been made, and not ended; `retired`: it had ended,
 * with the tags that it bore last; `unborn`: it was made later; `unknown`: its birth was never seen, so it may have
 * borne other tags than those that are known; `gap`: no resource, but a call whose resources are not known.
 */
export type Standing = 'exists' | 'retired' | 'unborn' | 'unknown' | 'gap';

/** A resource at a moment as people and programs read it: one flat object, with both instants as they were used. */
export interface ResourceAtView extends Moment {
  readonly arn: string;
  readonly id: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly standing: Standing;
  /** Those that are known; all of them where it `exists`. */
  readonly tags: readonly Tag[];
  readonly createdBy: Who | null;
  readonly createdAt: string | null;
  readonly retiredAt: string | null;
}

/** What the events of a resource give at a moment; of no events, that nothing was known. */
export const resourceAtView = (
  arn: ResourceArn,
  events: readonly RecordedEvent[],
  moment: Moment,
): ResourceAtView => {
  const then = resourceAt(events, moment);
  // What was known by then of its later days tells one that was not there yet from one that nobody saw.
  const ever = then ?? resourceAt(events, { ...moment, asOf: END_OF_TIME });
  const { type, id, account, region } = parseArn(arn);
  return {
    arn,
    id,
    type,
    account,
    region,
    ...moment,
    standing: then ? standingOf(then) : ever?.born ? 'unborn' : 'unknown',
    tags: then?.tags ?? [],
    createdBy: ever?.born?.who ?? null,
    createdAt: ever?.born?.at ?? null,
    retiredAt: then?.retired?.at ?? null,
  };
};

const standingOf = ({ gap, retired, born }: ResourceAt): Standing => {
  if (gap !== undefined) return 'gap';
  if (retired) return 'retired';
  return born ? 'exists' : 'unknown';
};
