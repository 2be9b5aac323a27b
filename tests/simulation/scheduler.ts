/** Virtual time, in milliseconds since the epoch: it stands still while code runs and jumps to what is due next. */
export interface Scheduler {
  readonly now: () => number;
  /** Runs a task at a moment; tasks of one moment run in the order in which they were asked for. */
  readonly at: (time: number, task: () => void) => void;
  readonly pause: (ms: number) => Promise<void>;
  /** Runs what is due, also what comes up meanwhile, until nothing is left or `until` is passed. */
  readonly run: (until: number) => Promise<void>;
}

interface Due {
  readonly time: number;
  readonly order: number;
  readonly task: () => void;
}

/** A scheduler that begins at `start`. Single-threaded: between two tasks all promises that can settle do. */
export const scheduler = (start: number): Scheduler => {
  let time = start;
  let count = 0;
  /** Latest first, so that the next one is cheap to take. */
  const due: Due[] = [];

  const at = (when: number, task: () => void): void => {
    const entry = { time: Math.max(time, when), order: count++, task };
    let low = 0;
    let high = due.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = due[middle] as Due;
      if (other.time > entry.time) low = middle + 1;
      else high = middle;
    }
    due.splice(low, 0, entry);
  };

  return {
    now: () => time,
    at,
    pause: (ms) => new Promise((resolve) => at(time + ms, resolve)),
    run: async (until) => {
      for (let next = due.at(-1); next && next.time <= until; next = due.at(-1)) {
        due.pop();
        time = next.time;
        next.task();
        await settled();
      }
      time = Math.max(time, Math.min(until, due.at(-1)?.time ?? time));
    },
  };
};

/** One turn of the event loop: every promise that can settle without it has settled then. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
