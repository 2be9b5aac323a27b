/** Of a command that only reads. */
const READ = 'It changed nothing, and its answer is not complete. Run the same command again.';

/**
 * What is true after Ctrl-C, and how to go on, for each command. A second word is one of its arguments, and goes before
 * the command alone.
 */
export const AFTER_INTERRUPTION: Readonly<Record<string, string>> = {
  demo: 'The demo ledger is not complete. Run the same command again: it replaces that ledger by a new one.',
  'ingest --simulate':
    'All that it recorded is kept. Run the same command again to go on: what is recorded already is not recorded twice.',
  ingest:
    'All that it recorded is kept. Run the same command again to go on: it skips the files that it read to their end, and what is recorded already is not recorded twice.',
  baseline:
    'All that it recorded is kept. Run the same command again to go on: with files, what is recorded already is not recorded twice.',
  plan: READ,
  history: READ,
  state: READ,
  list: READ,
  compliance: READ,
  changes: READ,
  timeline: READ,
  why: READ,
  coverage: READ,
  completion: READ,
  'rebuild --check': READ,
  'rebuild --restart':
    'The rows that it rebuilt are right, and the others are as they were. Run it again without --restart to go on.',
  rebuild:
    'The rows that it rebuilt are right, and the others are as they were. Run the same command again within a day to go on.',
  'archive rebuild':
    'The archive is as it was, and answers from it stay right. Run the same command again: it begins from the start.',
  archive: READ,
  redrive:
    'What did not succeed is kept where it was; messages of a queue come back after 15 minutes. Run the same command again to go on: a message that is run twice has the effect of one.',
  doctor: READ,
  'seal --new-log':
    'What is sealed stays sealed, and the new log may have begun. Run `tagledger seal` to go on; repeat --new-log only if it still names the old log.',
  seal: 'What is sealed stays sealed. Run the same command again to seal the rest.',
  prove: READ,
  'policy record':
    'The policy is recorded, or nothing is. Run the same command again: a policy in force is not recorded twice.',
  policy: READ,
  export: 'It left no incomplete file. Run the same command again: it begins from the start.',
  import:
    'What it imported is kept, but the folder is not a ledger yet. Run the same command again to go on.',
  'verify --record':
    'Findings that it recorded are kept. Run the same command again to go on: none is recorded twice.',
  verify: READ,
  consume:
    'The work that its consumers finished is kept. Run the same command again to go on: what is done twice has the effect of once.',
};

/** The message for Ctrl-C: which command was interrupted, what is true now, and how to go on. */
export const interruptedText = (words: readonly string[]): string => {
  const [command] = words;
  if (command === undefined || !Object.hasOwn(AFTER_INTERRUPTION, command)) return 'interrupted';
  const longer = words
    .map((word) => `${command} ${word}`)
    .find((name) => Object.hasOwn(AFTER_INTERRUPTION, name));
  return `${longer ?? command} was interrupted. ${AFTER_INTERRUPTION[longer ?? command]}`;
};
