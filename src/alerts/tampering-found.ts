import { tamperStreamOf } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { TamperDetected } from '../events/tag-event.ts';

/** Stands for the ledger or its log as a whole: the stream in which tampering with either is recorded. */
export const THE_LEDGER: string = tamperStreamOf(undefined);

/** Tampering that was found and recorded some time after it was done. */
export interface FoundTampering {
  /** The stream that was tampered with, or {@link THE_LEDGER}. */
  readonly stream: string;
  /** The seqs of the events, such as `3, 4`. */
  readonly seq: string;
  readonly what: string;
  readonly how: TamperDetected['how'];
  /** When it was found, ISO 8601. */
  readonly foundAt: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * The tampering that an event records, if no alert was sent of it yet; undefined for other events. For
 * tampering that the change feed shows, an alert is sent when it shows it.
 */
export const tamperingFoundIn = ({ event }: RecordedEvent): FoundTampering | undefined => {
  if (event.type !== 'TamperDetected' || event.how === 'change-feed') return undefined;
  const { tampered = THE_LEDGER, seqs, what, how, effectiveAt: foundAt, expected, found } = event;
  return { stream: tampered, seq: seqs.join(', '), what, how, foundAt, expected, found };
};
