import { counted } from '../../../alerts/notices/alert-text.ts';
import { type Selection, selects } from '../../../compliance/selection.ts';
import { currentTags, FOLD_VERSION } from '../../../events/resource.ts';
import { horizonNow } from '../../../projections/moment.ts';
import { unseenIn } from '../../../projections/resource-at.ts';
import { type StateRow, viewOf } from '../../../projections/state-row.ts';
import { tamperedMarks } from '../../../projections/tampered-mark.ts';
import type { Exit } from '../../exit-codes.ts';
import { openReadOnly, type ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayAnswered } from '../../ledger/provenance.ts';
import { asTyped } from '../../option-values.ts';
import { SELECTING, selectionOf } from '../../selection-options.ts';
import { chooseColumns, sortAndLimit, writeRows } from '../../views/rows.ts';
import { writeFolded, writeFoldedList } from '../../write-output.ts';
import { LIST_COLUMNS, type Listed } from './columns.ts';
import type { ListInvocation } from './flags.ts';

/** `tagledger list`: the resources of a ledger, sorted by ARN. */
export const run = async (invocation: ListInvocation): Promise<Exit> => {
  const { values, format, console } = invocation;
  const wanted = { status: values.status, missing: values.missing, selection: selectionOf(values) };
  const ledger = await openReadOnly(invocation);
  try {
    const { views, known, old, unborn, unseen } = await readViews(ledger, wanted);
    if (old > 0) console.stderr(oldRowsText(old));
    const knownAt = new Date().toISOString();
    const horizon = horizonNow(await ledger.horizon(knownAt), knownAt);
    const provenance = await provenanceOf(invocation, ledger);
    if (format !== 'json') sayAnswered(console, horizon, provenance);
    if (views.length === 0) console.stderr(emptyText(asTyped(values, SELECTING_ROWS), known));
    if (unborn > 0) console.stderr(unbornText(unborn, values.missing));
    if (unseen > 0) console.stderr(unseenText(unseen, values.missing));
    const rows = sortAndLimit(views, LIST_COLUMNS, values, console);
    write(rows, { horizon, provenance }, invocation);
    return 'done';
  } finally {
    await ledger.close();
  }
};

const write = (
  rows: readonly Listed[],
  frame: object,
  { values, format, console }: Pick<ListInvocation, 'values' | 'format' | 'console'>,
): void => {
  if (format === 'json') writeFolded(console, format, { ...frame, resources: rows });
  else if (format === 'ndjson') writeFoldedList(console, rows);
  else if (format === 'text' && rows.length === 0) console.stdout('no resources');
  else writeRows(rows, chooseColumns(LIST_COLUMNS, values.columns), { format, console });
};

/** Which resources are listed. */
interface Wanted {
  readonly status: string | undefined;
  /** Keys of tags that they lack. */
  readonly missing: readonly string[];
  readonly selection: Selection;
}

const SELECTING_ROWS = ['status', 'missing', ...SELECTING] as const;

interface Views {
  /** Sorted by ARN. */
  readonly views: readonly Listed[];
  /** How many resources the ledger knows. */
  readonly known: number;
  /** How many of their rows another version of the fold made. */
  readonly old: number;
  /** How many of the listed ones may have a tag that seems to be missing: neither their creation nor a baseline tells. */
  readonly unborn: number;
  /** How many of the others may have it, because tags were copied to them that nobody has seen. */
  readonly unseen: number;
}

const readViews = async ({ coordination, states }: ReadOnlyLedger, wanted: Wanted): Promise<Views> => {
  const marks = await tamperedMarks(coordination);
  const views: Listed[] = [];
  let [known, old] = [0, 0];
  for await (const row of states.list()) {
    known += 1;
    if (row.resource.foldVersion !== FOLD_VERSION) old += 1;
    if (isWanted(row, wanted)) views.push({ ...viewOf(row), tampered: marks.get(row.arn) ?? null });
  }
  views.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  if (wanted.missing.length === 0) return { views, known, old, unborn: 0, unseen: 0 };
  const unborn = views.filter(({ createdAt, foundAt }) => createdAt === null && !foundAt).length;
  const unseen = views.filter(({ unseenTags }) => unseenTags).length;
  return { views, known, old, unborn, unseen };
};

const isWanted = (row: StateRow, { status, missing, selection }: Wanted): boolean => {
  if (status !== undefined && row.status !== status) return false;
  const { arn, resource } = row;
  const { born, found, gap, unseenTags } = resource;
  const tags = currentTags(resource);
  const unseen = unseenIn(unseenTags, resource.tags);
  if (missing.length > 0 && (gap !== undefined || resource.retired)) return false;
  if (missing.some((key) => tags.some((tag) => tag.key === key))) return false;
  const known = { ...(born && { born }), ...(found && { found }), ...(gap !== undefined && { gap }) };
  return selects(selection, { arn, ...known, ...unseen, tags });
};

const emptyText = (typed: string, known: number): string =>
  known === 0
    ? 'This ledger knows no resource. Read a trail into it with `tagledger ingest FILE...`.'
    : `No resource matches ${typed}: this ledger knows ${counted(known, 'resource')}.`;

const unbornText = (count: number, keys: readonly string[]): string =>
  `The creation of ${count} of them was not recorded, so ${count === 1 ? 'it' : 'they'} may have a tag ${keys.join(' or ')} that the ledger does not know of.`;

const unseenText = (count: number, keys: readonly string[]): string =>
  `Tags were copied to ${counted(count, 'resource')} that nothing has shown yet, so ${count === 1 ? 'it' : 'they'} may have ${keys.join(' or ')}.`;

/** Rows of two versions of the fold stand side by side until the old ones are made again. */
const oldRowsText = (old: number): string =>
  `${counted(old, 'row')} of the state table: written by an earlier version, and may lack what came late or in another order; run \`tagledger rebuild\``;
