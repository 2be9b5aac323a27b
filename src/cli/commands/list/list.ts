import { counted } from '../../../alerts/notices/alert-text.ts';
import { FOLD_VERSION } from '../../../events/resource.ts';
import { horizonNow } from '../../../projections/moment.ts';
import { ROW_STATUSES, type StateView, viewOf } from '../../../projections/state-row.ts';
import { type TamperedMark, tamperedMarks } from '../../../projections/tampered-mark.ts';
import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { openToAnswer } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayProvenance } from '../../ledger/provenance.ts';
import { oneOf } from '../../option-values.ts';
import { writeFoldedList } from '../../terminal.ts';
import { sayHorizon } from '../../views/horizon-text.ts';
import { table } from '../../views/table.ts';

/** `tagledger list`: the resources of a ledger, sorted by ARN. */
export const list: Command = {
  usage: `list [--status ${ROW_STATUSES.join('|')}]`,
  summary: 'the resources of the ledger, all or those of one status',
  options: { status: { type: 'string' } },
  exits: ['done', 'failed', 'usage'],
  async run(invocation) {
    const { positionals, values, format, console } = invocation;
    if (positionals.length > 0) {
      throw new WrongUsageError(
        `got ${positionals.join(' ')}, expected options only: type \`tagledger ${list.usage}\``,
      );
    }
    const status =
      values.status === undefined ? undefined : oneOf('status', String(values.status), ROW_STATUSES);
    const ledger = await openToAnswer(invocation);
    try {
      const marks = await tamperedMarks(ledger.coordination);
      const views: Listed[] = [];
      let [known, old] = [0, 0];
      for await (const row of ledger.states.list()) {
        known += 1;
        if (row.resource.foldVersion !== FOLD_VERSION) old += 1;
        if (status === undefined || row.status === status) {
          views.push({ ...viewOf(row), tampered: marks.get(row.arn) ?? null });
        }
      }
      views.sort((a, b) => (a.arn < b.arn ? -1 : 1));
      if (old > 0) console.stderr(oldRowsText(old));
      const knownAt = new Date().toISOString();
      sayHorizon(console, horizonNow(await ledger.horizon(knownAt), knownAt));
      sayProvenance(console, await provenanceOf(invocation));
      if (views.length === 0) console.stderr(emptyText(status, known));
      if (format === 'text') console.stdout(listText(views));
      else writeFoldedList(console, format, views);
      return 'done';
    } finally {
      await ledger.close();
    }
  },
};

const emptyText = (status: string | undefined, known: number): string =>
  known === 0
    ? 'This ledger knows no resource. Read a trail into it with `tagledger ingest FILE...`.'
    : `No resource has the status ${status}: this ledger knows ${counted(known, 'resource')} of other statuses.`;

/** Rows of two versions of the fold stand side by side until the old ones are made again. */
const oldRowsText = (old: number): string =>
  `${counted(old, 'row')} of the state table: written by an earlier version, and may lack what came late or in another order; run \`tagledger rebuild\``;

type Listed = StateView & { readonly tampered: TamperedMark | null };

const listText = (views: readonly Listed[]): string =>
  views.length === 0
    ? 'no resources'
    : table([
        ['status', 'type', 'id', 'account', 'region', 'created by', 'tags'],
        ...views.map(({ status, tampered, type, id, account, region, createdBy, tags }) => [
          tampered ? `${status}, tampered` : status,
          type,
          id,
          account,
          region,
          createdBy?.name ?? 'unknown',
          tags.map(({ key, value }) => `${key}=${value}`).join(' '),
        ]),
      ]);
