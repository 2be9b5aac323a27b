import type { StateView } from '../../../projections/state-row.ts';
import type { TamperedMark } from '../../../projections/tampered-mark.ts';
import type { RowColumn } from '../../row-options.ts';
import { statusColour } from '../../views/status-colour.ts';

/** A resource as `list` shows it. */
export type Listed = StateView & { readonly tampered: TamperedMark | null };

/** The columns of `tagledger list`. */
export const LIST_COLUMNS: readonly RowColumn<Listed>[] = [
  {
    name: 'status',
    colour: statusColour,
    of: ({ status, tampered }) => (tampered ? `${status}, tampered` : status),
  },
  { name: 'type', fit: 'cut', of: ({ type }) => type },
  { name: 'id', of: ({ id }) => id },
  { name: 'account', optional: 1, of: ({ account }) => account },
  { name: 'region', optional: 2, of: ({ region }) => region },
  { name: 'creator', fit: 'cut', of: ({ createdBy }) => createdBy?.name ?? 'unknown' },
  {
    name: 'tags',
    fit: 'cut',
    least: 16,
    of: ({ tags }) => tags.map(({ key, value }) => `${key}=${value}`).join(' '),
  },
  { name: 'created', isExtra: true, of: ({ createdAt }) => createdAt ?? '' },
  { name: 'found', isExtra: true, of: ({ foundAt }) => foundAt ?? '' },
  { name: 'ended', isExtra: true, of: ({ retiredAt }) => retiredAt ?? '' },
  { name: 'arn', isExtra: true, of: ({ arn }) => arn },
];
