import type { EC2Client } from '@aws-sdk/client-ec2';
import { fullJitter, type Spacing } from '../events/backoff.ts';
import { type CallFailure, classifyFailure, passesWithTime } from './classify-failure.ts';

/** The part of the EC2 client that is used. */
export type Ec2 = Pick<EC2Client, 'send'>;

/** Time, as far as calling EC2 depends on it. */
export interface Waiting {
  /** Waits; a simulation may move its clock forward instead. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How long EC2 may still be called, in milliseconds. */
  readonly remainingMs: () => number;
  /** For the jitter of waits: from 0 to below 1; a simulation may give its own. */
  readonly random?: (() => number) | undefined;
}

/** What came of a call: EC2's answer, or why there is none. */
export type Called<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: CallFailure };

/** How often a thing is tried before it is left to a later invocation, and how the tries are spaced. */
const TRIES = 6;
const SPACING: Spacing = { baseMs: 250, capMs: 8_000 };

/** One call of EC2, repeated with full jitter while what is wrong with it passes with time and time is left. Never rejects. */
export const callEc2 = async <Answer>(
  send: () => Promise<Answer>,
  { sleep, remainingMs, random }: Waiting,
): Promise<Called<Answer>> => {
  for (let tries = 1; ; tries++) {
    if (remainingMs() <= 0) return { ok: false, failure: OUT_OF_TIME };
    try {
      return { ok: true, answer: await send() };
    } catch (error) {
      const failure = classifyFailure(error);
      const wait = fullJitter(tries, SPACING, random);
      if (!passesWithTime(failure) || tries === TRIES || wait >= remainingMs()) return { ok: false, failure };
      await sleep(wait);
    }
  }
};

const OUT_OF_TIME: CallFailure = {
  code: 'OutOfTime',
  message: 'the invocation had no time left to call EC2',
  class: 'unavailable',
};

/**
 * Acts on all, and with full jitter again on those that the act gives back as not yet done, while time is left.
 * Resolves with those that are not done in the end.
 */
export const untilDone = async <T>(
  all: readonly T[],
  act: (some: readonly T[]) => Promise<readonly T[]>,
  { sleep, remainingMs, random }: Waiting,
): Promise<readonly T[]> => {
  for (let tries = 1, left = all; ; tries++) {
    left = await act(left);
    const wait = fullJitter(tries, SPACING, random);
    if (left.length === 0 || tries === TRIES || wait >= remainingMs()) return left;
    await sleep(wait);
  }
};
