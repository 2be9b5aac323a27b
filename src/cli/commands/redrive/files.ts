import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DeadLetterMessage } from '../../../handlers/redrive/dead-letter.ts';
import { chunksOf } from '../../../shared/collections.ts';
import { InvalidInputError } from '../../../shared/errors.ts';

/** The same batch size as SQS: some messages run together, and memory use stays flat. */
const MESSAGES_AT_ONCE = 10;

/**
 * Reads messages from files, one per line, in batches; `-` is standard input. A message's id is its file and
 * line. Rejects with an `InvalidInputError` for an unreadable file.
 */
export const messagesIn = (files: readonly string[]): AsyncGenerator<DeadLetterMessage[]> =>
  chunksOf(eachMessage(files), MESSAGES_AT_ONCE);

async function* eachMessage(files: readonly string[]): AsyncGenerator<DeadLetterMessage> {
  for (const file of files) {
    let number = 0;
    for await (const line of linesOf(file)) {
      number += 1;
      if (line.trim()) yield { id: `${file}, line ${number}`, body: line };
    }
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new InvalidInputError(
      `${file} cannot be read (${(error as Error).message}). Name a file with one message a line.`,
      { cause: error },
    );
  }
}
