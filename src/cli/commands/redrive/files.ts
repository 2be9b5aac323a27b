import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DeadLetterMessage } from '../../../handlers/redrive/dead-letter.ts';
import { InvalidInputError } from '../../../shared/errors.ts';

/** As many as SQS gives at once: some are worked on together, and memory stays flat. */
const MESSAGES_AT_ONCE = 10;

/**
 * The messages in files, one a line, some at a time; `-` is standard input. A message's id is its file and line.
 * Rejects with an `InvalidInputError` for a file that cannot be read.
 */
export async function* messagesIn(files: readonly string[]): AsyncGenerator<DeadLetterMessage[]> {
  let messages: DeadLetterMessage[] = [];
  for (const file of files) {
    const input = file === '-' ? process.stdin : createReadStream(file);
    let number = 0;
    try {
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        number += 1;
        if (!line.trim()) continue;
        messages.push({ id: `${file}, line ${number}`, body: line });
        if (messages.length < MESSAGES_AT_ONCE) continue;
        yield messages;
        messages = [];
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw new InvalidInputError(
        `got ${file}, which cannot be read (${(error as Error).message}): expected a file with one message a line`,
        { cause: error },
      );
    }
  }
  if (messages.length > 0) yield messages;
}
