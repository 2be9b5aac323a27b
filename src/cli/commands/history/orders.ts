import type { RecordedEvent } from '../../../events/recorded-event.ts';
import type { RowColumn } from '../../row-options.ts';

/** The digits of the largest number of an event. */
const DIGITS = 16;

/** What the events of `tagledger history` can be sorted by. */
export const EVENT_ORDERS: readonly Pick<RowColumn<RecordedEvent>, 'name' | 'of'>[] = [
  { name: 'seq', of: ({ seq }) => String(seq).padStart(DIGITS, '0') },
  { name: 'happened', of: ({ event }) => event.effectiveAt },
  { name: 'recorded', of: ({ recordedAt }) => recordedAt },
];
