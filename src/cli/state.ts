import { confidenceOf } from '../cloudtrail/confidence.ts';
import { permissionSetOf } from '../cloudtrail/who-session.ts';
import { type StateView, viewOf } from '../projections/state-row.ts';
import { type TamperedMark, tamperedMark } from '../projections/tampered-mark.ts';
import type { Command } from './command.ts';
import { writeList } from './console.ts';
import { findResource, oneResource } from './find-resource.ts';
import { openLedger } from './open-ledger.ts';
import { table } from './table.ts';

/** `tagledger state RESOURCE`: what is true of a resource now. */
export const state: Command = {
  usage: 'state RESOURCE',
  summary: 'what is true of a resource now, by id or ARN',
  options: {},
  async run({ positionals, format, ledger: where, env, console }) {
    const resource = oneResource(positionals, 'state');
    const ledger = await openLedger(where, env, false);
    try {
      const row = await findResource(ledger.states, resource);
      const view = { ...viewOf(row), tampered: (await tamperedMark(ledger.memos, row.arn)) ?? null };
      if (format === 'text') console.out(stateText(view));
      else if (format === 'json') console.out(JSON.stringify(view, null, 2));
      else writeList(console, format, [view]);
      return 0;
    } finally {
      await ledger.close();
    }
  },
};

const stateText = (view: StateView & { readonly tampered: TamperedMark | null }): string =>
  table([
    ['resource', view.arn],
    ['status', view.status],
    ...(view.tampered ? [['tampered', tamperedText(view.tampered)]] : []),
    ['made by', makerText(view.createdBy)],
    ['made at', view.createdAt ?? 'unknown'],
    ...(view.retiredAt ? [['ended at', view.retiredAt]] : []),
    ...(view.error
      ? [['last error', `${view.error.code} (${view.error.class}): ${view.error.message}`]]
      : []),
    ['events', String(view.lastSeq)],
    ['tags', view.tags.length === 0 ? 'none' : ''],
    ...view.tags.map(({ key, value }) => [`  ${key}`, value]),
  ]);

const tamperedText = ({ first, last, count, seqs }: TamperedMark): string =>
  `recorded events were changed or removed: ${count === 1 ? 'once' : `${count} times`} from ${first} to ${last}, seq ${seqs.join(', ')}; see docs/restore.md`;

/** A name, and how far it can be trusted to name somebody. */
const makerText = (who: StateView['createdBy']): string => {
  if (!who) return 'unknown';
  const permissionSet = permissionSetOf(who);
  return `${who.name} (${confidenceOf(who)}${permissionSet ? ` with permission set ${permissionSet}` : ''})`;
};
