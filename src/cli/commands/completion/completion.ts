import type { Exit } from '../../exit-codes.ts';
import type { CompletionInvocation } from './flags.ts';
import { SCRIPTS } from './scripts.ts';

/** `tagledger completion`: the script for a shell. */
export const run = async ({ args, console }: CompletionInvocation): Promise<Exit> => {
  console.stdout(SCRIPTS[args.SHELL].trim());
  return 'done';
};
