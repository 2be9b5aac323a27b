import { type Act, actOf, type FoldedEvent } from './fold/act.ts';
import { isApart } from './fold/join-acts.ts';
import { isOpen } from './request.ts';
import { FOLD_VERSION, foldOnto, type Resource } from './resource.ts';
import { requestIdOf } from './tag-event.ts';

/**
 * The fold of a stream from the fold of its first events, or from the row that was made of that, and the events that come
 * next. Undefined if they do not say together what the fold of the whole stream says: then the stream must be read.
 *
 * A replay is a fold over seconds, and a state holds all that a replay knows at its end. So acts that come after all
 * known ones, and are joined with none of them, continue it. What a row does not hold is the past of its requests: those
 * that ended long ago, what one that ended with a life had still to set, and when the cause of one happened. That is
 * needed when a request opens again, and to tell to which life it belongs. So creations and restorations, too, are
 * folded from the stream. Nor does it hold on what a resource depends, or whether a notice of its end may be joined with a
 * call: what says or needs that is folded from the stream as well.
 */
export const continueFold = (before: Resource, events: readonly FoldedEvent[]): Resource | undefined => {
  const isSound =
    before.foldVersion === FOLD_VERSION &&
    events.every(({ seq }, i) => seq === before.lastSeq + 1 + i) &&
    areLater(before, events) &&
    hasPlainRequests(before) &&
    hasKnownRequests(before, events);
  return isSound ? foldOnto(before, events) : undefined;
};

/**
 * Whether the acts of these events come after all known ones, and are recorded in the order of time: so a value is never
 * older than one that was learned before it.
 */
const areLater = ({ observedUntil, retired }: Resource, events: readonly FoldedEvent[]): boolean => {
  if (observedUntil === undefined) return false;
  const acts = events.flatMap((event) => actOf(event) ?? []);
  const isJoined = retired !== undefined && !retired.who;
  return acts.every((act, i) => {
    const previous = acts[i - 1];
    if (!isOfSameLife(act) || (isJoined && act.what === 'end')) return false;
    return previous ? act.at >= previous.at : isApart(observedUntil, act.at);
  });
};

const isOfSameLife = ({ what, endedWith }: Act): boolean =>
  what !== 'creation' && what !== 'restoration' && what !== 'dependency' && endedWith === undefined;

/** A request that ended with a life may still have an outcome, and one of a former life may end with it. */
const hasPlainRequests = ({ formerLives, requests }: Resource): boolean =>
  !requests.some((request) => request.status === 'retired' || (formerLives !== undefined && isOpen(request)));

/** Whether no event is about a request that the state may have forgotten, or opens one again that has ended. */
const hasKnownRequests = ({ requests }: Resource, events: readonly FoldedEvent[]): boolean => {
  const open = new Set(requests.filter(isOpen).map(({ id }) => id));
  const closed = new Set(requests.filter((request) => !isOpen(request)).map(({ id }) => id));
  return events.every(({ event }) => {
    switch (event.type) {
      case 'TagRequested': {
        const id = requestIdOf(event);
        const isKnown = event.request === undefined ? !closed.has(id) : open.has(id);
        open.add(id);
        return isKnown;
      }
      case 'TagApplied':
      case 'TagFailed':
        return open.has(event.request) || closed.has(event.request);
      default:
        return true;
    }
  });
};
