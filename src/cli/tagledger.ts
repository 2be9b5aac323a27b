#!/usr/bin/env node
import { statSync } from 'node:fs';
import { EXIT_CODES } from './exit-codes.ts';
import { main } from './main.ts';
import { processConsole } from './terminal.ts';

// The SDK's warning about old Node versions is for the developers of tagledger, not for its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// A reader such as `head` closes the pipe once it has enough. That is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_CODES.done.code);
});

const isNamedPipe = (path: string): boolean => {
  try {
    return statSync(path).isFIFO();
  } catch {
    return false;
  }
};

process.on('SIGINT', () => {
  // A command with its own SIGINT handler, such as `consume`, finishes its batch and then exits by itself.
  if (process.listenerCount('SIGINT') > 1) return;
  processConsole().stderr(`tagledger: ${EXIT_CODES.interrupted.means}`);
  if (!process.argv.some(isNamedPipe)) process.exit(EXIT_CODES.interrupted.code);
  // Node cannot exit while a read waits for the other end of a pipe. The signal ends that read, and the shell
  // reports 130 as well.
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
});

process.exitCode = await main(process.argv.slice(2), process.env, processConsole());
