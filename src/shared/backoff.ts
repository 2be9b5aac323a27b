import { setTimeout as delay } from 'node:timers/promises';

/** The bounds of the wait before a retry, in milliseconds. Tries are counted from 1. */
export interface Spacing {
  readonly baseMs: number;
  readonly capMs: number;
}

const QUICK: Spacing = { baseMs: 25, capMs: 1_000 };

/** A random wait between 0 and an exponentially growing, capped bound ("full jitter"), in milliseconds. */
export const fullJitter = (tries: number, { baseMs, capMs }: Spacing = QUICK, random = Math.random): number =>
  random() * Math.min(capMs, baseMs * 2 ** tries);

/** Waits with full jitter, so that callers that lost one race do not all meet again in the next. */
export const backoff = (tries: number): Promise<void> => delay(fullJitter(tries));
