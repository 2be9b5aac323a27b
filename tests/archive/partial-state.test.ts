import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnreadableArchiveError } from '../../src/archive/compressed.ts';
import { packer, unpacker } from '../../src/archive/pack.ts';
import { packPartialState, unpackPartialState } from '../../src/archive/pack-partial-state.ts';
import {
  isDisputed,
  join,
  type PartialState,
  partialStateOf,
  resourceOf,
} from '../../src/archive/partial-state.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { counts, resourceAt } from '../../src/projections/resource-at.ts';
import { groupBy } from '../../src/shared/collections.ts';
import { END_OF_TIME } from '../../src/shared/time.ts';
import { anyHistory, anyMoment, shuffledAndRepeated } from '../support/any-history.ts';
import { rejectionOf } from '../support/async.ts';

const test = suite('outlines');

const joined = (events: readonly RecordedEvent[]): PartialState | undefined =>
  events
    .map(partialStateOf)
    .reduce<PartialState | undefined>((all, one) => (all ? join(all, one) : one), undefined);

const streamsIn = (history: readonly RecordedEvent[]) => [
  ...groupBy(history, ({ stream }) => stream).values(),
];

let told = 0;

test('joined in any order and twice, the events that count give what the fold gives, or say that they must be folded', () => {
  fc.assert(
    fc.property(
      anyHistory.chain((history) => fc.tuple(fc.constant(history), shuffledAndRepeated(history))),
      anyMoment,
      ([history, delivered], moment) => {
        for (const events of streamsIn(history)) {
          const came = delivered.filter(({ stream }) => stream === events[0]?.stream);
          const partial = joined(came.filter((event) => counts(moment, event)));
          if (partial && isDisputed(partial)) continue;
          told += 1;
          assert.is(
            JSON.stringify(partial && resourceOf(partial)),
            JSON.stringify(resourceAt(events, moment)),
          );
        }
      },
    ),
    { numRuns: 200 },
  );
  assert.ok(told > 100, `only ${told} were told without a fold`);
});

test('outlines of parts joined in any way are the outline of the whole', () => {
  fc.assert(
    fc.property(anyHistory, fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }), (history, sides) => {
      for (const events of streamsIn(history)) {
        const left = joined(events.filter((_, i) => sides[i]));
        const right = joined(events.filter((_, i) => !sides[i]));
        const whole = joined(events);
        if (!left || !right) continue;
        assert.equal(join(left, right), join(right, left));
        assert.equal(join(join(left, right), left), join(left, right));
        // In which parts events come decides whether a dispute is seen, but not what the marks say.
        const parts = join(left, right);
        if (whole && !isDisputed(whole) && !isDisputed(parts)) assert.equal(parts, whole);
      }
    }),
    { numRuns: 200 },
  );
});

test('what was packed comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const partials = streamsIn(history).flatMap((events): PartialState[] => {
        const partial = joined(events);
        if (!partial || !isDisputed(partial)) return partial ? [partial] : [];
        const folded = resourceAt(events, { asOf: END_OF_TIME, knownAt: END_OF_TIME });
        return folded ? [partial, { ...partial, folded }] : [];
      });
      const pack = packer();
      for (const partial of partials) packPartialState(pack, partial);
      const from = await unpacker('x', await pack.finish());
      for (const partial of partials)
        assert.equal(unpackPartialState(from, from.text() as ResourceArn), partial);
      assert.ok(from.isAtEnd());
    }),
    { numRuns: 200 },
  );
});

test('numbers of any size and texts of any kind come back', async () => {
  const numbers = [0, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  const texts = ['', 'a', 'a\nb', '"', '\ud83d\ude00', '\ud800', '__proto__', 'a', ''];
  const pack = packer();
  for (const number of numbers) pack.int(number);
  for (const text of texts) pack.text(text);
  pack.text(null);
  for (let i = 0; i < 20_000; i++) pack.text(`text ${i % 9_000}`);
  const from = await unpacker('x', await pack.finish());
  assert.equal(
    numbers.map(() => from.int()),
    numbers,
  );
  assert.equal(
    texts.map(() => from.text()),
    texts,
  );
  assert.is(from.text(), null);
  for (let i = 0; i < 20_000; i++) assert.is(from.text(), `text ${i % 9_000}`);
  assert.throws(() => from.int(), /^x in the archive ends too early\. It was damaged/);
});

test('damaged bytes are said to be so', async () => {
  const pack = packer();
  pack.text('a');
  const bytes = await pack.finish();
  assert.instance(await rejectionOf(unpacker('x', bytes.subarray(0, -9))), UnreadableArchiveError);
  assert.instance(await rejectionOf(unpacker('x', Buffer.from('{}'))), UnreadableArchiveError);
});

test.run();
