import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assess } from '../../src/compliance/assess.ts';
import { findingView } from '../../src/compliance/finding-view.ts';
import { frameOf } from '../../src/compliance/frame.ts';
import { givenPolicy } from '../../src/compliance/recorded-policy.ts';
import { startTally } from '../../src/compliance/tally.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { readPolicies } from '../../src/policies/read-policies.ts';
import type { Moment } from '../../src/projections/resource-at.ts';
import { anyFacts } from '../support/any-event.ts';
import { flatListOf } from '../support/async.ts';
import { ALL_HEARD, arn, fleetOf, inferredHorizon, recorded } from '../support/compliance/fleet.ts';
import { at } from '../support/events.ts';

const test = suite('a ledger that grows');

const policy = readPolicies([
  {
    name: 'p.json',
    text: JSON.stringify({
      tagledger: 1,
      grace: '2m',
      rules: [{ key: 'Owner' }, { key: 'App', values: ['a'] }],
    }),
  },
]);

/** Everything that an answer says, as text. */
const answer = async (streams: readonly (readonly RecordedEvent[])[], moment: Moment): Promise<string> => {
  const fleet = await fleetOf(...streams);
  const tally = startTally('rule');
  const findings = [];
  for (const one of await flatListOf(assess(fleet, { policy, selection: {}, moment, horizon: ALL_HEARD }))) {
    tally.add(one);
    findings.push(...one.findings.map((finding) => findingView(one, finding, moment)));
  }
  return JSON.stringify([
    frameOf(await inferredHorizon(fleet, moment.knownAt), givenPolicy(policy), moment),
    tally.totals(),
    findings,
  ]);
};

/** Streams whose facts come late, out of order and twice, each recorded a minute after the one before or at once. */
const anyStreams = fc.array(
  fc.tuple(anyFacts, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 14, maxLength: 14 })),
  { minLength: 1, maxLength: 4 },
);

test('never changes the answer that was given for an earlier time of knowing', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStreams,
      fc.integer({ min: -1, max: 8 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      async (histories, asOf, knownAt, later) => {
        const streams = histories.map(([facts, waits], n) => {
          const minutes = waits.map((_, i) => waits.slice(0, i + 1).reduce((sum, wait) => sum + wait, 0));
          return recorded(
            arn(`i-0${n}`),
            facts.map((fact, i) => [at(minutes[i] ?? 0), fact] as const),
          );
        });
        const moment = { asOf: at(asOf), knownAt: at(knownAt) };
        const then = streams.map((events) =>
          events.filter(({ recordedAt }) => recordedAt <= at(knownAt + later)),
        );
        assert.is(await answer(streams, moment), await answer(then, moment));
      },
    ),
    { numRuns: 150 },
  );
});

test.run();
