import type { Database } from '../adapters/sqlite/database.ts';
import { type DeadLetters, deadLetterMessage } from '../stream-consumer/dead-letter-file.ts';

/** The dead letters of an embedded ledger, in its database. */
export const databaseDeadLetters = (database: Database, now: () => Date): DeadLetters => ({
  add(consumer, records, error) {
    const message = JSON.stringify(deadLetterMessage(consumer, records, error, now()));
    database.run('INSERT INTO dead_letters (message) VALUES (?)', message);
  },
  messages: () =>
    database
      .all<{ message: string }>('SELECT message FROM dead_letters ORDER BY id')
      .map(({ message }) => message),
  forget(gone) {
    database.transact(() => {
      for (const message of gone) database.run('DELETE FROM dead_letters WHERE message = ?', message);
    });
  },
});
