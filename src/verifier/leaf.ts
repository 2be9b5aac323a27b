import { framed, unframed } from '../events/framing.ts';
import { NotProvenError } from './not-proven-error.ts';
import { fromDecimal } from './strict-text.ts';

/** An event's place and hash, which is all that a leaf of the log says of it. It contains no tag value. */
export interface EventLeaf {
  readonly stream: string;
  readonly seq: number;
  /** 64 hex digits. The hash covers the event's bytes and place, and all events before it in its stream. */
  readonly hash: string;
}

/** The first leaf of a log: which log it is, when it was opened, and which log it replaces. */
export interface LogLeaf {
  readonly origin: string;
  /** ISO 8601. */
  readonly openedAt: string;
  /** The last checkpoint of the log before it, a signed note; empty for the first log of a ledger. */
  readonly predecessor: string;
}

const EVENT = 'tagledger/leaf/v1';
const LOG = 'tagledger/log/v1';

/** The bytes of an event's leaf. */
export const eventLeaf = ({ stream, seq, hash }: EventLeaf): Buffer =>
  framed([EVENT, stream, String(seq), hash]);

/** The bytes of a log's first leaf. */
export const logLeaf = ({ origin, openedAt, predecessor }: LogLeaf): Buffer =>
  framed([LOG, origin, openedAt, predecessor]);

/** Parses a leaf. Throws a {@link NotProvenError} for bytes that are not one. */
export const parseLeaf = (bytes: Uint8Array): EventLeaf | LogLeaf => {
  const [kind, a = '', b = '', c = '', ...others] = unframed(bytes) ?? [];
  const seq = fromDecimal(b);
  if (kind === EVENT && seq && others.length === 0) return { stream: a, seq, hash: c };
  if (kind === LOG && others.length === 0) return { origin: a, openedAt: b, predecessor: c };
  throw new NotProvenError(
    'malformed',
    'These bytes are not a leaf of a log that this version knows. A newer version may read them.',
  );
};
