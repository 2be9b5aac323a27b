import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timelineOf } from '../../src/projections/timeline.ts';
import {
  applied,
  at,
  chain,
  created,
  failed,
  observed,
  requested,
  restored,
  retired,
  STREAM,
  tags,
} from '../support/events.ts';

const test = suite('the timeline of a resource');
const EVER = '9999-12-31T23:59:59.999Z';
const EVENTS = chain([
  requested('r1', { birth: { tags: tags('Name=web') } }),
  failed('f1', at(1), { class: 'throttled', code: 'RequestLimitExceeded', retryAt: at(2) }),
  applied('a1', at(2)),
  observed('o1', at(5), 'Owner=bob'),
  observed('o2', at(7), '', { removed: ['Name'] }),
  observed('o3', at(8), 'Name=old'),
  retired('d1', at(9)),
]);

test('has the intervals of each key, which end with the resource', () => {
  const timeline = timelineOf(EVENTS, EVER);
  assert.equal(timeline?.keys, [
    {
      key: 'Name',
      intervals: [
        { value: 'web', from: at(0), to: at(7) },
        { value: 'old', from: at(8), to: at(9) },
      ],
    },
    {
      key: 'Owner',
      intervals: [
        { value: 'ada', from: at(2), to: at(5) },
        { value: 'bob', from: at(5), to: at(9) },
      ],
    },
  ]);
  assert.equal(
    [timeline?.arn, timeline?.bornAt, timeline?.endedAt, timeline?.seenAt],
    [STREAM, at(0), at(9), at(0)],
  );
});

test('goes on where the resource was restored, and begins anew with the next life', () => {
  const events = [
    created('o1', at(0), 'Name=web'),
    retired('d1', at(2)),
    restored('y1', at(4)),
    retired('d2', at(6)),
    observed('o2', at(7), 'Late=1'),
    created('o3', at(9), 'Name=new'),
  ];
  for (const recorded of [events, events.toReversed()]) {
    assert.equal(timelineOf(chain(recorded), EVER)?.keys, [
      { key: 'Late', intervals: [{ value: '1', from: at(7), to: at(9) }] },
      {
        key: 'Name',
        intervals: [
          { value: 'web', from: at(0), to: at(6) },
          { value: 'new', from: at(9), to: null },
        ],
      },
    ]);
    const whats = timelineOf(chain(recorded), EVER)?.changes.map(({ what }) => what);
    assert.equal(whats, ['created', 'ended', 'restored', 'ended', 'tagged', 'created']);
  }
});

test('has the attempts that failed', () => {
  assert.equal(timelineOf(EVENTS, EVER)?.failures, [
    { at: at(1), seq: 2, code: 'RequestLimitExceeded', class: 'throttled', retryAt: at(2) },
  ]);
});

test('is what was known then: what lasts has no end', () => {
  const timeline = timelineOf(EVENTS, EVENTS[3]?.recordedAt ?? '');
  assert.is(timeline?.endedAt, null);
  assert.equal(timeline?.keys.at(-1)?.intervals.at(-1), { value: 'bob', from: at(5), to: null });
  assert.is(timelineOf(EVENTS, '2020-01-01T00:00:00.000Z'), undefined);
  assert.is(timelineOf([], EVER), undefined);
});

test('of a resource whose birth was not seen begins with the first thing that is known', () => {
  const timeline = timelineOf(chain([observed('o1', at(5))]), EVER);
  assert.equal([timeline?.bornAt, timeline?.seenAt], [null, at(5)]);
});

test.run();
