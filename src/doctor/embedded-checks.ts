import { counted } from '../alerts/notices/alert-text.ts';
import { type ArchiveDifference, differenceText } from '../archive/check/difference.ts';
import type { Difference } from '../projections/compare.ts';
import type { SealedFinding } from '../sealing/check/sealed-finding.ts';
import type { Finding } from '../verifier/finding.ts';
import { allOf, type Diagnosis, fine, wrong } from './diagnosis.ts';
import { ageText } from './ledger-checks.ts';
import { type RowFacts, rowConditions } from './state-rows.ts';

/** Checks the database file; `said` is SQLite's own check of it, "ok" if nothing is wrong. */
export const database = (said: string): Diagnosis =>
  said === 'ok'
    ? fine('database', 'its pages and indexes are intact')
    : wrong('database', `it is damaged: ${said}`, 'restore db/ from a backup, or import an export');

/** Says what a folder's ledger is for. A mode that nothing tells is no fault: answers say it. */
export const mode = (found: keyof typeof MODES): Diagnosis => fine('mode', MODES[found]);

const MODES = {
  observed: 'observed: it records what happened, and requests no tags',
  simulated: 'simulated: tag rules act on a simulated EC2, and nothing is sent to AWS',
  unknown: 'unknown: an earlier version made it, or it was imported; it is treated as simulated',
} as const;

/** How many events of the change feed each consumer has yet to handle. */
export type Backlog = Readonly<Record<string, number>>;

/**
 * Checks that the consumers have handled all of the change feed. Commands that act on the ledger run them, so a
 * backlog means that none has run since a process ended early.
 */
export const feed = (backlog: Backlog, todo: string): Diagnosis => {
  const behind = Object.entries(backlog).filter(([, events]) => events > 0);
  return behind.length === 0
    ? fine('change feed', 'the consumers are up to date')
    : wrong(
        'change feed',
        `${behind.map(([name, events]) => `${counted(events, 'event')} not handled by ${name}`).join(', ')}: a process ended before it was done`,
        todo,
      );
};

/** Checks that the events are what was written, from the findings of `verify`. */
export const events = (findings: readonly Finding[], looked: number, todo: string): Diagnosis => {
  const [first] = findings;
  return first
    ? wrong(
        'events',
        `${counted(findings.length, 'finding')}, the first: ${first.kind} at ${first.stream} ${first.seq}, ${first.expected} was expected, but ${first.found} was found`,
        todo,
      )
    : fine('events', `the hashes and chains of ${counted(looked, 'event')} are correct`);
};

/** Checks that the state rows match the events, and what the rows themselves tell. */
export const rows = (
  differences: readonly Difference[],
  facts: RowFacts,
  type: (command: string) => string,
): readonly Diagnosis[] => {
  const [first] = differences;
  return allOf('state', 'every row of the state table agrees with the events', [
    [
      first === undefined,
      `${counted(differences.length, 'row')} of the state table not as the events give, the first: ${first?.resource} ${first?.kind}`,
      type('rebuild'),
    ],
    ...rowConditions(facts, type),
  ]);
};

/** What a check of an archive found. */
interface ArchiveFound {
  readonly differences: readonly ArchiveDifference[];
  /** Objects without a digest. */
  readonly undigested: number;
}

/** Checks that the archive matches the ledger; `found` is undefined when there is no archive. */
export const archive = (found: ArchiveFound | undefined, todo: string): Diagnosis => {
  if (!found)
    return wrong('archive', 'there is none, so questions about the past read the whole ledger', todo);
  const { differences, undigested } = found;
  const [first] = differences;
  if (first)
    return wrong(
      'archive',
      `${counted(differences.length, 'difference')} from the ledger, the first: ${differenceText(first)}`,
      todo,
    );
  return fine(
    'archive',
    undigested === 0
      ? 'the archive agrees with the ledger'
      : `the archive agrees with the ledger; ${counted(undigested, 'object')} without a digest, so run \`${todo}\``,
  );
};

/** The result of comparing a ledger with its sealed log. */
export interface Sealing {
  readonly findings: readonly SealedFinding[];
  readonly sealed: number;
  readonly unsealed: { readonly count: number; readonly oldest?: string | undefined };
}

/** How old an event can be before it should have been sealed. */
const UNSEALED_MS = 3_600_000;

/**
 * Checks that the ledger agrees with its sealed log, and how far that goes; `log` is undefined if nothing was
 * ever sealed, and `events` is the number of events.
 */
export const sealing = (log: Sealing | undefined, events: number, now: Date, todo: string): Diagnosis => {
  if (!log && events === 0) return fine('seal', 'there is no event to seal');
  if (!log)
    return wrong(
      'seal',
      'nothing was ever sealed: a cut tail or a history hashed anew would not be seen',
      todo,
    );
  const [first] = log.findings;
  if (first) {
    return wrong(
      'seal',
      `the ledger does not agree with its log: ${first.kind}, ${first.expected} was expected, but ${first.found} was found`,
      todo,
    );
  }
  const { count, oldest } = log.unsealed;
  const ms = oldest === undefined ? 0 : now.getTime() - Date.parse(oldest);
  const says = `${log.sealed} events are sealed, ${count} are not${oldest === undefined ? '' : `, the oldest for ${ageText(ms)}`}`;
  return ms < UNSEALED_MS ? fine('seal', says) : wrong('seal', says, todo);
};
