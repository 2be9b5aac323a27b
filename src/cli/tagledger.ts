#!/usr/bin/env node
import { statSync } from 'node:fs';
import { EXIT_CODES } from './exit-codes.ts';
import { interruptedText } from './interrupted.ts';
import { main } from './main.ts';
import { processConsoles } from './terminal.ts';

// The SDK's warning about old Node versions is for the developers of tagledger, not for its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const args = process.argv.slice(2);
const { consoleFor, clear } = processConsoles(process.env);
process.on('exit', clear);

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
  consoleFor({}).stderr(`tagledger: ${interruptedText(args)}`);
  const { code } = EXIT_CODES.interrupted;
  if (!args.some(isNamedPipe)) process.exit(code);
  // Node cannot exit while a read waits for the other end of a pipe. The signal ends that read, and the shell
  // reports 130 as well. It is no exit, so what is done at one is done here.
  process.emit('exit', code);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
});

process.exitCode = await main(args, process.env, consoleFor);
