import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { openHints } from '../../sealing/hints.ts';
import { readHead } from '../../sealing/log/log-head.ts';
import { type Diagnosis, fine, wrong } from '../diagnosis.ts';
import { ageText } from '../ledger-checks.ts';

/** How far the sealed log goes, according to the state table. */
export interface SealFacts {
  /** How many leaves the log has; undefined before the first log was begun. */
  readonly size: number | undefined;
  /** When the oldest open hint of an unsealed event was left; undefined when there is none. */
  readonly waitsSince: string | undefined;
}

/** Reads how far the sealed log goes. Needs `BatchGetItem` and `Query` on the state table. */
export const sealFacts = async (coordination: CoordinationStore): Promise<SealFacts> => {
  const seen = await readHead(coordination);
  const [oldest] = await openHints(coordination, 1);
  return { size: seen?.head.size, waitsSince: oldest?.memo.dueAt };
};

const LATE_MS = 15 * 60_000;

/** Checks that events are sealed, and without delay. `verify --key` checks the log itself. */
export const seal = ({ size, waitsSince }: SealFacts, now: Date, todo: string): Diagnosis => {
  if (!size) return wrong('seal', 'nothing was ever sealed', todo);
  const ms = waitsSince === undefined ? 0 : now.getTime() - Date.parse(waitsSince);
  const says = `${size} leaves are in the log${waitsSince === undefined ? '' : `, and an event has waited for ${ageText(ms)}`}`;
  return ms < LATE_MS ? fine('seal', says) : wrong('seal', says, todo);
};
