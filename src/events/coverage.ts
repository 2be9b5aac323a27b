import type { RecordedEvent } from './recorded-event.ts';
import type { CoverageRecorded } from './tag-event.ts';

/** Until when the ledger has heard of an account, and by what. */
export type AccountHorizon = Pick<CoverageRecorded, 'account' | 'heardUntil' | 'source'>;

/**
 * What a coverage event says of its account; undefined for another event. Nobody has heard of a time before it came, so
 * it counts at most up to the moment at which it was recorded.
 */
export const heardIn = ({ recordedAt, event }: RecordedEvent): AccountHorizon | undefined => {
  if (event.type !== 'CoverageRecorded') return undefined;
  const { account, heardUntil, heardBy, source } = event;
  return {
    account,
    heardUntil: heardUntil < recordedAt ? heardUntil : recordedAt,
    source: heardBy ?? source,
  };
};
