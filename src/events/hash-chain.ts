import { hash } from 'node:crypto';
import { framedForNow } from './framing.ts';

/** The `prev` of the first event of a stream: 32 zero bytes, in hex. */
export const GENESIS = '0'.repeat(64);

const DOMAIN = 'tagledger/event/v1';

/** What an event's hash covers: its place (`stream`, `seq`), the hash before it, and its stored bytes. */
export interface Link {
  readonly stream: string;
  readonly seq: number;
  /** Hash of the event at `seq - 1`, 64 hex digits; {@link GENESIS} at seq 1. */
  readonly prev: string;
  /** The exact stored text. It is never parsed and serialised again before hashing. */
  readonly body: string;
}

/** SHA-256 over the framed fields of a link, as 64 hex digits. */
export const hashOf = ({ stream, seq, prev, body }: Link): string =>
  hash('sha256', framedForNow([DOMAIN, stream, String(seq), prev, body]));

/**
 * A short id derived from its parts: 22 base64url characters, 128 bits of a framed SHA-256. The same parts
 * always yield the same id, so one cause is never recorded under two event ids.
 */
export const idFrom = (...parts: readonly string[]): string =>
  Buffer.from(hash('sha256', framedForNow(parts)), 'hex')
    .subarray(0, 16)
    .toString('base64url');
