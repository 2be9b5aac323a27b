import { parseArn } from '../../../events/resource-arn.ts';
import { actorText, causeText } from '../../../explain/actor-text.ts';
import type { Change } from '../../../projections/changes.ts';
import type { RowColumn } from '../../row-options.ts';
import type { TextStyle } from '../../text-style.ts';

const NAMES = ['happened', 'recorded', 'resource', 'what', 'from', 'to', 'who', 'because-of'] as const;

/** A changed key of a resource, or its creation or end, as the cells of a row. */
export type ChangeRow = Readonly<Record<(typeof NAMES)[number] | 'account' | 'region', string>>;

const column = (name: keyof ChangeRow, more: Partial<RowColumn<ChangeRow>> = {}): RowColumn<ChangeRow> => ({
  name,
  of: (row) => row[name],
  ...more,
});

/** The columns of `tagledger changes`. */
export const CHANGE_COLUMNS: readonly RowColumn<ChangeRow>[] = [
  column('happened'),
  column('recorded', { optional: 1 }),
  column('resource'),
  column('what'),
  column('from', { fit: 'cut', least: 5, optional: 3 }),
  column('to', { fit: 'cut', least: 7 }),
  column('who', { fit: 'cut' }),
  column('because-of', { optional: 2 }),
  column('account', { isExtra: true }),
  column('region', { isExtra: true }),
];

/** What changes can be sorted by. */
export const SORT_COLUMNS: readonly Pick<RowColumn<Change>, 'name' | 'of'>[] = [
  { name: 'happened', of: ({ effectiveAt }) => effectiveAt },
  { name: 'recorded', of: ({ recordedAt }) => recordedAt },
  { name: 'resource', of: ({ arn }) => parseArn(arn).id },
  { name: 'who', of: actorText },
];

/**
 * A row per changed key, and one for a creation or a deletion. Room is short on a terminal: there, whole seconds
 * have no milliseconds, and what is late says so beside its moment, because the next column may be left out.
 */
export const changeRows = (change: Change, style: TextStyle): readonly ChangeRow[] => {
  const { effectiveAt, recordedAt, isLate, arn, what, tags } = change;
  const { id, account, region } = parseArn(arn);
  const isInFull = style.width === undefined;
  const late = isLate ? ' late' : '';
  const row = (about: string, from: string, to: string): ChangeRow => ({
    happened: isInFull ? effectiveAt : `${effectiveAt.replace('.000Z', 'Z')}${late}`,
    recorded: isInFull ? `${recordedAt}${late}` : recordedAt,
    resource: id,
    what: about,
    from,
    to,
    who: actorText(change),
    'because-of': causeText(change),
    account,
    region,
  });
  const own = what === 'tagged' ? [] : [row(what, '', '')];
  return [...own, ...tags.map((tag) => row(keyText(tag), oldText(tag), valueText(tag.new)))];
};

const keyText = ({ key, isUnordered }: Change['tags'][number]): string =>
  isUnordered ? `${key} (unordered)` : key;

const oldText = ({ old, isOldUnseen }: Change['tags'][number]): string =>
  isOldUnseen ? 'unknown' : valueText(old);

/** A value in quotes, to tell it from a missing key. */
const valueText = (value: string | null): string => (value === null ? 'none' : JSON.stringify(value));
