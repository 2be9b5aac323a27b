import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromItem, toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import {
  currentTags,
  evolve,
  fold,
  isOpen,
  type Request,
  type Resource,
  UNKNOWN,
} from '../../src/events/resource.ts';
import { requestIdOf, type TagEvent } from '../../src/events/tag-event.ts';
import { anyFacts } from '../support/any-event.ts';
import {
  ADA,
  applied,
  at,
  BOB,
  chain,
  created,
  failed,
  gapFound,
  observed,
  requested,
  retired,
  stateAfter,
  tags,
} from '../support/events.ts';

const test = suite('what the ledger knows of a resource');

/** The current tags as `App=shop Owner=ada`. */
const shown = (resource: Resource): string =>
  currentTags(resource)
    .map(({ key, value }) => `${key}=${value}`)
    .join(' ');
const pendingOf = (request: Request | undefined) => (request && isOpen(request) ? request.pending : []);
/** Each request as `id:status`, with the keys that it still wants to set. */
const requestsOf = (resource: Resource): string[] =>
  resource.requests.map((request) =>
    [`${request.id}:${request.status}`, ...pendingOf(request).map(({ key }) => key)].join(' '),
  );
const only = (resource: Resource): Request => {
  const [request, ...others] = resource.requests;
  if (!request || others.length > 0) throw new Error(`${resource.requests.length} requests`);
  return request;
};

/** Somebody's change of tags at a minute: what is set, and what is removed. */
const change = (id: string, minute: number, set: string, removed: readonly string[] | 'all' = []) =>
  observed(id, at(minute), set, { removed: removed === 'all' ? 'all' : [...removed] });
/** A request for tags at a minute. */
const ask = (id: string, minute: number, wanted: string, overwrite: string[] = []) =>
  requested(id, at(minute), wanted, { overwrite });
/** The tags of request `r1` were put on at a minute. */
const put = (id: string, minute: number, set: string) => applied(id, at(minute), set);
const retrying = failed('f1', { class: 'throttled', code: 'RequestLimitExceeded', retryAt: at(5) });

test('nothing is known before the first event', () => {
  assert.equal(fold([]), UNKNOWN);
  assert.equal(UNKNOWN, { lastSeq: 0, tags: [], requests: [], seen: [] });
});

test('the last seq and every event’s id are known', () => {
  const { lastSeq, seen } = stateAfter(ask('r1', 0, 'A=1'), put('a1', 1, 'A=1'), retired('x1'));
  assert.equal({ lastSeq, seen }, { lastSeq: 3, seen: ['r1', 'a1', 'x1'] });
});

