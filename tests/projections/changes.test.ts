import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { type Change, changesOf } from '../../src/projections/changes.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { anyFacts } from '../support/any-event.ts';
import {
  ADA,
  applied,
  at,
  BOB,
  chain,
  failed,
  LAUNCH,
  observed,
  requested,
  retired,
  tags,
  toldByEventBridge,
  trail,
} from '../support/events.ts';

const test = suite('the changes of a resource');
const EVER = '9999-12-31T23:59:59.999Z';

const told = (changes: readonly Change[]) =>
  changes.map(({ what, effectiveAt, tags }) => [
    effectiveAt,
    what,
    ...tags.map(({ key, old, new: now }) => `${key}: ${old} -> ${now}`),
  ]);

const born = requested('r1', { birth: { tags: tags('Name=web') } });

test('are told in the order in which they happened, each key from what it was to what it became', () => {
  const events = chain([
    born,
    applied('a1', at(2)),
    observed('o1', at(5), 'App=shop Owner=bob'),
    observed('o2', at(7), '', { removed: ['App'] }),
    failed('f1', at(8)),
    observed('o3', at(9), 'Owner=bob'),
    retired('d1', at(10)),
  ]);
  assert.equal(told(changesOf(events, EVER)), [
    [at(0), 'created', 'Name: null -> web'],
    [at(2), 'tagged', 'Owner: null -> ada'],
    [at(5), 'tagged', 'App: null -> shop', 'Owner: ada -> bob'],
    [at(7), 'tagged', 'App: shop -> null'],
    [at(10), 'ended'],
  ]);
});

test('say who, why and by which rules: of what tagledger set, those of the request', () => {
  const rules = { ...born, rules: 'rules-1' };
  const [made, set, changed] = changesOf(chain([rules, applied('a1', at(2)), observed('o1', at(5))]), EVER);
  const about = (change: Change | undefined) =>
    change && [change.by, change.who, change.cause?.id, change.rules];
  assert.equal(about(made), ['principal', ADA, LAUNCH.id, null]);
  assert.equal(about(set), ['tagledger', ADA, LAUNCH.id, 'rules-1']);
  assert.equal(about(changed), ['principal', BOB, 'cause of o1', null]);
});

test('that nobody can be named for have no name and no cause', () => {
  const { who: _, ...nobody } = observed('o1');
  const [change] = changesOf(chain([nobody]), EVER);
  assert.is(change?.who, null);
  const [untold] = changesOf(chain([applied('a1', { request: 'elsewhere' })]), EVER);
  assert.equal([untold?.by, untold?.who, untold?.cause], ['tagledger', null, null]);
});

test('that came late stand where they happened, and are marked', () => {
  const late = observed('o2', at(3), 'Owner=eve');
  const events = chain([born, observed('o1', at(5)), late]);
  const changes = changesOf(events, EVER);
  assert.equal(told(changes), [
    [at(0), 'created', 'Name: null -> web'],
    [at(3), 'tagged', 'Owner: null -> eve'],
    [at(5), 'tagged', 'Owner: eve -> bob'],
  ]);
  assert.equal(
    changes.map(({ isLate }) => isLate),
    [false, true, false],
  );
});

test('are those that were known then, where it is asked what was known', () => {
  const late = observed('o2', at(3), 'Owner=eve');
  const events = chain([born, observed('o1', at(5)), late]);
  assert.equal(changesOf(events, events[1]?.recordedAt ?? ''), changesOf(events.slice(0, 2), EVER));
  assert.equal(changesOf(events, '2020-01-01T00:00:00.000Z'), []);
});

test('that removed all tags name each of them', () => {
  const events = chain([
    observed('o1', { set: tags('App=shop Owner=bob') }),
    observed('o2', at(1), '', { removed: 'all' }),
  ]);
  assert.equal(told(changesOf(events, EVER)).at(-1), [
    at(1),
    'tagged',
    'App: shop -> null',
    'Owner: bob -> null',
  ]);
});

test('of one second are all listed and marked, whatever they were recorded as', () => {
  const second = '2026-03-31T12:05:00.000Z';
  const events = [
    born,
    observed(trail('b'), second, 'Owner=ada', { who: ADA }),
    observed(trail('a'), second, 'Owner=eve'),
    toldByEventBridge('c', '2026-03-31T12:05:00.300Z', 'Team=x'),
  ];
  for (const recorded of [events, events.toReversed()]) {
    const changes = changesOf(chain(recorded), EVER).filter(({ effectiveAt }) => effectiveAt >= second);
    assert.equal(
      changes.map(({ who, tags }) => [who?.name, ...tags.map((tag) => [tag.key, tag.new, tag.isUnordered])]),
      [
        ['bob', ['Owner', 'eve', true]],
        ['ada', ['Owner', 'ada', true]],
        ['unknown', ['Team', 'x', undefined]],
      ],
    );
  }
});

/** Whether the life has ended that the changes are of, so far. */
let isEnded = false;

/** Does a change of tags, and checks what it says of the values before it. Each new life begins without tags. */
const applyTo = (
  borne: Map<string, string>,
  { what, tags: changed }: ReturnType<typeof changesOf>[number],
) => {
  if (what === 'created' && isEnded) borne.clear();
  if (what !== 'tagged') isEnded = what === 'ended';
  for (const { key, old, new: now } of changed) {
    assert.is(borne.get(key) ?? null, old);
    if (now === null) borne.delete(key);
    else borne.set(key, now);
  }
};

test('give, applied one after another, the tags that the resource had at each moment', () => {
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 0, max: 14 }), (facts, count) => {
      const events: RecordedEvent[] = chain(facts);
      const knownAt = events[count]?.recordedAt ?? EVER;
      const borne = new Map<string, string>();
      isEnded = false;
      const changes = changesOf(events, knownAt);
      for (let minute = 0; minute <= 6; minute++) {
        for (const change of changes) if (change.effectiveAt === at(minute)) applyTo(borne, change);
        const expected = resourceAt(events, { asOf: at(minute), knownAt })?.tags ?? [];
        assert.equal(
          [...borne].sort(([a], [b]) => (a < b ? -1 : 1)),
          expected.map(({ key, value }) => [key, value]),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
