import { type ReadMoment, readMoment } from '../projections/moment.ts';
import { readTyped } from './option-values.ts';

/** The values of the options that select a moment. */
interface MomentValues {
  readonly 'as-of'?: string | undefined;
  readonly 'known-at'?: string | undefined;
}

/** The times that the options name. Throws a `WrongUsageError` for an invalid time. */
export const askedMoment = (values: MomentValues, now: Date): ReadMoment =>
  readTyped(() =>
    readMoment({ asOf: values['as-of'], knownAt: values['known-at'] }, now, {
      asOf: '--as-of',
      knownAt: '--known-at',
    }),
  );
