import { COLUMNS, type CsvColumn } from '../../../compliance/csv.ts';
import type { FindingView } from '../../../compliance/finding-view.ts';
import type { RowColumn } from '../../row-options.ts';
import { statusColour } from '../../views/status-colour.ts';

const column = (name: CsvColumn, more: Partial<RowColumn<FindingView>> = {}): RowColumn<FindingView> => ({
  name,
  of: (finding) => String(finding[name] ?? ''),
  ...more,
});

const SHOWN: readonly RowColumn<FindingView>[] = [
  column('status', { colour: statusColour }),
  column('rule'),
  column('resource', { of: ({ resource }) => resource.slice(resource.indexOf('/') + 1) }),
  column('account', { optional: 1 }),
  column('region', { optional: 2 }),
  column('creator', {
    fit: 'cut',
    of: ({ creator, creatorConfidence }) =>
      creator === null ? 'unknown' : `${creator} (${creatorConfidence})`,
  }),
  column('reason', { fit: 'cut', optional: 3 }),
];

/** The columns of the findings of `tagledger compliance` as text. Each has the name of a column of the CSV. */
export const FINDING_COLUMNS: readonly RowColumn<FindingView>[] = [
  ...SHOWN,
  ...COLUMNS.filter((name) => SHOWN.every((one) => one.name !== name)).map((name) =>
    column(name, { isExtra: true }),
  ),
];
