import { GENESIS } from '../../events/hash-chain.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { SealedHead } from '../log/sealed-heads.ts';

/**
 * Why a stream cannot be sealed any further:
 *
 * - `missing`: there is no event at this place, although it is sealed, or was heard of, or later ones are there;
 * - `changed`: the event at this place is sealed with another hash;
 * - `chain`: the event does not follow the one before it;
 * - `unreadable`: the event was damaged, or a newer version wrote it.
 */
export interface StreamBreak {
  readonly stream: string;
  readonly seq: number;
  readonly kind: 'missing' | 'changed' | 'chain' | 'unreadable';
  /** What was found, and what was expected; never a tag's value. */
  readonly why: string;
}

/** What of a stream can be sealed, and what stands in the way of the rest. */
export interface Sealable {
  readonly events: readonly RecordedEvent[];
  readonly broken?: StreamBreak;
}

type Sealed = Pick<SealedHead, 'seq' | 'hash'>;

/**
 * Which of the events behind the sealed ones of a stream can be sealed: those that follow one another without a gap.
 * They come in order; of their own bytes and hashes whoever read them has made sure. `until` is a place that is known
 * to have had an event.
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

/** The same of a whole stream, whose sealed events are also compared with what was sealed. */
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
