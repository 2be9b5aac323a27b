import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isDisputed, join, partialStateOf } from '../../src/archive/partial-state.ts';
import { continueFold } from '../../src/events/continue-fold.ts';
import { currentTags, fold } from '../../src/events/resource.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { storedOf } from '../../src/projections/stored-row.ts';
import { END_OF_TIME } from '../../src/shared/time.ts';
import { shuffled } from '../support/any-event.ts';
import {
  applied,
  at,
  chain,
  created,
  observed,
  requested,
  restored,
  retired,
  STREAM,
  shown,
  stateAfter,
  tags,
} from '../support/events.ts';

const test = suite('what a baseline shows');

const tagsAfter = (...events: readonly TagEvent[]): string =>
  currentTags(stateAfter(...events))
    .map(({ key, value }) => `${key}=${value}`)
    .join(' ');

/** What is known of the resource at a moment. */
const then = (events: readonly TagEvent[], asOf: string) =>
  resourceAt(chain(events), { asOf, knownAt: END_OF_TIME });

test('a resource that a baseline shows exists from that moment on, with these tags', () => {
  const events = [shown('s1', at(30), 'App=shop')];
  assert.is(then(events, at(29)), undefined);
  assert.equal(then(events, at(30)), { arn: STREAM, found: at(30), tags: tags('App=shop') });
});

test('the first of several baselines counts', () => {
  assert.is(stateAfter(shown('s2', at(60)), shown('s1', at(30))).found, at(30));
});

test('a creation is known, whenever it is read, and then nothing needs to be found', () => {
  const state = stateAfter(shown('s1', at(30), 'App=shop'), created('c1', at(0), 'App=shop'));
  assert.is(state.found, undefined);
  assert.is(state.born?.at, at(0));
});

test('tags that a baseline does not show are gone, and what it shows as it was stays as it was', () => {
  const state = stateAfter(
    created('c1', at(0)),
    observed('o1', at(1), 'App=shop Team=a'),
    shown('s1', at(30), 'App=shop'),
  );
  assert.equal(
    state.tags.map(({ key, value, at }) => [key, value, at]),
    [
      ['App', 'shop', at(1)],
      ['Team', null, at(30)],
    ],
  );
});

test('what happened within the ten minutes before a baseline is not contradicted', () => {
  const late = observed('o1', at(25), 'App=bank', { removed: ['Team'] });
  assert.is(tagsAfter(created('c1', at(0)), late, shown('s1', at(30), 'App=shop Team=a')), 'App=bank');
  const cleared = observed('o1', at(25), '', { removed: 'all' });
  assert.is(tagsAfter(cleared, shown('s1', at(30), 'App=shop')), '');
});

test('a later baseline contradicts what only a baseline showed a minute before', () => {
  assert.is(tagsAfter(shown('s1', at(30), 'App=shop Team=a'), shown('s2', at(31), 'App=bank')), 'App=bank');
});

test('changes after a baseline count from it on', () => {
  const events = [
    shown('s1', at(30), 'App=shop Team=a'),
    observed('o1', at(31), 'Owner=bob', { removed: ['Team'], removedIf: tags('App=bank') }),
  ];
  assert.is(tagsAfter(...events), 'App=shop Owner=bob');
});

test('a baseline of a resource that has ended tells nothing', () => {
  const events = [created('c1', at(0)), retired('x1', at(20)), shown('s1', at(30), 'App=shop')];
  assert.is(stateAfter(...events).retired?.at, at(20));
  assert.is(tagsAfter(...events), '');
});

test('what may have ended exists if a baseline shows it two hours later or more, and is not known before', () => {
  const doubt = retired('x1', at(20), { uncertain: 'a call failed' });
  const events = (minute: number) => [created('c1', at(0)), doubt, shown('s1', at(minute), 'App=shop')];
  assert.is(stateAfter(...events(139)).uncertain?.at, at(20));
  assert.is(stateAfter(...events(140)).uncertain, undefined);
  assert.is(tagsAfter(...events(139)), 'App=shop');
});

test('a restored resource that a baseline had shown is still known', () => {
  const events = [shown('s1', at(30), 'App=shop'), retired('x1', at(40)), restored('r1', at(50))];
  assert.equal(then(events, at(60)), { arn: STREAM, found: at(30), tags: tags('App=shop') });
});

test('no request lets go of a key because a baseline showed it', () => {
  const ask = requested('q1', at(29), { birth: { tags: [] }, tags: tags('Owner=ada') });
  const state = stateAfter(ask, shown('s1', at(30), 'Owner=ada'), applied(ask, at(30)));
  assert.is(state.requests[0]?.status, 'applied');
});

test('in whatever order a trail and baselines are read, what is known is the same', () => {
  const events = [
    created('c1', at(0), 'App=shop'),
    observed('o1', at(10), 'Owner=ada'),
    shown('s1', at(30), 'App=shop Owner=ada Env=test'),
    shown('s2', at(30), 'App=shop'),
    observed('o2', at(35), '', { removedIf: tags('Env=test') }),
    shown('s3', at(60), 'App=bank'),
    retired('x1', at(70)),
    shown('s4', at(71), 'App=bank'),
  ];
  const facts = (all: readonly TagEvent[], asOf: string) => JSON.stringify(then(all, asOf));
  fc.assert(
    fc.property(shuffled(events), fc.integer({ min: 0, max: 75 }), (order, minute) => {
      assert.is(facts(order, at(minute)), facts(events, at(minute)));
    }),
  );
});

test('a row is continued with a baseline, and says what the whole stream says', () => {
  const events = chain([observed('o1', at(0), 'Team=a'), shown('s1', at(30), 'App=shop')]);
  const row = rowOf(STREAM, fold(events.slice(0, 1)));
  const next = continueFold(row.resource, events.slice(1));
  assert.ok(next);
  assert.equal(storedOf(rowOf(STREAM, next)), storedOf(rowOf(STREAM, fold(events))));
});

for (const [what, other, isTold] of [
  ['a change before it was settled', observed('o1', at(10), 'App=a'), true],
  ['a change that it may not have shown yet', observed('o1', at(25), 'App=a'), false],
  ['a removal that it may not have shown yet', observed('o1', at(25), '', { removed: ['App'] }), false],
  [
    'a removal of all tags that it may not have shown yet',
    observed('o1', at(25), '', { removed: 'all' }),
    false,
  ],
  ['a baseline of a minute before', shown('s2', at(29), 'App=a'), false],
  ['a change an hour later', observed('o1', at(90), 'App=a'), true],
  ['the end before it', retired('x1', at(20)), false],
  ['the end after it', retired('x1', at(40)), true],
  ['a creation before it', created('c1', at(0), 'App=a'), true],
] as const) {
  test(`the archive ${isTold ? 'joins a baseline with' : 'folds the stream of a baseline and'} ${what}`, () => {
    const [one, two] = chain([shown('s1', at(30), 'App=shop'), other]).map(partialStateOf);
    if (!one || !two) throw new Error('two partial states were expected');
    assert.is(isDisputed(join(one, two)), !isTold);
    assert.is(isDisputed(join(two, one)), !isTold);
  });
}

test.run();
