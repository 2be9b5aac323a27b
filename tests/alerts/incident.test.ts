import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { incidentsOf, isAlarming } from '../../src/alerts/incident.ts';
import { noticeOf } from '../../src/alerts/notices/incident-notice.ts';
import { chain, ONE_OF_EACH } from '../support/events.ts';
import { failureOf, gapOf, streamOf } from '../support/failures.ts';

const test = suite('incident');

const THROTTLED = { code: 'RequestLimitExceeded', class: 'throttled' } as const;

test('no events are no incident', () => {
  assert.equal(incidentsOf([]), []);
});

test('failures and gaps are alarming, and nothing else is', () => {
  const types = [...chain(ONE_OF_EACH), gapOf('g-1')].filter(isAlarming).map(({ event }) => event.type);
  assert.equal(types, ['TagFailed', 'GapFound']);
});

test('all codes of one class in the same account and Region are one incident', () => {
  const failures = [failureOf(streamOf('i-a')), failureOf(streamOf('i-b'), { code: 'AuthFailure' })];
  assert.equal(incidentsOf(failures), [
    {
      key: 'quiet/final/denied/111122223333/eu-west-1',
      account: '111122223333',
      region: 'eu-west-1',
      class: 'denied',
      events: failures,
    },
  ]);
});

test('class, account, Region, and whether there will be another attempt, tell incidents apart, in the order in which they came', () => {
  const alone = failureOf(streamOf('i-1'));
  for (const [other, key] of [
    [failureOf(streamOf('i-1'), THROTTLED), 'quiet/final/throttled/111122223333/eu-west-1'],
    [failureOf(streamOf('i-1', { account: '444455556666' })), 'quiet/final/denied/444455556666/eu-west-1'],
    [failureOf(streamOf('i-1', { region: 'us-east-1' })), 'quiet/final/denied/111122223333/us-east-1'],
    [
      failureOf(streamOf('i-1'), { retryAt: '2026-03-31T12:00:30.000Z' }),
      'quiet/delayed/denied/111122223333/eu-west-1',
    ],
    [gapOf('g-1'), 'quiet/final/gap/111122223333/eu-west-1'],
  ] as const) {
    const incidents = incidentsOf([other, alone, other]);
    assert.equal(
      incidents.map(({ key, events }) => [key, events.length]),
      [
        [key, 2],
        ['quiet/final/denied/111122223333/eu-west-1', 1],
      ],
    );
  }
});

test('types of resources do not tell incidents apart', () => {
  const volume = streamOf('vol-1', { type: 'volume' });
  assert.is(incidentsOf([failureOf(streamOf('i-1')), failureOf(volume)]).length, 1);
});

test('the earliest next attempt counts', () => {
  const at = (minute: number) => `2026-03-31T12:0${minute}:00.000Z`;
  for (const minutes of [
    [3, 1, 2],
    [1, 2, 3],
    [2, 3, 1],
  ]) {
    const [incident] = incidentsOf(
      minutes.map((minute) => failureOf(streamOf(`i-${minute}`), { ...THROTTLED, retryAt: at(minute) })),
    );
    assert.ok(incident && incident.class !== 'gap');
    assert.is(incident.retryAt, at(1));
  }
});

test('the same records give a notice the same id, and others another one', () => {
  const idOf = (...ids: readonly string[]) => {
    const [incident] = incidentsOf(ids.map((id) => failureOf(streamOf(id))));
    return incident && noticeOf(incident, 1).id;
  };
  assert.is(idOf('i-1', 'i-2'), idOf('i-1', 'i-2'));
  assert.is(new Set([idOf('i-1'), idOf('i-2'), idOf('i-1', 'i-2'), idOf('i-2', 'i-1')]).size, 4);
});

test('a notice counts failures and names at most ten resources, each once', () => {
  const failures = Array.from({ length: 24 }, (_, n) => failureOf(streamOf(`i-${n % 12}`)));
  const [incident] = incidentsOf(failures);
  assert.ok(incident);
  const { count, samples, noun, where } = noticeOf(incident, 1);
  assert.equal([count, samples.length, new Set(samples).size], [24, 10, 10]);
  assert.is(`${noun} ${where}`, 'failure to tag (denied) in 111122223333 eu-west-1');
});

test.run();
