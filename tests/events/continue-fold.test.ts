import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { continueFold } from '../../src/events/continue-fold.ts';
import { fold } from '../../src/events/resource.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { storedOf } from '../../src/projections/stored-row.ts';
import {
  applied,
  attempted,
  chain,
  failed,
  observed,
  requested,
  restored,
  retired,
  STREAM,
  tags,
  toldByEventBridge,
} from '../support/events.ts';

const test = suite('continuing a fold');

/** A moment, so many milliseconds after noon. */
const after = (ms: number): string => new Date(Date.UTC(2026, 2, 31, 12) + ms).toISOString();

const BIRTH = observed('b1', after(0), 'App=shop', { how: 'birth' });

/** The row of the first events, continued with the last; undefined if it cannot be. It equals the row of all of them. */
const continued = (first: readonly TagEvent[], last: readonly TagEvent[]) => {
  const events = chain([...first, ...last]);
  const row = rowOf(STREAM, fold(events.slice(0, first.length)));
  const next = continueFold(row.resource, events.slice(first.length));
  if (!next) return undefined;
  assert.equal(storedOf(rowOf(STREAM, next)), storedOf(rowOf(STREAM, fold(events))));
  return next;
};

const ASKED = requested('r1', after(0));

for (const [what, first, last, isContinued] of [
  ['a change two seconds later', [BIRTH], [observed('o1', after(2_000), 'App=bank')], true],
  ['a change of the second after', [BIRTH], [observed('o1', after(1_999), 'App=bank')], false],
  ['a change of the same second', [BIRTH], [observed('o1', after(500), 'App=bank')], false],
  ['an earlier change', [BIRTH, observed('o1', after(60_000))], [observed('o2', after(30_000))], false],
  [
    'what EventBridge tells of the last call',
    [BIRTH, observed('o1', after(60_000), 'App=a')],
    [toldByEventBridge('t1', after(61_900), 'App=a')],
    false,
  ],
  [
    'a change after one that EventBridge told of later',
    [observed('o1', after(0), 'App=a'), toldByEventBridge('t1', after(1_900), 'App=a')],
    [observed('o2', after(2_500), 'App=b')],
    false,
  ],
  [
    'changes that come in the order of time',
    [BIRTH],
    [observed('o1', after(9_000)), observed('o2', after(9_500))],
    true,
  ],
  [
    'changes that come in another order',
    [BIRTH],
    [observed('o2', after(9_500)), observed('o1', after(9_000))],
    false,
  ],
  [
    'a removal on a condition',
    [BIRTH],
    [observed('o1', after(9_000), '', { removedIf: tags('App=shop') })],
    true,
  ],
  [
    'a change after a removal that did nothing',
    [BIRTH, observed('o1', after(9_000), '', { removedIf: tags('App=x') })],
    [observed('o2', after(8_000), 'App=x')],
    false,
  ],
  ['an end', [BIRTH, ASKED], [retired('x1', after(9_000))], true],
  [
    'what comes after an end that closed a request',
    [BIRTH, ASKED, retired('x1', after(9_000))],
    [applied('a1', after(99_000))],
    false,
  ],
  [
    'what comes after an end that closed none',
    [BIRTH, retired('x1', after(9_000))],
    [observed('o1', after(99_000))],
    true,
  ],
  ['a restoration', [BIRTH, ASKED, retired('x1', after(9_000))], [restored('y1', after(99_000))], false],
  [
    'a restoration of a resource without requests',
    [BIRTH, retired('x1', after(9_000))],
    [restored('y1', after(99_000))],
    false,
  ],
  [
    'a second sighting of the creation',
    [BIRTH],
    [observed('b2', after(99_000), 'App=x', { how: 'birth' })],
    false,
  ],
  ['a request and its outcome', [BIRTH], [requested('r1', after(9_000)), applied('a1', after(12_000))], true],
  ['a failure, which tells nothing of the resource', [BIRTH, ASKED], [failed('f1', after(0))], true],
  [
    'another attempt of an open request',
    [BIRTH, ASKED, failed('f1', after(0), { retryAt: after(9_000) })],
    [attempted(ASKED, 2, after(9_000))],
    true,
  ],
  [
    'another attempt of a request that failed',
    [BIRTH, ASKED, failed('f1', after(0))],
    [attempted(ASKED, 2, after(9_000))],
    false,
  ],
  ['the outcome of a request that nobody knows', [BIRTH], [applied('a1', after(9_000))], false],
  ['a request, as long as nothing was observed', [ASKED], [applied('a1', after(9_000))], false],
] as const) {
  test(`${what}: ${isContinued ? 'continues the row' : 'needs the stream'}`, () => {
    assert.is(continued(first, last) !== undefined, isContinued);
  });
}

