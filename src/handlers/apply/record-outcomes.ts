import pMap from 'p-map';
import { type Failure, recordApplied, recordFailed } from '../../commands/record-outcome.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import { parseArn, type ResourceArn } from '../../events/resource-arn.ts';
import { correlationIds } from '../../intake/correlation-ids.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { CallFailure } from '../../tagging/ec2/classify-failure.ts';
import type { CallOutcome } from '../../tagging/ec2/create-tags.ts';
import { type RetryPolicy, retryAt } from '../../tagging/retry-policy.ts';
import type { Due } from './due-requests.ts';

/** A request and the outcome of its attempt. */
export interface AttemptedRequest {
  readonly due: Due;
  readonly outcome: CallOutcome | undefined;
}

/** Is called for each record whose request could not be handled. */
export type OnFailure = (position: number, stream: ResourceArn, message: string, error: unknown) => void;

/** What recording outcomes needs from outside. */
export interface OutcomeDeps {
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /** How long to go on trying. */
  readonly policy: RetryPolicy;
  /** Jitters repeated calls; defaults to `Math.random`. */
  readonly random?: () => number;
}

const APPENDS_AT_ONCE = 16;

/**
 * Reports and records the outcomes of requests of one account and Region. Calls `onFailure` for each one that
 * could not be recorded.
 */
export const recordOutcomes = async (
  deps: OutcomeDeps,
  attempted: readonly AttemptedRequest[],
  onFailure: OnFailure,
): Promise<void> => {
  if (attempted.length === 0) return;
  reportOutcomes(deps.telemetry, attempted);
  await pMap(
    attempted,
    ({ due, outcome }) =>
      recordOutcome(deps, due, outcome).catch((error: unknown) =>
        onFailure(due.position, due.stream, 'the outcome could not be recorded', error),
      ),
    { concurrency: APPENDS_AT_ONCE },
  );
};

const reportOutcomes = (telemetry: Telemetry, attempted: readonly AttemptedRequest[]): void => {
  const dues = attempted.map(({ due }) => due);
  const { account, region } = parseArn((dues[0] as Due).stream);
  const applied = attempted.filter(({ outcome }) => outcome?.ok).length;
  const failed = attempted.length - applied;
  telemetry.count('ResourcesApplied', applied);
  telemetry.count('ResourcesFailed', failed);
  const causes = dues.map(({ cause }) => cause);
  const requests = dues.map(({ request }) => request);
  telemetry.info('tags applied', {
    account,
    region,
    applied,
    failed,
    ...correlationIds('causes', causes),
    ...correlationIds('requests', requests),
  });
};

const recordOutcome = async (
  deps: OutcomeDeps,
  due: Due,
  outcome: CallOutcome | undefined,
): Promise<void> => {
  const { ledger, telemetry } = deps;
  if (!outcome) throw new Error(`no outcome was given for ${due.stream}`);
  const now = ledger.now();
  const at = now.toISOString();
  const decision = outcome.ok
    ? recordApplied(due.stream, due, { ...outcome, at, tags: due.tags })
    : recordFailed(due.stream, due, {
        ...outcome.failure,
        at,
        ...nextAttempt(deps, outcome.failure, due, now),
      });
  await transact(ledger, due.stream, decision, due.known);
  if (outcome.ok) telemetry.measure('TimeToTag', (ledger.now().getTime() - due.askedAt) / 1_000);
};

/** When the next attempt after a failure is due; undefined if the failure is permanent. */
const nextAttempt = (
  { policy, random }: OutcomeDeps,
  failure: CallFailure,
  { attempt }: Due,
  now: Date,
): Pick<Failure, 'retryAt'> | undefined => {
  const due = retryAt(policy, failure, attempt, now, random);
  return due && { retryAt: due.toISOString() };
};
