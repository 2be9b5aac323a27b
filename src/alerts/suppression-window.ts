import { END_OF_TIME } from '../shared/time.ts';
import { SAMPLES } from './notices/alert-text.ts';
import type { Muted, Notice } from './notices/notice.ts';
import { dueAtOf, type HeldBack, isHeld, type Suppression } from './suppression-state.ts';

/** Whoever claims a period has this long to publish; after it the claim is taken for abandoned. */
export const LEASE_MS = 60_000;

/** An ended period is kept for a day, for whoever looks into what was told. */
const ENDED_MS = 24 * 3600_000;

/**
 * What becomes of a period when a notice comes: held by the notice, whose alert must then be published, when nothing was
 * told yet, the period is over, or a claim was abandoned (by this very notice before it was redelivered, or for longer
 * than its lease); else the notice is only counted. A notice that is redelivered later than that counts again.
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
 * What becomes of a period that is due and no notice came: undefined while it is not due; an ended one when nothing was
 * muted; else held by `holder`, who must publish the closing summary, or the message of an abandoned claim.
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

/** What becomes of a period when this claim's message is out; undefined when the claim is no longer there. */
export const onPublished = (
  state: Suppression | undefined,
  mine: HeldBack,
  now: Date,
): Suppression | undefined => {
  if (!isStill(state, mine)) return undefined;
  // After a summary during which nothing was heard there is nothing to wait for.
  if (state.stage === 'closing' && state.muted.count === 0) return ended(state, now);
  const { noun, where, by, quietMs, muted } = state;
  return { stage: 'announced', noun, where, by, quietMs, muted, until: later(now, quietMs) };
};

/** What becomes of a period when this claim's message could not be sent: whoever comes next takes it over at once. */
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

/** A takeover changes holder or lease; a notice that is muted changes neither. */
const isStill = (state: Suppression | undefined, mine: HeldBack): state is HeldBack =>
  state !== undefined && isHeld(state) && state.holder === mine.holder && state.lease === mine.lease;

const nothing = (now: Date): Suppression['muted'] => ({ count: 0, since: now.toISOString(), samples: [] });

const isBefore = (now: Date, moment: string): boolean => now.toISOString() < moment;

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();
