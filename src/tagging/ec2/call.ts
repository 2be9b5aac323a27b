import type { EC2Client } from '@aws-sdk/client-ec2';
import { fullJitter, type Spacing } from '../../shared/backoff.ts';
import { type CallFailure, classifyFailure, passesWithTime } from './classify-failure.ts';
import type { Pace } from './pace.ts';

/** The part of the EC2 client that tagledger uses. */
export type Ec2 = Pick<EC2Client, 'send'>;

/** The waits, the deadline and the pace of calls that are retried. */
export interface RepeatedCall {
  /** Waits; a simulation may advance its clock instead. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How much longer EC2 may be called, in milliseconds. */
  readonly remainingMs: () => number;
  /** The randomness of the waits, from 0 to below 1; a simulation may supply its own. */
  readonly random?: (() => number) | undefined;
  /** Shared by calls that share a token bucket: each call then waits for its turn. */
  readonly pace?: Pace | undefined;
}

/** The outcome of a call: EC2's response, or why there is none. */
export type Called<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: CallFailure };

/** How often a call is tried before it is left to a later invocation. */
const TRIES = 6;
/**
 * The same for throttled calls with a pace, which get through by chance until it is found (decision 0014).
 */
const PACED_TRIES = 12;
const SPACING: Spacing = { baseMs: 250, capMs: 8_000 };

/**
 * Calls EC2, and retries transient failures while time is left. Retries wait with full jitter; a throttled
 * call with a pace waits for its next turn instead. Never rejects.
 */
export const callEc2 = async <Answer>(
  send: () => Promise<Answer>,
  { sleep, remainingMs, random, pace }: RepeatedCall,
): Promise<Called<Answer>> => {
  for (let tries = 1; ; tries++) {
    const turn = pace?.turn() ?? 0;
    if (turn >= remainingMs()) return { ok: false, failure: OUT_OF_TIME };
    if (turn > 0) await sleep(turn);
    const called = await callOnce(send, pace);
    if (called.ok) return called;
    const { failure } = called;
    if (pace && failure.class === 'throttled' && tries < PACED_TRIES) continue;
    const wait = fullJitter(tries, SPACING, random);
    if (!passesWithTime(failure) || tries >= TRIES || wait >= remainingMs()) return called;
    await sleep(wait);
  }
};

/** One call of EC2, of which the pace is told. */
const callOnce = async <Answer>(
  send: () => Promise<Answer>,
  pace: Pace | undefined,
): Promise<Called<Answer>> => {
  try {
    const answer = await send();
    pace?.admitted();
    return { ok: true, answer };
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure.class === 'throttled') pace?.throttled();
    return { ok: false, failure };
  }
};

const OUT_OF_TIME: CallFailure = {
  code: 'OutOfTime',
  message: 'the invocation had no time left to call EC2',
  class: 'unavailable',
};

/** Whether no time was left to call EC2 or to wait for a turn, so that EC2 has not answered the request. */
export const ranOutOfTime = ({ code }: CallFailure): boolean => code === OUT_OF_TIME.code;

/**
 * Calls `act` with all items, and then again, with full jitter, with those that it returns as not yet done,
 * while time is left. Resolves with the items that are still not done.
 */
export const untilDone = async <T>(
  all: readonly T[],
  act: (some: readonly T[]) => Promise<readonly T[]>,
  { sleep, remainingMs, random }: RepeatedCall,
): Promise<readonly T[]> => {
  for (let tries = 1, left = all; ; tries++) {
    left = await act(left);
    const wait = fullJitter(tries, SPACING, random);
    if (left.length === 0 || tries === TRIES || wait >= remainingMs()) return left;
    await sleep(wait);
  }
};
