import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromItem, toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { isOpen, type Request } from '../../src/events/request.ts';
import {
  currentTags,
  FOLD_VERSION,
  fold,
  livesOf,
  type Resource,
  UNKNOWN,
} from '../../src/events/resource.ts';
import { requestIdOf, type TagEvent } from '../../src/events/tag-event.ts';
import { anyFacts, anyObservations, shuffled } from '../support/any-event.ts';
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
  restored,
  retired,
  stateAfter,
  tags,
  toldByEventBridge,
  trail,
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
  assert.equal(UNKNOWN, { foldVersion: FOLD_VERSION, lastSeq: 0, tags: [], requests: [] });
});

test('the last seq is known', () => {
  assert.is(stateAfter(ask('r1', 0, 'A=1'), put('a1', 1, 'A=1'), retired('x1')).lastSeq, 3);
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
    'of two facts of one second the one with the greater id counts, however they were recorded',
    [change('2', 1, 'A=2'), change('1', 1, 'A=1')],
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

test('the earliest creation counts, and a later one tells only tags of keys that nobody has named', () => {
  const state = stateAfter(
    created('o1', at(3), 'Owner=bob Team=x', { who: BOB }),
    requested('r1', { birth: { tags: tags('Owner=ada') } }),
  );
  assert.equal([state.born, shown(state)], [{ at: at(0), who: ADA }, 'Owner=ada Team=x']);
  assert.not('formerLives' in state);
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

test('the earliest end counts, and a repetition names nobody', () => {
  const { retired: end } = stateAfter(retired('x1', at(4), { who: ADA }), retired('x2', at(3)));
  assert.equal(end, { at: at(3), who: BOB });
  const repeated = retired('x3', at(2), { who: ADA, repeated: true });
  assert.equal(stateAfter(repeated).retired, { at: at(2) });
  assert.equal(stateAfter(repeated, retired('x4', at(1))).retired, { at: at(1), who: BOB });
});

test('a restored resource lives on with the tags and the requests that it had', () => {
  const facts = [ask('r1', 0, 'A=1 B=1'), change('1', 1, 'C=3'), retired('x1', at(2)), restored('y1', at(3))];
  const { born, retired: end, ...state } = stateAfter(...facts);
  assert.is(end, undefined);
  assert.equal(requestsOf({ ...state }), ['r1:open A B']);
  assert.is(shown({ ...state }), 'C=3');
  assert.equal(stateAfter(...facts.toReversed()).tags[0]?.value, '3');
});

test('a name that returns begins a new life, without the tags and the requests of the one before', () => {
  const state = stateAfter(
    requested('r1', { birth: { tags: tags('Name=web') } }),
    retired('x1', at(2)),
    requested('r2', at(3), 'Owner=bob', { who: BOB, birth: { tags: [] } }),
  );
  assert.equal(livesOf(state), [
    { created: { at: at(0), who: ADA }, ended: { at: at(2), who: BOB } },
    { created: { at: at(3), who: BOB } },
  ]);
  assert.is(shown(state), '');
  assert.equal(requestsOf(state).at(-1), 'r2:open Owner');
  const late = stateAfter(
    requested('r2', at(3), 'Team=x', { birth: { tags: [] } }),
    requested('r1', { birth: { tags: [] } }),
    retired('x1', at(2)),
  );
  assert.equal(requestsOf(late), ['r2:open Team', 'r1:retired']);
});

test('a removal on condition is decided by the tags of its time', () => {
  const unless = observed('2', at(2), '', { removedIf: tags('A=1 B=1') });
  assert.is(shown(stateAfter(unless, change('1', 1, 'A=1 B=2'))), 'B=2');
  assert.is(shown(stateAfter(change('1', 1, 'A=1'), change('3', 3, 'A=1'), unless)), 'A=1');
});

test('what EventBridge told and the call of the same act are one act', () => {
  const call = observed(trail('c', 'DeleteTags'), at(2), '', { removedIf: tags('A=0') });
  const word = toldByEventBridge('e', '2026-03-31T12:02:00.300Z', '', { removed: ['A'], version: 2 });
  for (const events of [
    [call, word],
    [word, call],
  ]) {
    const { tags } = stateAfter(change('1', 1, 'A=1'), ...events);
    assert.equal(tags, [{ key: 'A', value: null, at: at(2), seq: events.indexOf(call) + 2, ours: false }]);
  }
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

/** What does not depend on the order in which a stream was recorded. */
const factsOf = ({ lastSeq: _, requests: __, tags, ...rest }: Resource) => ({
  ...rest,
  tags: tags.map(({ seq: _, ours: __, theirs: ___, ...fact }) => fact),
});

test('whatever was observed, what is known does not depend on the order in which it was recorded', () => {
  fc.assert(
    fc.property(
      anyObservations.chain((facts) => fc.tuple(fc.constant(facts), shuffled(facts))),
      ([facts, others]) => {
        assert.equal(factsOf(stateAfter(...others)), factsOf(stateAfter(...facts)));
      },
    ),
  );
});

test.run();