const TAGS: readonly (readonly [rule: string, facts: readonly TagEvent[], tags: string])[] = [
  ['a tag that was set is there', [change('1', 1, 'A=1 B=2')], 'A=1 B=2'],
  ['tags are sorted by key', [change('1', 1, 'b=1 B=2 a=3')], 'B=2 a=3 b=1'],
  ['the later value of a key counts', [change('1', 1, 'A=1'), change('2', 2, 'A=2')], 'A=2'],
  ['other keys stay', [change('1', 1, 'A=1 B=1'), change('2', 2, 'A=2')], 'A=2 B=1'],
  ['a late fact never hides a newer one', [change('1', 2, 'A=new'), change('2', 1, 'A=old')], 'A=new'],
  [
    'a late fact counts for a key of which nothing newer is known',
    [change('1', 2, 'A=1'), change('2', 1, 'B=1')],
    'A=1 B=1',
  ],
  [
    'of two facts of one moment the one recorded last counts',
    [change('1', 1, 'A=1'), change('2', 1, 'A=2')],
    'A=2',
  ],
  ['a key is removed', [change('1', 1, 'A=1 B=1'), change('2', 2, '', ['A'])], 'B=1'],
  ['a late fact does not revive a removed key', [change('1', 2, '', ['A']), change('2', 1, 'A=1')], ''],
  ['a late removal does not hide a newer value', [change('1', 2, 'A=1'), change('2', 1, '', ['A'])], 'A=1'],
  ['a newer fact revives a removed key', [change('1', 1, '', ['A']), change('2', 2, 'A=1')], 'A=1'],
  ['a key that is set and removed in one act is set', [change('1', 1, 'A=1', ['A', 'B'])], 'A=1'],
  ['all keys are removed', [change('1', 1, 'A=1 B=1'), change('2', 2, '', 'all')], ''],
  [
    'a removal of all spares what the same act sets',
    [change('1', 1, 'A=1 B=1'), change('2', 2, 'B=2', 'all')],
    'B=2',
  ],
  [
    'a late removal of all spares what is newer',
    [change('1', 1, 'A=1'), change('2', 3, 'B=1'), change('3', 2, '', 'all')],
    'B=1',
  ],
  [
    'a late fact is not revived after a removal of all',
    [change('1', 1, 'A=1'), change('2', 3, '', 'all'), change('3', 2, 'A=2')],
    '',
  ],
  [
    'a removal of all also removes what is only heard of later',
    [change('1', 3, '', 'all'), change('2', 2, 'A=1')],
    '',
  ],
  ['what is set after a removal of all is there', [change('1', 2, '', 'all'), change('2', 3, 'A=1')], 'A=1'],
  [
    'an older removal of all does not bring back the newer one’s keys',
    [change('1', 4, '', 'all'), change('2', 1, '', 'all'), change('3', 2, 'A=1')],
    '',
  ],
  ['tags that were applied are there', [ask('r1', 0, 'A=1'), put('a1', 1, 'A=1')], 'A=1'],
  ['tags that were only asked for are not', [ask('r1', 0, 'A=1')], ''],
  ['tags whose attempt failed are not', [ask('r1', 0, 'A=1'), failed('f1')], ''],
  [
    'a person’s later value hides ours',
    [ask('r1', 0, 'A=1'), put('a1', 1, 'A=1'), change('1', 2, 'A=2')],
    'A=2',
  ],
  [
    'a person’s late value does not hide ours',
    [ask('r1', 0, 'A=1'), put('a1', 2, 'A=1'), change('1', 1, 'A=2')],
    'A=1',
  ],
  ['tags are applied even to a request that is not known', [put('a1', 1, 'A=1')], 'A=1'],
  [
    'the last tags of a resource are known after its end',
    [change('1', 1, 'A=1'), retired('x1', at(2))],
    'A=1',
  ],
];
for (const [rule, facts, expected] of TAGS) {
  test(rule, () => assert.is(shown(stateAfter(...facts)), expected));
}

test('a tag says when and by which event it came, and whether it is ours', () => {
  const { tags } = stateAfter(change('1', 1, 'A=1 B=1'), put('a1', 2, 'B=2'));
  assert.equal(tags, [
    { key: 'A', value: '1', at: at(1), seq: 1, ours: false },
    { key: 'B', value: '2', at: at(2), seq: 2, ours: true, theirs: { value: '1', at: at(1) } },
  ]);
});

test('a removed key stays behind without a value', () => {
  const { tags } = stateAfter(change('1', 1, 'A=1'), change('2', 2, '', ['A']));
  assert.equal(tags, [{ key: 'A', value: null, at: at(2), seq: 2, ours: false }]);
});

test('a birth says who made the resource and when, and which tags it bore', () => {
  const state = stateAfter(requested('r1', { birth: { tags: tags('Name=web') } }));
  assert.equal(state.born, { at: at(0), who: ADA });
  assert.is(shown(state), 'Name=web');
  assert.is(state.tags[0]?.ours, false);
  assert.equal(requestsOf(state), ['r1:open Owner']);
});

test('a birth that left nothing to ask for is known as well, also without its maker', () => {
  const { who: _, ...birth } = created('o1', at(0), 'Name=web');
  const state = stateAfter(birth);
  assert.equal(state.born, { at: at(0) });
  assert.is(shown(state), 'Name=web');
});

test('the first record of a birth counts', () => {
  const { born } = stateAfter(requested('r1', { birth: { tags: [] } }), created('o1', at(3), 'Owner=bob'));
  assert.equal(born, { at: at(0), who: ADA });
});

test('what happened in the second of the birth came after it, also when the birth is heard of late', () => {
  const birth = created('o1', at(1), 'Owner=ada Team=x');
  assert.is(shown(stateAfter(change('1', 1, 'Owner=bob'), birth)), 'Owner=bob Team=x');
  assert.is(shown(stateAfter(change('1', 1, '', 'all'), birth)), '');
});

