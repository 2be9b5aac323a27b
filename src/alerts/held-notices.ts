import * as v from 'valibot';
import { changeMemo } from '../coordination/compare-and-swap.ts';
import type { Memo, MemoStore, StoredMemo } from '../coordination/coordination-store.ts';
import type { Observer } from '../shared/telemetry.ts';
import { publishAlerts, type Sns } from './publish-alerts.ts';
import { alertOfHeld, dueAtOf, type Held, type Quiet, QuietSchema } from './suppression-state.ts';
import { release, told } from './suppression-window.ts';

/** What is needed to tell people something. */
export interface AnnounceDeps {
  /** Quiet periods are kept here, so that they outlive the process. */
  readonly memos: MemoStore;
  readonly sns: Sns;
  readonly topicArn: string;
  readonly now: () => Date;
  readonly observer: Observer;
}

/** A period whose message this process has to publish. */
export interface HeldPeriod {
  readonly key: string;
  readonly held: Held;
}

/** Changes the memo of a period; see `changeMemo`. */
export const changePeriod = async (
  memos: MemoStore,
  key: string,
  change: (state: Quiet | undefined) => Quiet | undefined,
  seen?: { readonly there: StoredMemo | undefined },
): Promise<Quiet | undefined> => {
  const memo = (there: StoredMemo | undefined) => {
    const state = change(there && periodIn(there));
    return state && memoOf(state);
  };
  return (await changeMemo(memos, key, memo, { seen }))?.value;
};

/**
 * Publishes what is held, and writes down what became of it. Gives for each what went wrong with its message, undefined
 * for those that SNS took. When only the writing fails, the message is out and comes again after its lease.
 */
export const publishHeld = async (
  { memos, sns, topicArn, now, observer }: AnnounceDeps,
  periods: readonly HeldPeriod[],
): Promise<(Error | undefined)[]> => {
  const problems = await publishAlerts(
    sns,
    topicArn,
    periods.map(({ held }) => alertOfHeld(held)),
  );
  for (const [i, { key, held }] of periods.entries()) {
    const then = problems[i] ? release : told;
    try {
      await changePeriod(memos, key, (state) => then(state, held, now()));
    } catch (error) {
      observer.error('a quiet period could not be written', { error, key });
    }
  }
  observer.count('AlertsSent', problems.filter((problem) => !problem).length);
  return problems;
};

/** The period in a memo; undefined when another version wrote something else there: it begins anew. */
const periodIn = ({ value }: StoredMemo): Quiet | undefined => {
  const parsed = v.safeParse(QuietSchema, value);
  return parsed.success ? parsed.output : undefined;
};

const memoOf = (state: Quiet): Omit<Memo, 'key'> & { readonly value: Quiet } => {
  const dueAt = dueAtOf(state);
  return {
    value: state,
    ...(dueAt && { dueAt }),
    ...(state.stage === 'ended' && { expiresAt: new Date(state.expires) }),
  };
};
