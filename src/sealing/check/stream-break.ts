import { GENESIS } from '../../events/hash-chain.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { SealedHead } from '../log/sealed-heads.ts';

/**
 * Why a stream cannot be sealed any further:
 *
 * - `missing`: the event does not exist, although it is sealed, a hint named it or a later one exists;
 * - `changed`: the event is sealed with another hash;
 * - `chain`: the event does not follow the one before it;
 * - `unreadable`: the event was damaged, or a newer version wrote it.
 */
export interface StreamBreak {
  readonly stream: string;
  readonly seq: number;
  readonly kind: 'missing' | 'changed' | 'chain' | 'unreadable';
  /** What was found and what was expected; never the value of a tag. */
  readonly why: string;
}

/** The events of a stream that can be sealed, and what prevents the sealing of the rest. */
export interface Sealable {
  readonly events: readonly RecordedEvent[];
  readonly broken?: StreamBreak;
}

type Sealed = Pick<SealedHead, 'seq' | 'hash'>;

/**
 * Finds which events after the sealed ones can be sealed: those that follow one another without a gap. The
 * events must be in order and already checked against their hashes. `until` is a seq that is known to have
 * existed.
 */
export const nextOf = (
  stream: string,
  sealed: Sealed | undefined,
  events: readonly RecordedEvent[],
  until = 0,
): Sealable => {
  const good: RecordedEvent[] = [];
  const broken = (seq: number, kind: StreamBreak['kind'], why: string): Sealable => ({
    events: good,
    broken: { stream, seq, kind, why },
  });
  let [seq, hash] = [sealed?.seq ?? 0, sealed?.hash ?? GENESIS];
  for (const event of events) {
    if (event.seq !== seq + 1) break;
    if (event.prev !== hash)
      return broken(
        event.seq,
        'chain',
        `it follows the hash ${event.prev}, and the event before it has ${hash}`,
      );
    good.push(event);
    [seq, hash] = [event.seq, event.hash];
  }
  const last = Math.max(until, events.at(-1)?.seq ?? 0);
  if (last > seq) return broken(seq + 1, 'missing', `there is no such event, and the ledger had ${last}`);
  return { events: good };
};

/** Like {@link nextOf} for all events of a stream, but also compares the sealed ones with what was sealed. */
export const wholeOf = (
  stream: string,
  sealed: Sealed | undefined,
  events: readonly RecordedEvent[],
  until = 0,
): Sealable => {
  const whole = nextOf(stream, undefined, events, Math.max(until, sealed?.seq ?? 0));
  if (!sealed) return whole;
  const { seq, hash } = sealed;
  const there = whole.events[seq - 1];
  if (there && there.hash !== hash) {
    const why = `it has the hash ${there.hash}, and ${hash} is sealed`;
    return { events: [], broken: { stream, seq, kind: 'changed', why } };
  }
  return { ...whole, events: whole.events.slice(seq) };
};
