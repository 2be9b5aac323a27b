import * as assert from 'uvu/assert';
import type { Decision } from '../../src/commands/transact.ts';
import { type RecordedEvent, readRecorded, record } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';

/** The writer's clock in every decision test: later than all that happens in them. */
const NOW = new Date('2026-04-01T00:00:00.000Z');

/**
 * A decision test as a sentence: `given(stream, ...past).when(decision).yields(...events)`. The past is recorded and
 * folded. `yields` compares the events, reads them back as a store would, and decides again on the new state, which
 * must yield nothing: each test is a test of idempotency as well.
 */
export const given = (stream: ResourceArn, ...past: readonly TagEvent[]) => ({
  when: (decision: Decision) => ({
    yields: (...expected: readonly TagEvent[]): void => {
      const before = recorded(stream, past);
      const events = decision(fold(before), before);
      assert.equal(events, expected, 'the events are not the expected ones');
      const after = recorded(stream, events, before);
      assert.equal(
        after.slice(before.length).map((event) => readRecorded(event).event),
        expected,
        'the events do not come out of a store as they went in',
      );
      assert.equal(
        decision(fold(after), after),
        [],
        'the same decision on the new state yields something again',
      );
    },
  }),
});

/** Facts as they stand in the ledger, after those that stand there already. */
export const recorded = (
  stream: ResourceArn,
  events: readonly TagEvent[],
  onto: readonly RecordedEvent[] = [],
): RecordedEvent[] => {
  const all = [...onto];
  for (const event of events) all.push(record(stream, event, all.at(-1), NOW));
  return all;
};
