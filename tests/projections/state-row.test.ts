import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { ROW_STATUSES } from '../../src/projections/row-status.ts';
import { rowOf, viewOf } from '../../src/projections/state-row.ts';
import {
  ADA,
  applied,
  at,
  created,
  failed,
  gapFound,
  observed,
  requested,
  retired,
  STREAM,
  stateAfter,
  tags,
  trail,
} from '../support/events.ts';

const test = suite('the row of a resource');

const SITUATIONS: readonly (readonly [what: string, status: string, ...events: TagEvent[]])[] = [
  ['of which nothing is known', 'observed'],
  ['that was born with all it needs', 'observed', created('o1', at(0), 'Owner=bob')],
  ['that somebody else tagged', 'observed', observed('o1')],
  ['which stands for a call whose resources are not known', 'gap', gapFound('g1')],
  ['whose request waits', 'open', requested('r1')],
  ['whose attempt failed for now', 'retrying', requested('r1'), failed('f1', { retryAt: at(5) })],
  [
    'whose second attempt waits',
    'open',
    requested('r1'),
    failed('f1', { retryAt: at(5) }),
    requested('r1b', { attempt: 2, request: 'r1' }),
  ],
  ['whose request failed for good', 'failed', requested('r1'), failed('f1')],
  ['whose tags are on', 'applied', requested('r1'), applied('a1')],
  [
    'whose tags are on after a failure',
    'applied',
    requested('r1'),
    failed('f1'),
    requested('r2'),
    applied('a2', { request: 'r2' }),
  ],
  [
    'whose last request failed after one that did not',
    'failed',
    requested('r1'),
    applied('a1'),
    requested('r2'),
    failed('f2', { request: 'r2' }),
  ],
  [
    'that retries one request while a newer one is on',
    'retrying',
    requested('r1'),
    failed('f1', { retryAt: at(5) }),
    requested('r2', { tags: tags('App=shop') }),
    applied('a2', { request: 'r2', tags: tags('App=shop') }),
  ],
  ['whose request a person made needless', 'observed', requested('r1'), observed('o1')],
  ['that may be gone', 'unknown', created('o1'), retired('x1', { uncertain: 'a call failed' })],
  [
    'that may be gone while a request waits',
    'open',
    requested('r1'),
    retired('x1', { uncertain: 'a call failed' }),
  ],
  ['that is gone', 'retired', requested('r1'), applied('a1'), retired('x1')],
  ['that is gone before its request was attempted', 'retired', requested('r1'), retired('x1')],
  ['that is gone, and asked for since', 'retired', retired('x1'), requested('r1')],
];

for (const [what, status, ...events] of SITUATIONS) {
  test(`a resource ${what} is ${status}`, () => {
    assert.is(rowOf(STREAM, stateAfter(...events)).status, status);
  });
}

test('every status has a situation', () => {
  assert.equal([...new Set(SITUATIONS.map(([, status]) => status))].sort(), [...ROW_STATUSES].sort());
});

test('the view of a resource is flat, and has every member whatever is known', () => {
  assert.equal(viewOf(rowOf(STREAM, stateAfter())), {
    arn: STREAM,
    id: 'i-0a1b2c3d4e5f60718',
    type: 'instance',
    account: '111122223333',
    region: 'eu-west-1',
    status: 'observed',
    tags: [],
    createdBy: null,
    createdAt: null,
    retiredAt: null,
    error: null,
    lastSeq: 0,
  });
});

test('the view of a resource tells its birth, its tags and its end', () => {
  const birth = { tags: tags('Name=web Team=core') };
  const state = stateAfter(
    requested('r1', { birth }),
    failed('f1', at(1)),
    observed('o1', at(2), 'App=shop', { removed: ['Team'] }),
    retired('x1', at(3)),
  );
  const { createdBy, createdAt, retiredAt, lastSeq, tags: borne, status } = viewOf(rowOf(STREAM, state));
  assert.equal([createdBy, createdAt, retiredAt, lastSeq, status], [ADA, at(0), at(3), 4, 'retired']);
  assert.equal(borne, tags('App=shop Name=web'));
});

test('the view of a resource has the error of a request that failed, and not one of the past', () => {
  const ask = requested('r1');
  const refused = stateAfter(ask, failed('f1', at(1)));
  assert.equal(viewOf(rowOf(STREAM, refused)).error, {
    code: 'UnauthorizedOperation',
    class: 'denied',
    message: 'You are not authorized.',
  });
  const gone = stateAfter(ask, failed('f1', at(1)), retired('x1', at(3)));
  assert.is(viewOf(rowOf(STREAM, gone)).error, null);
});

test('a row holds the request that its status tells of, so that it has the same status when it is read', () => {
  const refused = requested(trail('refused'), at(0), 'App=shop');
  const hidden = [1, 2, 3, 4, 5, 6].flatMap((n) => [
    requested(trail(`call ${n}`), at(n), 'Owner=ada'),
    observed(trail(`change ${n}`), at(n), `Owner=bob${n}`),
  ]);
  const row = rowOf(STREAM, stateAfter(refused, failed(refused, at(0)), ...hidden));
  assert.is(row.status, 'failed');
  assert.equal(rowOf(STREAM, row.resource), row);
  assert.is(viewOf(row).error?.code, 'UnauthorizedOperation');
  assert.is(row.resource.requests.length, 6);
});

test('a row does not grow with the history of its resource', () => {
  const acts = (count: number): TagEvent[] =>
    Array.from({ length: count }, (_, i) => i).flatMap((i) => {
      const ask = requested(trail(`call ${i}`), at(i), `Owner=o${i}`);
      return [ask, applied(ask, at(i)), observed(trail(`change ${i}`), at(i), `Team=t${i}`)];
    });
  const waiting = requested(trail('waiting'), at(0), 'App=shop');
  const row = rowOf(STREAM, stateAfter(waiting, ...acts(7_000)));
  assert.is(row.resource.lastSeq, 21_001);
  assert.equal(
    row.resource.requests.map(({ status }) => status),
    ['open', 'applied', 'applied', 'applied', 'applied', 'applied'],
  );
  assert.is(row.status, 'open');
  assert.ok(JSON.stringify(row).length < 4_000, String(JSON.stringify(row).length));
});

test.run();
