import { counted } from '../../../alerts/notices/alert-text.ts';
import { FOLD_VERSION } from '../../../events/resource.ts';
import { horizonNow } from '../../../projections/moment.ts';
import { type StateView, viewOf } from '../../../projections/state-row.ts';
import { type TamperedMark, tamperedMarks } from '../../../projections/tampered-mark.ts';
import type { Exit } from '../../exit-codes.ts';
import { openToAnswer, type ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayAnswered } from '../../ledger/provenance.ts';
import type { TextStyle } from '../../text-style.ts';
import { statusColour } from '../../views/status-colour.ts';
import { type TableColumn, table } from '../../views/table.ts';
import { writeFolded, writeFoldedList } from '../../write-output.ts';
import type { ListInvocation } from './flags.ts';

/** `tagledger list`: the resources of a ledger, sorted by ARN. */
export const run = async (invocation: ListInvocation): Promise<Exit> => {
  const { values, format, console } = invocation;
  const { status } = values;
  const ledger = await openToAnswer(invocation);
  try {
    const { views, known, old } = await readViews(ledger, status);
    if (old > 0) console.stderr(oldRowsText(old));
    const knownAt = new Date().toISOString();
    const horizon = horizonNow(await ledger.horizon(knownAt), knownAt);
    const provenance = await provenanceOf(invocation, ledger);
    if (format !== 'json') sayAnswered(console, horizon, provenance);
    if (views.length === 0) console.stderr(emptyText(status, known));
    if (format === 'text') console.stdout(listText(views, console.style));
    else if (format === 'ndjson') writeFoldedList(console, views);
    else writeFolded(console, format, { horizon, resources: views, provenance });
    return 'done';
  } finally {
    await ledger.close();
  }
};

interface Views {
  /** Sorted by ARN. */
  readonly views: readonly Listed[];
  /** How many resources the ledger knows, of all statuses. */
  readonly known: number;
  /** How many of their rows another version of the fold made. */
  readonly old: number;
}

const readViews = async (
  { coordination, states }: ReadOnlyLedger,
  status: string | undefined,
): Promise<Views> => {
  const marks = await tamperedMarks(coordination);
  const views: Listed[] = [];
  let [known, old] = [0, 0];
  for await (const row of states.list()) {
    known += 1;
    if (row.resource.foldVersion !== FOLD_VERSION) old += 1;
    if (status === undefined || row.status === status)
      views.push({ ...viewOf(row), tampered: marks.get(row.arn) ?? null });
  }
  views.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  return { views, known, old };
};

const emptyText = (status: string | undefined, known: number): string =>
  known === 0
    ? 'This ledger knows no resource. Read a trail into it with `tagledger ingest FILE...`.'
    : `No resource has the status ${status}: this ledger knows ${counted(known, 'resource')} of other statuses.`;

/** Rows of two versions of the fold stand side by side until the old ones are made again. */
const oldRowsText = (old: number): string =>
  `${counted(old, 'row')} of the state table: written by an earlier version, and may lack what came late or in another order; run \`tagledger rebuild\``;

type Listed = StateView & { readonly tampered: TamperedMark | null };

const COLUMNS: readonly TableColumn[] = [
  { name: 'status', colour: statusColour },
  { name: 'type', fit: 'cut' },
  { name: 'id' },
  { name: 'account', optional: 1 },
  { name: 'region', optional: 2 },
  { name: 'created by', fit: 'cut' },
  { name: 'tags', fit: 'cut', least: 16 },
];

const listText = (views: readonly Listed[], style: TextStyle): string =>
  views.length === 0
    ? 'no resources'
    : table(
        views.map(({ status, tampered, type, id, account, region, createdBy, tags }) => [
          tampered ? `${status}, tampered` : status,
          type,
          id,
          account,
          region,
          createdBy?.name ?? 'unknown',
          tags.map(({ key, value }) => `${key}=${value}`).join(' '),
        ]),
        style,
        COLUMNS,
      );
