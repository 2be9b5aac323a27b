import * as assert from 'uvu/assert';
import type { Decision } from '../../src/commands/transact.ts';
import { readRecorded } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { chain } from './events.ts';

/**
 * A decision test as a sentence: `given(stream, ...past).when(decision).yields(...events)`. The past is recorded at
 * `NOW` and folded. `yields` compares the events, reads them back as a store would, and decides again on the new state, which
 * must yield nothing: each test is a test of idempotency as well.
 */
export const given = (stream: ResourceArn, ...past: readonly TagEvent[]) => ({
  when: (decision: Decision) => ({
    yields: (...expected: readonly TagEvent[]): void => {
      const before = chain(past, stream);
      const events = decision(fold(before), before);
      assert.equal(events, expected, 'the events are not the expected ones');
      const after = chain(events, stream, before);
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
