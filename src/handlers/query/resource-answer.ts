import type { EventStore } from '../../events/event-store.ts';
import { arnOf } from '../../events/resource-arn.ts';
import { type Home, identify } from '../../intake/direct-call.ts';
import { readHorizon } from '../../projections/horizon.ts';
import { momentBy, readMoment } from '../../projections/moment.ts';
import type { FleetReader } from '../../projections/resource-at.ts';
import { type ResourceAtView, resourceAtView } from '../../projections/resource-at-view.ts';
import type { ResourceQuestion } from './question.ts';

/** The ledger does not know the requested resource. The message names it and says what to do. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/**
 * Returns a resource as it was at a moment. Throws an `InvalidInputError` if the text names no resource, and
 * a {@link NotFoundError} if the ledger has no events for it.
 */
export const resourceThen = async (
  {
    store,
    span,
  }: { readonly store: Pick<EventStore, 'read' | 'find'>; readonly span?: FleetReader['span'] | undefined },
  { resource, ...asked }: ResourceQuestion,
  now: Date,
  home: Home | undefined,
): Promise<ResourceAtView> => {
  const times = readMoment(asked, now);
  const arn = arnOf(identify(resource, home));
  const events = await store.read(arn);
  if (events.length === 0) {
    throw new NotFoundError(
      `This ledger does not know ${arn}. Check the id, or give the whole ARN of a resource in another account or Region.`,
    );
  }
  const horizon = await readHorizon(store, times.knownAt, span);
  return resourceAtView(arn, events, momentBy(times, horizon), horizon);
};
