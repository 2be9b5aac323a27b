import { type StateView, viewOf } from '../projections/state-row.ts';
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
      const view = viewOf(await findResource(ledger.states, resource));
      if (format === 'text') console.out(stateText(view));
      else if (format === 'json') console.out(JSON.stringify(view, null, 2));
      else writeList(console, format, [view]);
      return 0;
    } finally {
      await ledger.close();
    }
  },
};

const stateText = (view: StateView): string =>
  table([
    ['resource', view.arn],
    ['status', view.status],
    ['made by', view.createdBy?.name ?? 'unknown'],
    ['made at', view.createdAt ?? 'unknown'],
    ...(view.retiredAt ? [['ended at', view.retiredAt]] : []),
    ...(view.error
      ? [['last error', `${view.error.code} (${view.error.class}): ${view.error.message}`]]
      : []),
    ['events', String(view.lastSeq)],
    ['tags', view.tags.length === 0 ? 'none' : ''],
    ...view.tags.map(({ key, value }) => [`  ${key}`, value]),
  ]);
