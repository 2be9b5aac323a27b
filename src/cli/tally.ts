import type { Ingested } from './ingest-records.ts';

/** How many results there are of each kind. */
export interface Tally {
  readonly records: number;
  readonly appended: number;
  readonly alreadyThere: number;
  readonly skipped: number;
  readonly rejected: number;
  /** Appended events by type, most first. */
  readonly events: Readonly<Record<string, number>>;
  /** Why records or resources were skipped, most first. */
  readonly skippedBecause: Readonly<Record<string, number>>;
}

/** Counts results. `records` counts inputs: one record may concern many resources. */
export const tallyOf = (results: readonly Ingested[]): Tally => {
  const of = (outcome: Ingested['outcome']) => results.filter((result) => result.outcome === outcome);
  return {
    records: new Set(results.map(({ file, position }) => `${file} ${position}`)).size,
    appended: of('appended').length,
    alreadyThere: of('already-there').length,
    skipped: of('skipped').length,
    rejected: of('rejected').length,
    events: counted(of('appended').map(({ event }) => event ?? '')),
    skippedBecause: counted(of('skipped').map(({ reason }) => reason ?? '')),
  };
};

const counted = (items: readonly string[]): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
};

/** A tally as rows of a table: numbers, then why. */
export const tallyRows = (tally: Tally): string[][] => [
  ['records', String(tally.records)],
  ['appended', String(tally.appended), list(tally.events)],
  ['already there', String(tally.alreadyThere)],
  ['skipped', String(tally.skipped)],
  ...Object.entries(tally.skippedBecause).map(([reason, n]) => ['', String(n), reason]),
  ['rejected', String(tally.rejected)],
];

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${n} ${name}`)
    .join(', ');
