import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { flatListOf } from '../support/async.ts';
import { ADA, at, observed, requested, retired, STREAM, streamOf, tags } from '../support/events.ts';

const test = suite('a resource at a moment');

/** Facts recorded one after another, each at its own moment. */
const history = (
  stream: typeof STREAM,
  ...facts: readonly [recordedAt: string, RecordedEvent['event']][]
) => {
  const events: RecordedEvent[] = [];
  for (const [recordedAt, fact] of facts)
    events.push(record(stream, fact, events.at(-1), new Date(recordedAt)));
  return events;
};

const late = observed('late', at(10), 'Owner=bob', { removed: [] });
const events = history(
  STREAM,
  [at(1), requested('r1', { birth: { tags: tags('App=shop') } })],
  [at(20), observed('o1', at(19), 'App=cart', { removed: [] })],
  [at(40), late],
  [at(60), retired('gone', at(59))],
);

test('what became true later does not count, though the ledger knows it', () => {
  assert.equal(resourceAt(events, { asOf: at(18), knownAt: at(99) }), {
    arn: STREAM,
    born: { at: at(0), who: ADA },
    tags: tags('App=shop Owner=bob'),
  });
});

test('what was recorded later does not count, though it was true', () => {
  const known = (knownAt: string) => resourceAt(events, { asOf: at(18), knownAt })?.tags;
  assert.equal(known(at(39)), tags('App=shop'));
  assert.equal(known(at(40)), tags('App=shop Owner=bob'));
});

test('both instants count themselves', () => {
  assert.equal(resourceAt(events, { asOf: at(59), knownAt: at(60) })?.retired?.at, at(59));
  assert.is(resourceAt(events, { asOf: at(58), knownAt: at(60) })?.retired, undefined);
});

test('a resource of which nothing was known or true yet is no answer', () => {
  assert.is(resourceAt(events, { asOf: at(99), knownAt: at(0) }), undefined);
  assert.is(resourceAt(events, { asOf: '2026-03-31T11:59:59.999Z', knownAt: at(99) }), undefined);
  assert.is(resourceAt([], { asOf: at(99), knownAt: at(99) }), undefined);
});

test('a fleet is every resource of the moment, sorted by ARN, and began with its first fact', async () => {
  const store = memoryStore();
  const other = history(streamOf('i-00000000000000000'), [at(30), observed('o9', at(30))]);
  for (const event of [...events, ...other]) await store.append(event);
  const fleet = ledgerFleet(store);
  const arns = async (asOf: string) =>
    (await flatListOf(fleet.at({ asOf, knownAt: at(99) }))).map(({ arn }) => arn);
  assert.equal(await arns(at(29)), [STREAM]);
  assert.equal(await arns(at(30)), [streamOf('i-00000000000000000'), STREAM]);
  assert.is((await fleet.span(at(99)))?.began, at(0));
  assert.is((await fleet.span(at(0)))?.began, undefined);
});

test.run();
