import type { LocalPipeline } from '../../embedded/pipeline.ts';
import { sentence } from '../../shared/text.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';

/**
 * Reports on stderr what the consumers of an embedded ledger gave up while it was open. Returns the number of
 * batches.
 */
export const reportDropped = (console: Console, dropped: LocalPipeline['dropped'] = []): number => {
  for (const { consumer, records, error } of dropped) {
    const why = error ? String(error) : 'it reported them as failed';
    console.stderr(
      sanitizeTerminal(
        `${consumer} could not process ${records} records of the change feed: ${sentence(why)} Process them again with \`tagledger redrive\`.`,
      ),
    );
  }
  return dropped.length;
};
