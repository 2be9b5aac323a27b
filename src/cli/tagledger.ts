#!/usr/bin/env node
import { statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { EXIT_CODES } from './exit-codes.ts';
import { main } from './main.ts';
import { processConsole } from './terminal.ts';

// V8 shares out each collection of young objects among four threads, which wait for each other. Where the processors are
// busy with our own threads that takes longer than doing it in one.
setFlagsFromString('--no-parallel-scavenge');

// The SDK's notice about old Node versions is for who builds tagledger, not for who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Whoever reads stdout may have seen enough, as `head` has.
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
  // A command that ends by itself when it is interrupted, as `consume` does after its batch, listens too.
  if (process.listenerCount('SIGINT') > 1) return;
  processConsole().stderr(`tagledger: ${EXIT_CODES.interrupted.means}`);
  if (!process.argv.some(isNamedPipe)) process.exit(EXIT_CODES.interrupted.code);
  // Node cannot exit while a read waits for the other end of a pipe. The signal ends it, which a shell reports as 130, too.
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
});

process.exitCode = await main(process.argv.slice(2), process.env, processConsole());
