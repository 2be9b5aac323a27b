import * as assert from 'uvu/assert';
import { GENESIS, hashOf } from '../../../src/events/hash-chain.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';

/**
 * Asserts that every stream is whole: seq from 1 without gaps, each `prev` the hash before it, each hash that of
 * its bytes, times that grow, and no eventId twice in the ledger. Returns the streams.
 */
export const verifyChain = (events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> => {
  const streams = new Map<string, RecordedEvent[]>();
  const ids = new Set<string>();
  for (const recorded of events) {
    const { stream, seq, prev, hash, recordedAt, event } = recorded;
    const before = streams.get(stream)?.at(-1);
    assert.is(seq, (before?.seq ?? 0) + 1, stream);
    assert.is(prev, before?.hash ?? GENESIS, stream);
    assert.is(hash, hashOf(recorded), stream);
    assert.ok(!before || before.recordedAt < recordedAt, stream);
    assert.not.ok(ids.has(event.eventId), `${event.eventId} stands twice, at last in ${stream}`);
    ids.add(event.eventId);
    streams.set(stream, [...(streams.get(stream) ?? []), recorded]);
  }
  return streams;
};
