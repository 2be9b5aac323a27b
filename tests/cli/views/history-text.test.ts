import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PLAIN_TEXT, type TextStyle } from '../../../src/cli/text-style.ts';
import { historyText } from '../../../src/cli/views/history-text.ts';
import type { TagEvent } from '../../../src/events/tag-event.ts';
import {
  applied,
  at,
  attempted,
  chain,
  created,
  failed,
  LAUNCH,
  observed,
  requested,
  retired,
  tags,
} from '../../support/events.ts';

const test = suite('the text of a history');
const TERMINAL: TextStyle = { ...PLAIN_TEXT, width: 80 };

/** The blocks of a history on a terminal, without its title. */
const blocks = (events: readonly TagEvent[], style = TERMINAL): string[] =>
  historyText(chain(events), style).split('\n\n').slice(1);

test('a history begins with the resource', () => {
  assert.is(
    historyText(chain([requested('r1')]), TERMINAL).split('\n')[0],
    'instance i-0a1b2c3d4e5f60718 in account 111122223333, Region eu-west-1',
  );
});

test('an event is a block: who and why first, then its tags one per line, and its hash', () => {
  const asked = requested('r1', { tags: tags('App=shop Owner=ada'), birth: { tags: tags('Name=web') } });
  const [{ hash = '' } = {}] = chain([asked]);
  assert.equal(blocks([asked]), [
    [
      'event 1  TagRequested  2026-03-31T12:00:00.000Z',
      '  who       ada',
      `  why       RunInstances ${LAUNCH.id}`,
      '  recorded  2026-03-31T20:00:00.000Z',
      '    App=shop',
      '    Owner=ada',
      '    created with Name=web',
      `  hash      ${hash.slice(0, 12)}`,
    ].join('\n'),
  ]);
});

test('in full, the hash is whole', () => {
  const [{ hash = '' } = {}] = chain([requested('r1')]);
  assert.match(blocks([requested('r1')], PLAIN_TEXT)[0] ?? '', `hash      ${hash}`);
});

test('an outcome names the event that asked for it, and what EC2 said', () => {
  const asked = requested('r1');
  const history = [
    asked,
    failed('f1', at(1), { retryAt: at(2), class: 'throttled', code: 'RequestLimitExceeded' }),
    attempted(asked, 2, at(2)),
    applied('a1', at(3), { attempt: 2, awsRequestId: 'q-1' }),
  ];
  const [, refused = '', again = '', done = ''] = blocks(history, PLAIN_TEXT);
  assert.match(refused, '  who       tagledger\n  why       the request of event 1\n');
  assert.match(
    refused,
    '  EC2       refused with RequestLimitExceeded (throttled): You are not authorized.\n',
  );
  assert.match(refused, '  next      another attempt at 2026-03-31T12:02:00.000Z\n');
  assert.match(again, '  attempt   2\n');
  assert.match(done, '  why       the request of event 1, attempt 2\n');
  assert.match(done, '  EC2       accepted the tags as q-1\n');
});

test('an outcome whose request is not among the events names the id of the request', () => {
  assert.match(blocks([applied('a1')])[0] ?? '', '  why       request r1\n');
});

test('a change says what was set and what was removed', () => {
  const [one = '', all = ''] = blocks([
    observed('o1', at(1), 'Owner=bob', { removed: ['App'], removedIf: tags('Name=web') }),
    observed('o2', at(2), '', { removed: 'all' }),
  ]);
  assert.match(one, '    Owner=bob\n    App removed\n    Name removed if it was "web"\n');
  assert.match(all, '    all tags removed\n');
});

test('a creation says that there were no tags', () => {
  assert.match(blocks([created('o1')])[0] ?? '', '    created without tags\n');
});

test('an end that came again says so', () => {
  assert.match(blocks([retired('d1', { repeated: true })])[0] ?? '', ', before which it had ended\n');
});

test('an event that happened before one recorded earlier is marked as late', () => {
  const [first = '', second = ''] = blocks([observed('o1', at(5)), observed('o2', at(1))]);
  assert.not.match(first, 'late');
  assert.match(second, 'late: after events that happened later\n');
});

test('when an event was recorded is left out on a terminal if it was in the same second', () => {
  const event = applied('a1', '2026-03-31T20:00:00.000Z');
  assert.not.match(blocks([event])[0] ?? '', 'recorded');
  assert.match(blocks([event], PLAIN_TEXT)[0] ?? '', 'recorded  2026-03-31T20:00:00.000Z\n');
});

test('an event that only a simulated EC2 told of says so in its heading', () => {
  assert.match(blocks([applied('a1', { simulated: true })])[0] ?? '', '12:00:00.000Z  simulated\n');
});

test('a tag value with spaces is wrapped on a terminal, and an ARN is not', () => {
  const arn = `arn:aws:sts::111122223333:assumed-role/${'a'.repeat(60)}/session`;
  const [text = ''] = blocks([
    observed('o1', at(0), '', {
      set: [
        { key: 'By', value: arn },
        { key: 'Note', value: 'word '.repeat(30).trim() },
      ],
    }),
  ]);
  assert.match(text, `    By=${arn}\n`);
  assert.is(text.split('\n').filter((line) => line.includes('word word')).length, 2);
});

test.run();