test('birth tags that are heard of late do not hide newer ones', () => {
  const birth = created('o1', at(0), 'Name=old Team=x');
  assert.is(shown(stateAfter(change('1', 1, 'Name=new'), birth)), 'Name=new Team=x');
});

const REQUESTS: readonly (readonly [
  rule: string,
  facts: readonly TagEvent[],
  requests: readonly string[],
])[] = [
  ['a request is open', [ask('r1', 0, 'A=1 B=1')], ['r1:open A B']],
  ['a request is applied', [ask('r1', 0, 'A=1'), put('a1', 1, 'A=1')], ['r1:applied']],
  ['a request fails for good', [ask('r1', 0, 'A=1'), failed('f1')], ['r1:failed']],
  [
    'a request that will be tried again keeps what it wants',
    [ask('r1', 0, 'A=1'), retrying],
    ['r1:retrying A'],
  ],
  [
    'the second attempt is the same request, open again',
    [ask('r1', 0, 'A=1'), retrying, requested('r1-2', { request: 'r1', attempt: 2, tags: tags('A=1') })],
    ['r1:open A'],
  ],
  [
    'a second attempt may succeed',
    [
      ask('r1', 0, 'A=1'),
      retrying,
      requested('r1-2', { request: 'r1', attempt: 2, tags: tags('A=1') }),
      applied('a2', { attempt: 2 }),
    ],
    ['r1:applied'],
  ],
  [
    'a newer request takes over the keys that it wants too',
    [ask('r1', 0, 'A=1 B=1'), ask('r2', 1, 'B=2 C=2')],
    ['r1:open A', 'r2:open B C'],
  ],
  [
    'a newer request takes over the keys of one that waits for another try',
    [ask('r1', 0, 'A=1 B=1'), retrying, ask('r2', 1, 'B=2')],
    ['r1:retrying A', 'r2:open B'],
  ],
  [
    'a request that is left with nothing to set is superseded',
    [ask('r1', 0, 'A=1'), ask('r2', 1, 'A=2')],
    ['r1:superseded', 'r2:open A'],
  ],
  [
    'requests for other keys do not meet',
    [ask('r1', 0, 'A=1'), ask('r2', 1, 'B=1')],
    ['r1:open A', 'r2:open B'],
  ],
  [
    'a second attempt takes no keys from a newer request',
    [
      ask('r1', 0, 'A=1 B=1'),
      retrying,
      ask('r2', 1, 'A=2'),
      requested('r1-2', { request: 'r1', attempt: 2, tags: tags('B=1') }),
    ],
    ['r1:open B', 'r2:open A'],
  ],
  [
    'what a person sets while a request waits is the person’s',
    [ask('r1', 0, 'A=1 B=1'), change('1', 1, 'A=2')],
    ['r1:open B'],
  ],
  [
    'a request that is left with nothing by persons is superseded',
    [ask('r1', 0, 'A=1 B=1'), change('1', 1, 'A=2'), change('2', 2, 'B=2')],
    ['r1:superseded'],
  ],
  [
    'a key that may be overwritten stays with its request',
    [ask('r1', 0, 'A=1 B=1', ['A']), change('1', 1, 'A=2 B=2')],
    ['r1:open A'],
  ],
  [
    'what a sweep finds is a person’s as well',
    [ask('r1', 0, 'A=1 B=1'), observed('s1', at(1), 'A=2', { how: 'sweep' })],
    ['r1:open B'],
  ],
  [
    'what a person set before the request and is heard of late is the person’s',
    [ask('r1', 2, 'A=1 B=1'), change('1', 1, 'A=2')],
    ['r1:open B'],
  ],
  [
    'what the resource bore at birth is the person’s, however late that is heard of',
    [ask('r1', 2, 'A=1 B=1'), created('o1', at(0), 'A=2')],
    ['r1:open B'],
  ],
  [
    'what the resource bore at birth is the person’s also when the birth comes with a request',
    [ask('r1', 2, 'A=1 B=1'), requested('r2', { tags: tags('C=1'), birth: { tags: tags('A=2') } })],
    ['r1:open B', 'r2:open C'],
  ],
  [
    'a request takes its own birth’s tags where it may overwrite them',
    [requested('r1', { tags: tags('A=1'), overwrite: ['A'], birth: { tags: tags('A=2') } })],
    ['r1:open A'],
  ],
  [
    'a late fact that a newer removal has undone takes no key from a request',
    [change('1', 3, '', ['A']), ask('r1', 4, 'A=1'), change('2', 2, 'A=2')],
    ['r1:open A'],
  ],
  [
    'what a person sets elsewhere leaves a request the keys that were set before it',
    [put('a0', 1, 'A=0'), ask('r1', 2, 'A=1'), change('1', 3, 'B=2')],
    ['r1:open A'],
  ],
  [
    'a late fact that a newer value hides takes no key from a request',
    [put('a0', 3, 'A=0'), ask('r1', 4, 'A=1'), change('1', 2, 'A=2')],
    ['r1:open A'],
  ],
  ['what a person removes may still be set', [ask('r1', 0, 'A=1'), change('1', 1, '', ['A'])], ['r1:open A']],
  [
    'the end of a resource ends what waits',
    [
      ask('r1', 0, 'A=1'),
      ask('r2', 1, 'B=1'),
      failed('f2', { request: 'r2', retryAt: at(5) }),
      retired('x1'),
    ],
    ['r1:retired', 'r2:retired'],
  ],
  [
    'the end of a resource leaves what was final',
    [ask('r1', 0, 'A=1'), put('a1', 1, 'A=1'), retired('x1')],
    ['r1:applied'],
  ],
  ['a request after the end is retired at once', [retired('x1'), ask('r1', 0, 'A=1')], ['r1:retired']],
  [
    'a later attempt after the end is retired at once',
    [ask('r1', 0, 'A=1'), retrying, retired('x1'), requested('r1-2', { request: 'r1', attempt: 2 })],
    ['r1:retired'],
  ],
  [
    'an outcome does not change what is final',
    [ask('r1', 0, 'A=1'), put('a1', 1, 'A=1'), failed('f1')],
    ['r1:applied'],
  ],
  [
    'a late success does not change a final failure',
    [ask('r1', 0, 'A=1'), failed('f1'), put('a1', 1, 'A=1')],
    ['r1:failed'],
  ],
  [
    'an outcome of a request that is not known changes none',
    [ask('r1', 0, 'A=1'), failed('f9', { request: 'r9' })],
    ['r1:open A'],
  ],
];
for (const [rule, facts, expected] of REQUESTS) {
  test(rule, () => assert.equal(requestsOf(stateAfter(...facts)), expected));
}

