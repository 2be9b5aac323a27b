import type { ConsoleFor } from './terminal.ts';
import { toolVersion } from './tool-version.ts';

/**
 * Runs one command line (without the program's name) and returns its exit code, see `EXIT_CODES`. Errors are reported
 * on stderr in one sentence. What a command needs is loaded when it runs, so that the version is there at once.
 * `__complete -- WORDS` is for the scripts of `tagledger completion` and in no help.
 */
export const main = async (
  args: readonly string[],
  env: Record<string, string | undefined>,
  consoleFor: ConsoleFor,
): Promise<number> => {
  const [first] = args;
  if (first === '--version' || first === '-V' || first === 'version') {
    consoleFor({}).stdout(toolVersion());
    return 0;
  }
  if (first === '__complete') {
    const { complete } = await import('./complete.ts');
    const { stdout } = consoleFor({});
    for (const line of await complete(args.slice(2), env)) stdout(line);
    return 0;
  }
  const { runCommandLine } = await import('./command-line.ts');
  return runCommandLine(args, env, consoleFor);
};
