import type { OpenLedger } from '../ledger/open-ledger.ts';
import type { Console } from '../terminal.ts';
import { plain } from './sanitize-terminal.ts';

/** Tells of what the consumers of an embedded ledger gave up while it was open, and says how many batches there were. */
export const tellDropped = (console: Console, { embedded }: OpenLedger): number => {
  const dropped = embedded?.dropped ?? [];
  for (const { consumer, records, error } of dropped) {
    const why = error ? String(error) : 'it reported them as failed';
    console.say(
      plain(
        `${consumer} gave up ${records} records of the change feed: ${why}; \`tagledger redrive\` runs them again`,
      ),
    );
  }
  return dropped.length;
};
