import { END_OF_TIME } from '../shared/time.ts';
import { SAMPLES } from './notices/alert-text.ts';
import type { Muted, Notice } from './notices/notice.ts';
import { dueAtOf, type HeldBack, isHeld, type Suppression } from './suppression-state.ts';

/** How long a claim's holder has to publish, in ms. After that the claim counts as abandoned. */
export const LEASE_MS = 60_000;

/** How long an ended window is kept, in ms, for people who look into what was published. */
const ENDED_MS = 24 * 3600_000;

/**
 * The state after a notice arrives. The notice holds the window, and its alert must be published, if nothing
 * was published yet, the window is over, or a claim was abandoned: by this same notice before it was
 * redelivered, or for longer than its lease. Otherwise the notice is only counted. A notice that is
 * redelivered after that counts again.
 */
export const onNotice = (state: Suppression | undefined, notice: Notice, now: Date): Suppression => {
  switch (state?.stage) {
    case undefined:
    case 'ended':
      return claim(notice, now);
    case 'claimed':
    case 'closing':
      return isBefore(now, state.lease) && state.holder !== notice.id
        ? mute(state, notice)
        : claim(notice, now, state.earlier, state.muted);
    case 'announced':
      return isBefore(now, state.until)
        ? mute(state, notice)
        : claim(notice, now, state.muted.count > 0 ? state.muted : undefined);
  }
};

/**
 * The state of a window that is due although no notice arrived: ended if nothing was counted, or else held by
 * `holder`, who must publish the closing summary or the message of an abandoned claim. Undefined if the
 * window is not due.
 */
export const close = (state: Suppression, holder: string, now: Date): Suppression | undefined => {
  if (isBefore(now, dueAtOf(state) ?? END_OF_TIME)) return undefined;
  switch (state.stage) {
    case 'claimed':
    case 'closing':
      return { ...state, holder, lease: later(now, LEASE_MS) };
    case 'announced': {
      if (state.muted.count === 0) return ended(state, now);
      const { muted: earlier, until: _, ...kept } = state;
      const lease = later(now, LEASE_MS);
      return { ...kept, stage: 'closing', holder, lease, earlier, muted: nothing(now) };
    }
    case 'ended':
      return undefined;
  }
};

/** The state after a claim's message was sent; undefined if the claim no longer exists. */
export const onPublished = (
  state: Suppression | undefined,
  mine: HeldBack,
  now: Date,
): Suppression | undefined => {
  if (!isStill(state, mine)) return undefined;
  // No notice arrived while the summary was published, so the window can end.
  if (state.stage === 'closing' && state.muted.count === 0) return ended(state, now);
  const { noun, where, by, quietMs, muted } = state;
  return { stage: 'announced', noun, where, by, quietMs, muted, until: later(now, quietMs) };
};

/**
 * The state after a claim's message could not be sent: the next process takes it over at once. Undefined if
 * the claim no longer exists.
 */
export const release = (
  state: Suppression | undefined,
  mine: HeldBack,
  now: Date,
): Suppression | undefined => (isStill(state, mine) ? { ...state, lease: now.toISOString() } : undefined);

const claim = (
  { noun, where, id, quietMs, alert }: Notice,
  now: Date,
  earlier?: Muted,
  muted: Muted = nothing(now),
): Suppression => ({
  stage: 'claimed',
  noun,
  where,
  by: id,
  holder: id,
  quietMs,
  muted: { ...muted, samples: [...muted.samples] },
  lease: later(now, LEASE_MS),
  alert: { ...alert },
  ...(earlier && { earlier: { ...earlier, samples: [...earlier.samples] } }),
});

const mute = <State extends Suppression>(state: State, { id, count, samples }: Notice): State => ({
  ...state,
  by: id,
  muted: {
    since: state.muted.since,
    count: state.muted.count + count,
    samples: [...new Set([...state.muted.samples, ...samples])].slice(0, SAMPLES),
  },
});

const ended = ({ noun, where, by, quietMs, muted }: Suppression, now: Date): Suppression => ({
  stage: 'ended',
  noun,
  where,
  by,
  quietMs,
  muted,
  expires: later(now, ENDED_MS),
});

/** A takeover changes the holder or the lease; a notice that is only counted changes neither. */
const isStill = (state: Suppression | undefined, mine: HeldBack): state is HeldBack =>
  state !== undefined && isHeld(state) && state.holder === mine.holder && state.lease === mine.lease;

const nothing = (now: Date): Suppression['muted'] => ({ count: 0, since: now.toISOString(), samples: [] });

const isBefore = (now: Date, moment: string): boolean => now.toISOString() < moment;

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();
