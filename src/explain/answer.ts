import { fold } from '../events/resource.ts';
import { rowOf, type StateView, viewOf } from '../projections/state-row.ts';
import { UNSEEN_TAGS } from './actor-text.ts';
import { type ExplainedRequest, explainedRequests } from './requests.ts';
import type { Searched } from './search-trail.ts';
import { type TagWhy, tagsOf } from './tags.ts';
import type { Wanted } from './trail-findings.ts';
import { hintsOf, isInTrail, unknownVerdict } from './unknown-resource.ts';
import { verdictOf } from './verdict.ts';

/** The answer to why a resource has or lacks its tags. */
export interface WhyAnswer {
  /** A summary in one sentence, without the full stop. */
  readonly verdict: string;
  /** Whether the ledger or the trail knows the resource. */
  readonly isKnown: boolean;
  /** The name of the ledger that was searched; null when it does not exist. */
  readonly ledger: string | null;
  /** The current state; null when the ledger does not know the resource. */
  readonly resource: StateView | null;
  readonly tags: readonly TagWhy[];
  readonly requests: readonly ExplainedRequest[];
  /** What the trail tells about the resource; null when no trail was given. */
  readonly trail: Searched | null;
  /** That a simulated EC2 told of the outcomes, that it may have other tags, and possible reasons why no creation was seen. */
  readonly hints: readonly string[];
}

/** Builds the answer from a resource's stream, and from the trail if one was searched. */
export const answerOf = (
  { id, arn, type, events }: Wanted,
  ledger: { readonly name: string; readonly isThere: boolean },
  trail: Searched | undefined,
): WhyAnswer => {
  const asks = explainedRequests(events);
  const tags = tagsOf(events, asks);
  const isInLedger = events.length > 0;
  const missing = trail?.findings.filter(({ is }) => is === 'missing') ?? [];
  const state = fold(events);
  const isMakerSeen = state.born || trail?.findings.some(({ isCreation, arn }) => isCreation && arn);
  return {
    verdict: isInLedger
      ? verdictOf(id, events, tags) + notTakenIn(missing.length)
      : unknownVerdict(id, ledger.isThere ? undefined : ledger.name, trail),
    isKnown: isInLedger || (trail !== undefined && isInTrail(trail)),
    ledger: ledger.isThere ? ledger.name : null,
    resource: arn && isInLedger ? viewOf(rowOf(arn, state)) : null,
    tags,
    requests: asks.filter(({ status }) => status !== 'nothing-asked'),
    trail: trail ?? null,
    hints: [
      ...(state.simulated ? [SIMULATED] : []),
      ...(state.unseenTags ? [UNSEEN_TAGS] : []),
      ...(isMakerSeen ? [] : hintsOf(type)),
    ],
  };
};

const SIMULATED = 'EC2 was simulated, and AWS was never called';

const notTakenIn = (records: number): string => {
  if (records === 0) return '';
  return `; ${records === 1 ? 'a record' : `${records} records`} of it in the trail ${records === 1 ? 'is' : 'are'} not in the ledger`;
};
