import type { CoordinationStore } from '../../coordination/coordination-store.ts';
import { openHints } from '../../sealing/hints.ts';
import { readHead } from '../../sealing/log/log-head.ts';
import { type Diagnosis, fine, wrong } from '../diagnosis.ts';
import { ageText } from '../ledger-checks.ts';

/** How far the sealed log goes, as the state table has it. */
export interface SealFacts {
  /** How many leaves the log has; undefined before it was begun. */
  readonly size: number | undefined;
  /** When the oldest event was told of that nobody has sealed; undefined when none waits. */
  readonly waitsSince: string | undefined;
}

/** Reads how far the sealed log goes; needs `BatchGetItem` and `Query` on the table of states. */
export const sealFacts = async (coordination: CoordinationStore): Promise<SealFacts> => {
  const seen = await readHead(coordination);
  const [oldest] = await openHints(coordination, 1);
  return { size: seen?.head.size, waitsSince: oldest?.memo.dueAt };
};

const LATE_MS = 15 * 60_000;

/** Whether events are sealed, and soon. Whether the log is what it should be is for `verify --key`. */
export const seal = ({ size, waitsSince }: SealFacts, now: Date, todo: string): Diagnosis => {
  if (!size) return wrong('seal', 'nothing was ever sealed', todo);
  const ms = waitsSince === undefined ? 0 : now.getTime() - Date.parse(waitsSince);
  const says = `${size} leaves are in the log${waitsSince === undefined ? '' : `, and an event has waited for ${ageText(ms)}`}`;
  return ms < LATE_MS ? fine('seal', says) : wrong('seal', says, todo);
};