test('a restoration opens a request again that the row has forgotten', () => {
  const later = [1, 2, 3, 4, 5].flatMap((n) => [
    requested(`later${n}`, after(n * 9_000), `Key${n}=1`),
    applied(`a${n}`, after(n * 9_000 + 4_000), `Key${n}=1`, { request: `later${n}` }),
  ]);
  const first = [BIRTH, ASKED, retired('x1', after(3_000)), ...later];
  const row = rowOf(STREAM, fold(chain(first)));
  assert.not(row.resource.requests.some(({ status }) => status === 'retired'));
  const events = chain([...first, restored('y1', after(99_000))]);
  assert.is(rowOf(STREAM, fold(events)).status, 'open');
  assert.not(continueFold(row.resource, events.slice(-1)));
});

test('events continue only the row that they come next to', () => {
  const events = chain([BIRTH, observed('o1', after(9_000)), observed('o2', after(19_000))]);
  const row = fold(events.slice(0, 1));
  assert.not(continueFold(row, events.slice(2)));
  assert.not(continueFold(row, events.slice(0, 2)));
  assert.not(continueFold({ ...row, foldVersion: 1 }, events.slice(1)));
  assert.ok(continueFold(row, events.slice(1)));
});

const KEYS = ['A', 'B', 'C'];
const VALUES = ['1', '2'];
const anyTags = fc.uniqueArray(
  fc.constantFrom(...KEYS.flatMap((key) => VALUES.map((value) => ({ key, value })))),
  {
    maxLength: 3,
    selector: ({ key }) => key,
  },
);
const anyStep = fc.record({
  // Lives end rarely, because a request that ended with one keeps a row from being continued.
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('request', 'applied') },
    {
      weight: 12,
      arbitrary: fc.constantFrom('failed', 'retry', 'change', 'told', 'removed', 'condition', 'all'),
    },
    { weight: 1, arbitrary: fc.constantFrom('birth', 'end', 'repetition', 'restoration') },
  ),
  /** Mostly later than the step before, at times earlier, of the same second or just after it. */
  ms: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 2_000, max: 90_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 2_500 }) },
    { weight: 1, arbitrary: fc.integer({ min: -90_000, max: 0 }) },
  ),
  request: fc.nat({ max: 11 }),
  set: anyTags,
  overwrite: fc.boolean(),
});

/** A history that a stream may have, likely or not. A request is one of the twelve last ones, open or not. */
const anyHistory = fc.array(anyStep, { minLength: 20, maxLength: 60 }).map((steps) => {
  let ms = 0;
  const asked: ReturnType<typeof requested>[] = [];
  const events = steps.map(({ kind, ms: later, request, set, overwrite }, n): TagEvent => {
    ms += later;
    const at = after(ms);
    const of = asked[Math.max(0, asked.length - 1 - request)];
    const keys = set.map(({ key }) => key);
    const pending = set.length > 0 ? set : tags('A=1');
    switch (kind) {
      case 'applied':
        return applied(`a${n}`, at, { request: of?.eventId ?? 'r?', tags: set });
      case 'failed':
        return failed(`f${n}`, at, { request: of?.eventId ?? 'r?', ...(overwrite && { retryAt: at }) });
      case 'retry':
        if (of) return { ...attempted(of, n, at), eventId: `t${n}` };
        return failed(`f${n}`, at);
      case 'request': {
        const event = requested(`r${n}`, at, { tags: pending, ...(overwrite && { overwrite: keys }) });
        asked.push(event);
        return event;
      }
      case 'told':
        return observed(`e${n}`, at, { set, cause: { source: 'eventbridge', id: `e${n}` }, version: n + 1 });
      case 'removed':
        return observed(`o${n}`, at, { set: [], removed: keys });
      case 'condition':
        return observed(`o${n}`, at, { set: [], removedIf: set });
      case 'all':
        return observed(`o${n}`, at, { set: [], removed: 'all' });
      case 'birth':
        return observed(`o${n}`, at, { set, how: 'birth' });
      case 'end':
        return retired(`x${n}`, at);
      case 'repetition':
        return retired(`x${n}`, at, { repeated: true });
      case 'restoration':
        return restored(`y${n}`, at);
      default:
        return observed(`o${n}`, at, { set });
    }
  });
  return chain(events);
});

test('a row that was continued, again and again, is that of the whole stream, byte for byte', () => {
  let [continuations, folds] = [0, 0];
  fc.assert(
    fc.property(
      anyHistory,
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 60, maxLength: 60 }),
      (events, sizes) => {
        let row = rowOf(STREAM, fold([]));
        let end = 0;
        for (const size of sizes) {
          const batch = events.slice(end, end + size);
          if (batch.length === 0) break;
          end += batch.length;
          const whole = rowOf(STREAM, fold(events.slice(0, end)));
          const next = continueFold(row.resource, batch);
          if (next) continuations += 1;
          else folds += 1;
          row = next ? rowOf(STREAM, next) : whole;
          assert.equal(storedOf(row), storedOf(whole));
        }
      },
    ),
    { numRuns: 500 },
  );
  // The property would say nothing if hardly any row were continued.
  assert.ok(continuations > folds / 4, `${continuations} continued, ${folds} folded`);
});

test.run();
