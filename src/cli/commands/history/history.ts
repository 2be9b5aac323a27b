import { tamperStreamOf } from '../../../events/ledger-stream.ts';
import type { RecordedEvent } from '../../../events/recorded-event.ts';
import { isResourceArn, type ResourceArn } from '../../../events/resource-arn.ts';
import type { Exit } from '../../exit-codes.ts';
import { findResource, resourceNamed, unknownResource } from '../../ledger/find-resource.ts';
import { incidentsWith } from '../../ledger/incidents.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayProvenance } from '../../ledger/provenance.ts';
import { historyText } from '../../views/history-text.ts';
import { sortAndLimit } from '../../views/rows.ts';
import { writeList } from '../../write-output.ts';
import type { HistoryInvocation } from './flags.ts';
import { EVENT_ORDERS } from './orders.ts';

/**
 * `tagledger history RESOURCE`: all recorded events of a resource, oldest first, followed by any recorded
 * tampering with it, which no option leaves out.
 */
export const run = async (invocation: HistoryInvocation): Promise<Exit> => {
  const { args, values, format, console } = invocation;
  const resource = resourceNamed(args.RESOURCE);
  const ledger = await openReadOnly(invocation);
  try {
    const arn = isResourceArn(resource) ? resource : (await findResource(ledger, resource)).arn;
    const incidents = await incidentsWith(ledger.store, arn);
    // Written first, because reading the events can fail on the tampered ones.
    if (incidents.length > 0) console.stderr(tamperedText(tamperStreamOf(arn)));
    const all = await ledger.store.read(arn);
    if (all.length === 0 && incidents.length === 0) throw unknownResource(resource);
    const provenance = await provenanceOf(invocation, ledger);
    sayProvenance(console, provenance);
    const events = sortAndLimit(all, EVENT_ORDERS, values, console);
    if (format !== 'text') writeList(console, format, [...events, ...incidents].map(eventView));
    else
      console.stdout(
        [historyText(all, console.style, events), historyText(incidents, console.style)]
          .filter(Boolean)
          .join('\n\n'),
      );
    return 'done';
  } finally {
    await ledger.close();
  }
};

const tamperedText = (tampering: ResourceArn): string =>
  `its recorded events were tampered with: \`tagledger history ${tampering}\` shows what is known, docs/restore.md what to do`;

/** An event with its place, in machine-readable form. */
const eventView = ({ stream, seq, recordedAt, schemaVersion, prev, hash, event }: RecordedEvent) => ({
  resource: stream,
  seq,
  recordedAt,
  schemaVersion,
  ...event,
  prev,
  hash,
});
