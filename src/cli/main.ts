import type { Console } from './terminal.ts';
import { toolVersion } from './tool-version.ts';

/**
 * Runs one command line (without the program's name) and returns its exit code, see `EXIT_CODES`. Errors are reported
 * on stderr in one sentence. What a command needs is loaded when it runs, so that the version is there at once.
 */
export const main = async (
  args: readonly string[],
  env: Record<string, string | undefined>,
  console: Console,
): Promise<number> => {
  const [first] = args;
  if (first === '--version' || first === '-V' || first === 'version') {
    console.stdout(toolVersion());
    return 0;
  }
  const { runCommandLine } = await import('./command-line.ts');
  return runCommandLine(args, env, console);
};
