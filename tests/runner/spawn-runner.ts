import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a spawned run ended: its exit code and every line it wrote to stdout, the last of them not empty. */
export interface Outcome {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Where the fixtures of the runner are, as a run prints it. */
export const FIXTURES = 'tests/runner/fixtures';

/** Runs the real runner, in a process of its own, on the fixtures that the names choose; never rejects. */
export const spawnRunner = (names: readonly string[], limitMs?: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const args = ['--dir', FIXTURES, '--suffix', '.fixture.ts', ...names];
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'tests/run.ts', ...args],
      {
        cwd: ROOT,
        env: { ...process.env, TEST_TIMEOUT_MS: String(limitMs ?? 60_000) },
        // A broken runner may wait for ever, and must not outlive the test.
        timeout: 50_000,
        killSignal: 'SIGKILL',
      },
      (_error, stdout) => resolve({ code: child.exitCode, lines: stdout.trimEnd().split('\n') }),
    );
  });

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
