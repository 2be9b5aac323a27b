import { canonicalJson } from '../events/canonical-json.ts';
import type { ReadOnlyEventStore } from '../events/event-store.ts';
import { fold } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { foldLedger } from './fold-ledger.ts';
import { dueOf, rowOf, type StateRow } from './state-row.ts';
import type { ReadOnlyStateStore } from './state-store.ts';
import { storedOf } from './stored-row.ts';

/**
 * The current states where there is no table of them: each read folds the ledger.
 */
export const foldedStates = (store: ReadOnlyEventStore): ReadOnlyStateStore => {
  const states: ReadOnlyStateStore = {
    async get(arns) {
      const streams = await Promise.all(arns.map((arn) => store.read(arn)));
      return streams.flatMap((events) => (events[0] ? [asRead(rowOf(events[0].stream, fold(events)))] : []));
    },
    async due(status, until, limit) {
      const waiting = [];
      for await (const row of states.list()) {
        const due = dueOf(row);
        if (due?.status === status && due.at <= until) waiting.push({ arn: row.arn, at: due.at });
      }
      waiting.sort((a, b) => (a.at < b.at ? -1 : 1));
      return waiting.slice(0, limit).map(({ arn }) => arn);
    },
    async *list(after) {
      for await (const { rows } of foldLedger(store, after)) yield* rows.map(asRead);
    },
    async stored(arns) {
      return (await states.get(arns as readonly ResourceArn[])).map(storedOf);
    },
    async *listStored() {
      for await (const row of states.list()) yield storedOf(row);
    },
  };
  return states;
};

/** Returns a row as a state table would, with object members in the order of canonical JSON. */
const asRead = ({ resource, ...row }: StateRow): StateRow => ({
  ...row,
  resource: JSON.parse(canonicalJson(resource)),
});