test('tags that went on after their request was superseded are there, and the request stays superseded', () => {
  const state = stateAfter(ask('r1', 0, 'A=1'), ask('r2', 1, 'A=2'), put('a1', 2, 'A=1'));
  assert.equal(requestsOf(state), ['r1:superseded', 'r2:open A']);
  assert.equal(state.tags, [{ key: 'A', value: '1', at: at(2), seq: 3, ours: true }]);
});

test('a failure says what went wrong and when the next attempt is due', () => {
  const request = only(stateAfter(ask('r1', 0, 'A=1'), retrying));
  assert.equal(request, {
    id: 'r1',
    attempt: 1,
    status: 'retrying',
    asked: '2026-03-31T20:00:00.000Z',
    pending: tags('A=1'),
    overwrite: [],
    error: { code: 'RequestLimitExceeded', class: 'throttled', message: 'You are not authorized.' },
    retryAt: at(5),
  });
});

test('a second attempt counts on and forgets the first one’s failure', () => {
  const second = requested('r1-2', { request: 'r1', attempt: 2, tags: tags('A=1'), overwrite: ['A'] });
  assert.equal(only(stateAfter(ask('r1', 0, 'A=1'), retrying, second)), {
    id: 'r1',
    attempt: 2,
    status: 'open',
    asked: '2026-03-31T20:00:00.002Z',
    pending: tags('A=1'),
    overwrite: ['A'],
  });
});

test('a stream can stand for a call whose resources are not known', () => {
  const { gap, born } = stateAfter(
    gapFound('g1', { reason: 'cut' }),
    gapFound('g2', { reason: 'cut again' }),
  );
  assert.equal([gap, born], ['cut', { at: at(0), who: ADA }]);
});

