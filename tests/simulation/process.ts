import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** One invocation of a function: it has a clock of its own, calls AWS over a network that may fail, and can die at any call. */
export interface Process {
  readonly name: string;
  /** Its clock, which may be minutes off. */
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** One call of AWS: `act` is what the service does, at one moment. */
  readonly call: <T>(what: string, act: () => T | Promise<T>) => Promise<T>;
}

/** The connection broke: nobody knows whether the service acted. */
class ConnectionLost extends Error {
  override readonly name = 'TimeoutError';
}

/** The process is gone; whoever invoked it learns so. */
class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

const MAX_SKEW_MS = 3 * 60_000;

/** Runs one invocation in a process of its own. Rejects with {@link ProcessDied} when it died on the way; then nothing of it goes on. */
export const invoke = async <T>(
  name: string,
  { time, dice, faults }: { readonly time: Scheduler; readonly dice: Chance; readonly faults: Faults },
  run: (process: Process) => Promise<T>,
): Promise<T> => {
  const skew = dice.between(-MAX_SKEW_MS, MAX_SKEW_MS);
  let isGone = false;
  let tellDeath = (_: Error): void => {};
  const death = new Promise<never>((_, reject) => {
    tellDeath = reject;
  });
  death.catch(() => undefined);
  const never = new Promise<never>(() => {});
  const die = (where: string): Promise<never> => {
    isGone = true;
    tellDeath(new ProcessDied(`${name} died ${where}`));
    return never;
  };
  const pause = async (ms: number): Promise<void> => {
    await time.pause(ms);
    if (isGone) await never;
  };

  const process: Process = {
    name,
    now: () => new Date(Math.round(time.now() + skew)),
    sleep: pause,
    call: async (what, act) => {
      const where = `${name}: ${what}`;
      await pause(dice.between(1, 30));
      if (faults.strikes('process dies before a call', where)) return die(`before ${what}`);
      if (faults.strikes('request lost', where)) throw new ConnectionLost(what);
      const reply = await act();
      await pause(dice.between(1, 30));
      if (faults.strikes('process dies after a call', where)) return die(`after ${what}`);
      if (faults.strikes('reply lost', where)) throw new ConnectionLost(what);
      return faults.strikes('reply lost, repeated by the SDK', where) ? act() : reply;
    },
  };
  try {
    const result = await Promise.race([run(process), death]);
    // The work is done and nobody is told.
    return faults.strikes('process dies at its end', name)
      ? await Promise.race([die('at its end'), death])
      : result;
  } finally {
    isGone = true;
  }
};
