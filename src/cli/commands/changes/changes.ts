import { selects } from '../../../compliance/selection.ts';
import type { RecordedEvent } from '../../../events/recorded-event.ts';
import { resourceStreams } from '../../../events/resource-events.ts';
import { type Change, changesOf } from '../../../projections/changes.ts';
import { type Horizon, horizonView, isHeard } from '../../../projections/horizon.ts';
import { endOfDay, horizonNow, isDate } from '../../../projections/moment.ts';
import { ownCopy } from '../../../shared/own-copy.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { findStream, resourceNamed, unknownResource } from '../../ledger/find-resource.ts';
import { openReadOnly, type ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { type AnswerProvenance, provenanceOf, sayAnswered } from '../../ledger/provenance.ts';
import { askedMoment } from '../../moment-options.ts';
import { asTyped } from '../../option-values.ts';
import { readPeriod, type Stretch } from '../../period-options.ts';
import { PLACING, placeOf } from '../../selection-options.ts';
import { PLAIN_TEXT } from '../../text-style.ts';
import { chooseColumns, sortAndLimit, writeRows } from '../../views/rows.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { writeFolded, writeFoldedList } from '../../write-output.ts';
import { CHANGE_COLUMNS, changeRows, SORT_COLUMNS } from './columns.ts';
import type { ChangesInvocation } from './flags.ts';

/** `tagledger changes`: who changed which tags, in the order of the changes. */
export const run = async (invocation: ChangesInvocation): Promise<Exit> => {
  const { values, format, console } = invocation;
  const period = readPeriod(values);
  const { knownAt } = askedMoment(values, new Date());
  const resource = values.resource === undefined ? undefined : resourceNamed(values.resource);
  const place = placeOf(values);
  const ledger = await openReadOnly(invocation);
  try {
    const found: Change[] = [];
    for await (const events of eventsOf(ledger, resource)) {
      // Streams without an event in the period need not be folded.
      const [first] = events;
      if (!first || !selects(place, { arn: first.stream, tags: [] })) continue;
      if (!events.some(({ event }) => isIn(period, event.effectiveAt))) continue;
      found.push(...ownCopy(changesOf(events, knownAt).flatMap(chosen(period, values))));
    }
    found.sort(byTime);
    if (found.length === 0) console.stderr(sanitizeTerminal(emptyText(values, knownAt)));
    const heard = await ledger.horizon(knownAt, resource === undefined);
    const asked = lastAsked(period, values.to !== undefined && isDate(values.to), heard);
    const horizon = asked === undefined ? horizonNow(heard, knownAt) : horizonView(heard, asked);
    const provenance = await provenanceOf(invocation, ledger, { '--known-at': knownAt });
    if (format !== 'json') sayAnswered(console, horizon, provenance);
    const shown = sortAndLimit(found, SORT_COLUMNS, values, console);
    write(shown, { from: null, to: null, ...period, knownAt, horizon, provenance }, invocation);
    return exitOf({ unknown: asked !== undefined && horizon.isBeyond });
  } finally {
    await ledger.close();
  }
};

const write = (
  found: readonly Change[],
  { provenance, ...frame }: { readonly provenance: AnswerProvenance } & Readonly<Record<string, unknown>>,
  { values, format, console }: Pick<ChangesInvocation, 'values' | 'format' | 'console'>,
): void => {
  if (format === 'json') writeFolded(console, format, { ...frame, changes: found, provenance });
  else if (format === 'ndjson') writeFoldedList(console, found);
  else if (format === 'text' && found.length === 0) console.stdout('no changes');
  else {
    const style = format === 'csv' ? PLAIN_TEXT : console.style;
    const rows = found.flatMap((change) => changeRows(change, style));
    writeRows(rows, chooseColumns(CHANGE_COLUMNS, values.columns), { format, console });
  }
};

/** The last moment that a period names: its end, or its beginning if it begins beyond the horizon. */
const lastAsked = ({ from, to }: Stretch, isDay: boolean, heard: Horizon): string | undefined => {
  if (to !== undefined) return isDay ? endOfDay(to, heard) : to;
  return from !== undefined && !isHeard(heard, from) ? from : undefined;
};

/** The options that select changes. */
const SELECTING = ['from', 'to', 'by', 'resource', 'key', ...PLACING] as const;

const emptyText = (values: ChangesInvocation['values'], knownAt: string): string => {
  const typed = asTyped(values, SELECTING);
  return `No change ${typed ? `matches ${typed}` : 'is recorded'}, as far as this ledger knew at ${knownAt}.`;
};

async function* eventsOf(
  ledger: ReadOnlyLedger,
  resource: string | undefined,
): AsyncIterable<readonly RecordedEvent[]> {
  if (resource !== undefined) {
    const { events } = await findStream(ledger, resource);
    if (events.length === 0) throw unknownResource(resource);
    yield events;
    return;
  }
  yield* resourceStreams(ledger.store);
}

const isIn = ({ from = '', to = '~' }: Stretch, at: string): boolean => from <= at && at <= to;

/**
 * Filters a change by the options; with `--key`, only that key's tags remain. `--by tagledger` selects the
 * tags that tagledger set itself.
 */
const chosen =
  (period: Stretch, values: ChangesInvocation['values']) =>
  (change: Change): Change[] => {
    const { by, key } = values;
    const { who } = change;
    const names = [who?.name, who?.arn, who?.via, change.by === 'tagledger' ? 'tagledger' : undefined];
    if (!isIn(period, change.effectiveAt) || (by !== undefined && !names.includes(by))) return [];
    if (key === undefined) return [change];
    const tags = change.tags.filter((tag) => tag.key === key);
    return tags.length > 0 ? [{ ...change, tags }] : [];
  };

/** Changes of one resource in one second stay in the order of `changesOf`. */
const byTime = (a: Change, b: Change): number => {
  const [x, y] = [secondOf(a), secondOf(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a.arn === b.arn ? 0 : a.arn < b.arn ? -1 : 1;
};

const secondOf = ({ effectiveAt }: Change): string => effectiveAt.slice(0, 19);
