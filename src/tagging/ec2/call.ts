import type { EC2Client } from '@aws-sdk/client-ec2';
import { fullJitter, type Spacing } from '../../shared/backoff.ts';
import { type CallFailure, classifyFailure, passesWithTime } from './classify-failure.ts';
import type { Pace } from './pace.ts';

/** The part of the EC2 client that is used. */
export type Ec2 = Pick<EC2Client, 'send'>;

/** Time, as far as calling EC2 depends on it. */
export interface RepeatedCall {
  /** Waits; a simulation may move its clock forward instead. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How long EC2 may still be called, in milliseconds. */
  readonly remainingMs: () => number;
  /** For the jitter of waits: from 0 to below 1; a simulation may give its own. */
  readonly random?: (() => number) | undefined;
  /** Shared by the calls that share a token bucket: with it, each call waits for its turn. */
  readonly pace?: Pace | undefined;
}

/** What came of a call: EC2's answer, or why there is none. */
export type Called<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: CallFailure };

/** How often a thing is tried before it is left to a later invocation, and how the tries are spaced. */
const TRIES = 6;
/** How often a throttled call is tried that has a pace: until the pace is found, it gets through by luck (decision 0014). */
const PACED_TRIES = 12;
const SPACING: Spacing = { baseMs: 250, capMs: 8_000 };

/**
 * One call of EC2, repeated while what is wrong with it passes with time and time is left: with full jitter, or when
 * it is its turn where a throttled call has a pace to keep. Never rejects.
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

/** Whether no time was left to call EC2, or to wait for the call's turn: EC2 has said nothing about the request. */
export const ranOutOfTime = ({ code }: CallFailure): boolean => code === OUT_OF_TIME.code;

/**
 * Acts on all, and with full jitter again on those that the act gives back as not yet done, while time is left.
 * Resolves with those that are not done in the end.
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
