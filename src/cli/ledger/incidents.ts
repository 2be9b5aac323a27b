import type { EventStore } from '../../events/event-store.ts';
import { tamperStreamOf } from '../../events/ledger-stream.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';

/**
 * What the ledger records of tampering with a stream, oldest first. Events of other types in its stream of tampering tell
 * of none: earlier versions let callers write there.
 */
export const incidentsWith = async (
  store: Pick<EventStore, 'read'>,
  tampered: string,
): Promise<readonly RecordedEvent[]> =>
  (await store.read(tamperStreamOf(tampered))).filter(({ event }) => event.type === 'TamperDetected');
