import { tamperStreamOf } from '../../../events/ledger-stream.ts';
import { UnreadableEventError } from '../../../events/recorded-event.ts';
import { fold } from '../../../events/resource.ts';
import type { ResourceArn } from '../../../events/resource-arn.ts';
import { UNSEEN_TAGS } from '../../../explain/actor-text.ts';
import type { HorizonView } from '../../../projections/horizon.ts';
import { horizonNow } from '../../../projections/moment.ts';
import { rowOf, type StateRow, type StateView, viewOf } from '../../../projections/state-row.ts';
import { type TamperedMark, tamperedMark } from '../../../projections/tampered-mark.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { findResource, findStream, resourceNamed } from '../../ledger/find-resource.ts';
import { incidentsWith } from '../../ledger/incidents.ts';
import { openReadOnly, type ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayProvenance } from '../../ledger/provenance.ts';
import { askedMoment } from '../../moment-options.ts';
import type { TextStyle } from '../../text-style.ts';
import { createdRows, creatorText } from '../../views/creator.ts';
import { horizonRows } from '../../views/horizon-text.ts';
import { SIMULATED_ROW } from '../../views/simulated-row.ts';
import { statusColour } from '../../views/status-colour.ts';
import { type TableColumn, table } from '../../views/table.ts';
import { writeFolded } from '../../write-output.ts';
import type { StateInvocation } from './flags.ts';
import { stateAt, stateAtText, uncertainText } from './state-at.ts';

/** `tagledger state RESOURCE`: the state of a resource now or at a past moment. */
export const run = async (invocation: StateInvocation): Promise<Exit> => {
  const { args, values, format, console } = invocation;
  const resource = resourceNamed(args.RESOURCE);
  const now = new Date();
  const asked = askedMoment(values, now);
  const isAboutThen = values['as-of'] !== undefined || values['known-at'] !== undefined;
  const ledger = await openReadOnly(invocation);
  try {
    const { view, text } = isAboutThen
      ? asTold(await stateAt(ledger, resource, asked), stateAtText, console.style)
      : asTold(await stateNow(ledger, resource, now), stateText, console.style);
    const pinned = 'asOf' in view ? { '--as-of': view.asOf, '--known-at': view.knownAt } : {};
    const provenance = await provenanceOf(invocation, ledger, pinned);
    if (format === 'text') {
      sayProvenance(console, provenance);
      console.stdout(text());
    } else writeFolded(console, format, { ...view, provenance });
    const isSilent = view.horizon.silentAccounts.some(({ account }) => account === view.account);
    return exitOf({ unknown: 'standing' in view ? view.standing === 'unheard' : isSilent });
  } finally {
    await ledger.close();
  }
};

/** A view and its text, which is computed only for the text format. */
const asTold = <V>(view: V, textOf: (view: V, style: TextStyle) => string, style: TextStyle) => ({
  view,
  text: () => textOf(view, style),
});

/** The recorded tampering with a resource: the number of incidents, and the stream that records them. */
interface Incidents {
  readonly count: number;
  readonly history: ResourceArn;
}

interface Now extends StateView {
  readonly tampered: TamperedMark | null;
  readonly incidents: Incidents | null;
  readonly horizon: HorizonView;
}

const stateNow = async (ledger: ReadOnlyLedger, resource: string, now: Date): Promise<Now> => {
  const { coordination, store } = ledger;
  const row = await currentRow(ledger, resource);
  const tampered = (await tamperedMark(coordination, row.arn)) ?? null;
  const history = tamperStreamOf(row.arn);
  const { length: count } = await incidentsWith(store, row.arn);
  const knownAt = now.toISOString();
  return {
    ...viewOf(row),
    tampered,
    incidents: count > 0 ? { count, history } : null,
    horizon: horizonNow(await ledger.horizon(knownAt), knownAt),
  };
};

/**
 * Folds the stream, which is authoritative; the row can lag behind it. If the stream is damaged or missing,
 * the row is all that is known.
 */
const currentRow = async (ledger: ReadOnlyLedger, resource: string): Promise<StateRow> => {
  try {
    const { arn, events } = await findStream(ledger, resource);
    if (events.length > 0) return rowOf(arn, fold(events));
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
  }
  return findResource(ledger, resource);
};

const COLUMNS: readonly TableColumn[] = [
  {},
  { fit: 'wrap', colour: (cell, [name]) => (name === 'status' ? statusColour(cell) : undefined) },
];

const stateText = (view: Now, style: TextStyle): string =>
  table(
    [
      ['resource', view.arn],
      ['status', view.status],
      ...(view.uncertain ? [['exists', uncertainText(view.uncertain)]] : []),
      ...(view.simulated ? [SIMULATED_ROW] : []),
      ...horizonRows(view.horizon),
      ...(view.tampered ? [['tampered', tamperedText(view.tampered)]] : []),
      ...(view.incidents ? [['incidents', incidentsText(view.incidents)]] : []),
      ['created by', creatorText(view.createdBy)],
      ...createdRows(view),
      ...(view.retiredAt ? [['ended at', view.retiredAt]] : []),
      ...(view.error
        ? [['last error', `${view.error.code} (${view.error.class}): ${view.error.message}`]]
        : []),
      ['events', String(view.lastSeq)],
      ...(view.unseenTags ? [['unseen', UNSEEN_TAGS]] : []),
      ['tags', view.tags.length > 0 ? '' : view.unseenTags ? 'unknown' : 'none'],
      ...view.tags.map(({ key, value }) => [
        `  ${key}`,
        value,
        ...(view.simulated?.includes(key) ? ['simulated'] : []),
      ]),
    ],
    style,
    COLUMNS,
  );

const incidentsText = ({ count, history }: Incidents): string =>
  `${count} of tampering ${count === 1 ? 'is' : 'are'} recorded: tagledger history ${history}`;

const tamperedText = ({ first, last, count, seqs }: TamperedMark): string =>
  `recorded events were changed or removed: ${count === 1 ? 'once' : `${count} times`} from ${first} to ${last}, seq ${seqs.join(', ')}; see docs/restore.md`;