test('the first record of an end counts', () => {
  const end = retired('x1', at(4));
  const { retired: milestone } = stateAfter(end, retired('x2', at(3)));
  assert.equal(milestone, { at: at(4), who: BOB });
});

test('keys that mean something to JavaScript are keys like others, from the record to the state', () => {
  const text = '__proto__=a constructor=b toString=c';
  const facts = [
    requested('r1', {
      tags: tags(text),
      overwrite: ['__proto__'],
      birth: { tags: tags('hasOwnProperty=d') },
    }),
    observed('o1', at(1), 'constructor=z __proto__=z'),
    applied('a1', at(2), '__proto__=a toString=c'),
    observed('o2', at(3), '', { removed: ['toString'] }),
  ];
  const throughTheTable = chain(facts).map(toItem).map(fromItem);
  assert.equal(pendingOf(fold(throughTheTable.slice(0, 2)).requests[0]), tags('__proto__=a toString=c'));
  const state = fold(throughTheTable);
  assert.is(shown(state), '__proto__=a constructor=z hasOwnProperty=d');
  assert.equal(requestsOf(state), ['r1:applied']);
  assert.equal(JSON.parse(canonicalJson(state)), state);
});

test('whatever was recorded, every request has one status and wants something only while it waits', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { requests } = stateAfter(...facts);
      const asked = facts.flatMap((fact) => (fact.type === 'TagRequested' ? [requestIdOf(fact)] : []));
      assert.equal(
        requests.map(({ id }) => id),
        [...new Set(asked)],
      );
      for (const request of requests) {
        assert.ok(
          ['open', 'retrying', 'applied', 'failed', 'superseded', 'retired'].includes(request.status),
        );
        if (isOpen(request)) assert.ok(request.pending.length > 0);
        else assert.not.ok('pending' in request);
      }
    }),
  );
});

/** The words on one key that a fact says: its value, null where it was removed, nothing where it is silent. */
const wordOn = (key: string, fact: TagEvent): string | null | undefined => {
  const listed =
    fact.type === 'TagRequested'
      ? fact.birth?.tags
      : fact.type === 'TagApplied'
        ? fact.tags
        : fact.type === 'TagObserved'
          ? fact.set
          : undefined;
  const tag = listed?.find((tag) => tag.key === key);
  if (tag) return tag.value;
  if (fact.type !== 'TagObserved') return undefined;
  return fact.removed === 'all' || fact.removed.includes(key) ? null : undefined;
};

const isBirth = (event: TagEvent): boolean =>
  (event.type === 'TagRequested' && event.birth !== undefined) ||
  (event.type === 'TagObserved' && event.how === 'birth');

test('whatever was recorded, the newest word on each key counts, and of one moment’s words the last', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      // In one moment births come first, and of several births the first recorded one counts.
      const births = facts.filter(isBirth).reverse();
      const newestLast = [...births, ...facts.filter((fact) => !isBirth(fact))].toSorted((a, b) =>
        a.effectiveAt < b.effectiveAt ? -1 : a.effectiveAt > b.effectiveAt ? 1 : 0,
      );
      const expected = ['App', 'Owner', '__proto__', 'constructor'].flatMap((key) => {
        const value = newestLast.map((fact) => wordOn(key, fact)).findLast((word) => word !== undefined);
        return typeof value === 'string' ? [{ key, value }] : [];
      });
      assert.equal(currentTags(stateAfter(...facts)), expected);
    }),
  );
});

test('whatever was recorded, a state that was stored goes on as if it had not been', () => {
  fc.assert(
    fc.property(anyFacts, fc.nat(14), (facts, cut) => {
      const events = chain(facts);
      const stored = JSON.parse(canonicalJson(fold(events.slice(0, cut)))) as Resource;
      assert.equal(fold(events.slice(cut), stored), fold(events));
    }),
  );
});

test('a state is left as it was by the next event', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      let state = UNKNOWN;
      for (const event of chain(facts)) {
        const before = canonicalJson(state);
        const after = evolve(state, event);
        assert.is(canonicalJson(state), before);
        state = after;
      }
    }),
  );
});

test.run();
