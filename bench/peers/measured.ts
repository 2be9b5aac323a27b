import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';

/** What a command took. */
export interface Measured {
  readonly seconds: number;
  readonly processorSeconds: number;
  /** The most memory that its process held, in MB. */
  readonly peakMb: number;
}

const LAUNCHER = 'bench/peers/measured.py';
const SAID_AT_MOST = 4_000;

/** Runs a command to its end, from its start on, measured by the operating system. Rejects with what it said when it fails. */
export const measured = async (
  command: readonly string[],
  withEnv: Readonly<Record<string, string>> = {},
): Promise<Measured> => {
  const child = spawn('python3', [LAUNCHER, ...command], {
    env: { PATH: env.PATH, HOME: env.HOME, ...withEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (some: Buffer) => {
    said = `${said}${some}`.slice(-SAID_AT_MOST);
  });
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (!out) throw new Error(`could not run ${command.join(' ')}: ${said}`);
  const { code, seconds, processorSeconds, peakKb } = JSON.parse(out);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${said}`);
  return { seconds, processorSeconds, peakMb: peakKb / 1024 };
};

/** Commands that were run one after another, as one. */
export const together = (all: readonly Measured[]): Measured => ({
  seconds: sum(all.map(({ seconds }) => seconds)),
  processorSeconds: sum(all.map(({ processorSeconds }) => processorSeconds)),
  peakMb: Math.max(...all.map(({ peakMb }) => peakMb)),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
