#!/usr/bin/env node
import { statSync } from 'node:fs';
import { EXIT_CODES } from './exit-codes.ts';
import { commandIn, interruptedText } from './interrupted.ts';
import { main } from './main.ts';
import { processConsole } from './terminal.ts';

// The SDK's warning about old Node versions is for the developers of tagledger, not for its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const args = process.argv.slice(2);
const command = commandIn(args);
const has = (...words: readonly string[]) => args.some((arg) => words.includes(arg));
const isQuiet = has('-q', '--quiet');
const console = processConsole({
  ...(command !== undefined && { command }),
  // A dumb terminal cannot erase a line.
  ...(has('-v', '--verbose') && !process.stderr.isTTY && { progress: 'lines' }),
  ...((isQuiet || has('--no-progress') || process.env.TERM === 'dumb') && { progress: 'off' }),
  quiet: isQuiet,
  env: has('--no-color') ? { ...process.env, FORCE_COLOR: '0' } : process.env,
});
process.on('exit', console.clear);

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
  console.stderr(`tagledger: ${interruptedText(args)}`);
  const { code } = EXIT_CODES.interrupted;
  if (!args.some(isNamedPipe)) process.exit(code);
  // Node cannot exit while a read waits for the other end of a pipe. The signal ends that read, and the shell
  // reports 130 as well. It is no exit, so what is done at one is done here.
  process.emit('exit', code);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
});

process.exitCode = await main(args, process.env, console);
