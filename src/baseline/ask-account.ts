import pMap from 'p-map';
import { type Called, callEc2, type Ec2, type RepeatedCall } from '../tagging/ec2/call.ts';
import type { CallFailure } from '../tagging/ec2/classify-failure.ts';
import { ASKED_CALLS } from './asked-calls.ts';
import type { AnswerPlace, PlacedAnswer } from './compose-baseline.ts';
import { readDescribeAnswer } from './describe-answer.ts';

/** The dependencies of {@link askAccount}. */
export interface AskDeps {
  /** A client of a Region, with the credentials of the account. Its own retries are off. */
  readonly ec2: (region: string) => Ec2;
  readonly now: () => Date;
  readonly waiting: RepeatedCall;
  /** Told after each call, with the number of calls that are done and how many there are. */
  readonly onCall: (done: number, total: number) => void;
}

/** A call that failed for good: what it would have shown is missing. */
export interface FailedCall extends AnswerPlace {
  readonly operation: string;
  readonly failure: CallFailure;
}

/** What an account answered. */
export interface Asked {
  readonly answers: readonly PlacedAnswer[];
  readonly failed: readonly FailedCall[];
}

/** Calls at once in a Region. EC2 limits describe calls to 20 a second, and more while its bucket is full. */
const AT_ONCE = 4;

/**
 * Asks an account what exists in some Regions. Throttled calls and others that may pass are repeated. One that fails for
 * good does not keep the others from being made. Never rejects because of EC2.
 */
export const askAccount = async (
  deps: AskDeps,
  account: string,
  regions: readonly string[],
): Promise<Asked> => {
  const total = regions.length * ASKED_CALLS.length;
  let done = 0;
  const answers: PlacedAnswer[] = [];
  const failed: FailedCall[] = [];
  for (const region of regions) {
    const place = { account, region };
    const ec2 = deps.ec2(region);
    await pMap(
      ASKED_CALLS,
      async ({ operation, list, send }) => {
        for (let page: { NextToken?: string } | undefined = {}; page; ) {
          // Taken before the call, so that a change during the call counts as later.
          const at = deps.now().toISOString();
          const called: Called<object> = await callEc2(() => send(ec2, page ?? {}), deps.waiting);
          if (!called.ok) {
            failed.push({ ...place, operation, failure: called.failure });
            break;
          }
          // An answer about nothing may leave out its list.
          answers.push({ ...place, at, answer: readDescribeAnswer({ [list]: [], ...called.answer }) });
          const { NextToken } = called.answer as { NextToken?: string };
          page = NextToken ? { NextToken } : undefined;
        }
        done += 1;
        deps.onCall(done, total);
      },
      { concurrency: AT_ONCE },
    );
  }
  return { answers, failed };
};
