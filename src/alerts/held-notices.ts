import * as v from 'valibot';
import { compareAndSwap } from '../coordination/compare-and-swap.ts';
import type { CoordinationStore, Memo, StoredMemo } from '../coordination/coordination-store.ts';
import type { Telemetry } from '../shared/telemetry.ts';
import { publishAlerts, type Sns } from './publish-alerts.ts';
import {
  alertOfHeld,
  dueAtOf,
  type HeldBack,
  type Suppression,
  SuppressionSchema,
} from './suppression-state.ts';
import { onPublished, release } from './suppression-window.ts';

/** What publishing notices needs. */
export interface PublishNoticesDeps {
  /** Stores the suppression windows, so that they outlive the process. */
  readonly coordination: CoordinationStore;
  readonly sns: Sns;
  readonly topicArn: string;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** A suppression window whose message this process has to publish. */
export interface HeldPeriod {
  readonly key: string;
  readonly held: HeldBack;
}

/** Changes the memo of a suppression window; see {@link compareAndSwap}. */
export const changePeriod = async (
  coordination: CoordinationStore,
  key: string,
  change: (state: Suppression | undefined) => Suppression | undefined,
  seen?: { readonly there: StoredMemo | undefined },
): Promise<Suppression | undefined> => {
  const memo = (there: StoredMemo | undefined) => {
    const state = change(there && periodIn(there));
    return state && memoOf(state);
  };
  return (await compareAndSwap(coordination, key, memo, { seen }))?.value;
};

/**
 * Publishes the held messages and records the outcomes. Returns for each the error, or undefined if SNS
 * accepted it. If only the recording fails, the message has been sent and is sent again after its lease.
 */
export const publishHeld = async (
  { coordination, sns, topicArn, now, telemetry }: PublishNoticesDeps,
  periods: readonly HeldPeriod[],
): Promise<(Error | undefined)[]> => {
  const problems = await publishAlerts(
    sns,
    topicArn,
    periods.map(({ held }) => alertOfHeld(held)),
  );
  for (const [i, { key, held }] of periods.entries()) {
    const then = problems[i] ? release : onPublished;
    try {
      await changePeriod(coordination, key, (state) => then(state, held, now()));
    } catch (error) {
      telemetry.error('a quiet period could not be written', { error, key });
    }
  }
  telemetry.count('AlertsSent', problems.filter((problem) => !problem).length);
  return problems;
};

/** The window in a memo; undefined, to start anew, if another version wrote something else there. */
const periodIn = ({ value }: StoredMemo): Suppression | undefined => {
  const parsed = v.safeParse(SuppressionSchema, value);
  return parsed.success ? parsed.output : undefined;
};

const memoOf = (state: Suppression): Omit<Memo, 'key'> & { readonly value: Suppression } => {
  const dueAt = dueAtOf(state);
  return {
    value: state,
    ...(dueAt && { dueAt }),
    ...(state.stage === 'ended' && { expiresAt: new Date(state.expires) }),
  };
};
