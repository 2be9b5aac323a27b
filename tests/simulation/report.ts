import type { Run } from './simulation.ts';

/** What many runs had in them. */
export interface Totals {
  readonly add: (run: Run) => void;
  readonly text: (seconds: number) => string;
}

/** Adds up runs. */
export const totals = (): Totals => {
  const faults = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const sums = { seeds: 0, requests: 0, alerts: 0, calls: 0, checkpoints: 0, failing: 0 };
  const count = (counts: Map<string, number>, name: string, n = 1) =>
    counts.set(name, (counts.get(name) ?? 0) + n);
  return {
    add: (run) => {
      sums.seeds += 1;
      sums.alerts += run.alerts;
      sums.calls += run.ec2Calls;
      sums.checkpoints += run.checkpoints;
      if (run.violations.length > 0) sums.failing += 1;
      for (const [fault, n] of run.faults.counts) count(faults, fault, n);
      for (const status of run.outcomes) count(outcomes, status);
      sums.requests += run.outcomes.length;
    },
    text: (seconds) => {
      const rows = (counts: Map<string, number>) =>
        [...counts].sort(([, a], [, b]) => b - a).map(([name, n]) => `  ${String(n).padStart(8)}  ${name}`);
      return [
        `${sums.seeds} seeds, ${sums.failing} with violations, ${(sums.seeds / seconds).toFixed(1)} seeds a second`,
        'faults',
        ...rows(faults),
        `${sums.requests} requests`,
        ...rows(outcomes),
        `${sums.calls} calls of CreateTags, ${sums.alerts} alerts, ${sums.checkpoints} checkpoints`,
      ].join('\n');
    },
  };
};

/** A failing run as who looks into it needs it: what does not hold, what went wrong, and how to have it again. */
export const traceOf = ({ seed, violations, faults, events }: Run): string => {
  const concerned = events.filter(({ stream }) => violations.some((violation) => violation.includes(stream)));
  return [
    `seed ${seed}: ${violations.length} violations`,
    ...violations.map((violation) => `  ${violation}`),
    `with these faults (${faults.struck.length}):`,
    ...faults.struck.map(({ fault, where }) => `  ${fault}: ${where}`),
    ...(concerned.length > 0 ? ['and these events:'] : []),
    ...concerned
      .toSorted((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1))
      .map(
        ({ stream, seq, recordedAt, event }) =>
          `  ${recordedAt} ${stream.split('/')[1]} ${seq} ${event.type} ${'tags' in event ? event.tags.map(({ key, value }) => `${key}=${value}`).join(' ') : ''}`,
      ),
    `again: npm run simulate -- --seeds 1 --from ${seed}`,
  ].join('\n');
};
