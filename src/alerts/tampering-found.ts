import { tamperStreamOf } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { TamperDetected } from '../events/tag-event.ts';

/** Stands for the ledger or its log as a whole: the stream in which tampering with that is recorded. */
export const THE_LEDGER: string = tamperStreamOf(undefined);

/** Tampering that was found some time after it was done, and recorded by who found it. */
export interface FoundTampering {
  /** The stream that was tampered with, or {@link THE_LEDGER}. */
  readonly stream: string;
  /** The places, such as `3, 4`. */
  readonly seq: string;
  readonly what: string;
  readonly how: TamperDetected['how'];
  /** When it was found, ISO 8601. */
  readonly foundAt: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * The tampering that an event tells of, where nobody was told yet; undefined for other events. What the change feed saw
 * was told when it saw it.
 */
export const tamperingFoundIn = ({ event }: RecordedEvent): FoundTampering | undefined => {
  if (event.type !== 'TamperDetected' || event.how === 'change-feed') return undefined;
  const { tampered = THE_LEDGER, seqs, what, how, effectiveAt: foundAt, expected, found } = event;
  return { stream: tampered, seq: seqs.join(', '), what, how, foundAt, expected, found };
};
