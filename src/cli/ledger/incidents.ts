import type { EventStore } from '../../events/event-store.ts';
import { tamperStreamOf } from '../../events/ledger-stream.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';

/**
 * The tampering with a stream that the ledger records, oldest first. Events of other types in the tamper
 * stream are ignored, because earlier versions let callers write there.
 */
export const incidentsWith = async (
  store: Pick<EventStore, 'read'>,
  tampered: string,
): Promise<readonly RecordedEvent[]> =>
  (await store.read(tamperStreamOf(tampered))).filter(({ event }) => event.type === 'TamperDetected');
