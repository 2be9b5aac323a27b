import { emptyPlan, type Plan } from './plan.ts';

/** A suite that is being written: the plan that its next `run()` will close. */
export interface Draft {
  plan: Plan;
}

const unclosed = new Set<Draft>();
const queue: Plan[] = [];

/** Notes that a draft has something to run, so it is forgotten unless {@link enqueue} follows. */
export const expectRun = (draft: Draft): void => {
  unclosed.add(draft);
};

/** `run()` was called: what was registered so far is to be run, and the draft begins anew. */
export const enqueue = (draft: Draft): void => {
  queue.push(close(draft));
};

/** The plan whose turn it is; a test may add plans while it runs. */
export const nextPlan = (): Plan | undefined => queue.shift();

/** The plans for which `run()` was not called; they are given out once and can no longer be run. */
export const takeForgotten = (): readonly Plan[] => [...unclosed].map(close);

const close = (draft: Draft): Plan => {
  const { plan } = draft;
  unclosed.delete(draft);
  draft.plan = emptyPlan(plan.name, plan.context);
  return plan;
};
