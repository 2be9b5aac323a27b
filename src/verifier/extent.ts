import * as v from 'valibot';
import type { StoredColumns } from '../events/ledger-line.ts';
import { InstantSchema } from '../events/tag-event.ts';

/** Between which times some events lie, and what told of them. A time is empty as long as no event has one. */
export interface Extent {
  oldestRecordedAt: string;
  newestRecordedAt: string;
  newestEffectiveAt: string;
  /** Whether nothing but a simulated EC2 told of one of them. */
  isSimulated: boolean;
}

/** The extent of no event. */
export const emptyExtent = (): Extent => ({
  oldestRecordedAt: '',
  newestRecordedAt: '',
  newestEffectiveAt: '',
  isSimulated: false,
});

/** Adds an event to an extent. A column that is not a moment is damaged, and counts for nothing. */
export const widen = (
  extent: Extent,
  {
    recordedAt = '',
    effectiveAt = '',
    body = '',
  }: Pick<StoredColumns, 'recordedAt' | 'effectiveAt' | 'body'>,
): void => {
  // The form is checked last, because few events are the newest or oldest so far.
  const { oldestRecordedAt, newestRecordedAt, newestEffectiveAt } = extent;
  if ((oldestRecordedAt === '' || recordedAt < oldestRecordedAt) && v.is(InstantSchema, recordedAt))
    extent.oldestRecordedAt = recordedAt;
  if (recordedAt > newestRecordedAt && v.is(InstantSchema, recordedAt)) extent.newestRecordedAt = recordedAt;
  if (effectiveAt > newestEffectiveAt && v.is(InstantSchema, effectiveAt))
    extent.newestEffectiveAt = effectiveAt;
  // Quotation marks are escaped within strings of JSON, so only a member reads so.
  extent.isSimulated ||= body.includes('"simulated":true');
};

/** Adds the events of another extent. */
export const widenBy = (extent: Extent, other: Extent): void => {
  widen(extent, { recordedAt: other.oldestRecordedAt, effectiveAt: other.newestEffectiveAt });
  widen(extent, { recordedAt: other.newestRecordedAt });
  extent.isSimulated ||= other.isSimulated;
};
