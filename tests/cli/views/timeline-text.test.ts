import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PLAIN_TEXT, type TextStyle } from '../../../src/cli/text-style.ts';
import { timelineText } from '../../../src/cli/views/timeline-text.ts';
import type { TagEvent } from '../../../src/events/tag-event.ts';
import { timelineOf } from '../../../src/projections/timeline.ts';
import { applied, at, chain, failed, observed, requested, retired, tags } from '../../support/events.ts';

const test = suite('the drawing of a timeline');
const EVER = '9999-12-31T23:59:59.999Z';
const TERMINAL: TextStyle = { ...PLAIN_TEXT, width: 60 };

const HISTORY = [
  requested('r1', { birth: { tags: tags('Name=checkout-canary') } }),
  failed('f1', at(1), { class: 'throttled', code: 'RequestLimitExceeded', retryAt: at(2) }),
  applied('a1', at(2)),
  observed('o1', at(5), 'Owner=bob'),
  retired('d1', at(9)),
];

/** The lines of the drawings, without what stands above and below. */
const drawing = (events: readonly TagEvent[], style: TextStyle, width?: number): string[] => {
  const timeline = timelineOf(chain(events), EVER);
  assert.ok(timeline);
  const lines = timelineText(timeline, style, width).split('\n');
  return lines.slice(lines.indexOf('') + 1, lines.lastIndexOf(''));
};

test('a value is drawn over the time for which it was true', () => {
  assert.equal(drawing(HISTORY, TERMINAL), [
    '        1         2         3         4         5',
    'failed            ×',
    'Name    ├checkout-canary────────────────────────┤',
    'Owner                       ├ada──────├bob──────┤',
  ]);
});

test('in ASCII it is drawn with ASCII', () => {
  assert.equal(drawing(HISTORY, { ...TERMINAL, unicode: false }), [
    '        1         2         3         4         5',
    'failed            x',
    'Name    |checkout-canary------------------------|',
    'Owner                       |ada------|bob------|',
  ]);
});

const LONG = [
  requested('r1', { birth: { tags: tags(`Name=${'n'.repeat(100)}`) } }),
  observed('o1', at(5), `Name=${'m'.repeat(100)}`),
  observed('o2', at(6), '', { set: [{ key: 'k'.repeat(40), value: '東京'.repeat(30) }] }),
];

test('on a terminal it is as wide as the terminal, and values and keys are cut', () => {
  const lines = drawing(LONG, TERMINAL);
  assert.ok(Math.max(...lines.map((line) => stringWidth(line))) <= 60);
  assert.match(lines.join('\n'), `${'k'.repeat(23)}…`);
});

test('without a terminal it has every key and value in full', () => {
  const text = drawing(LONG, PLAIN_TEXT).join('\n');
  for (const whole of ['n'.repeat(100), 'm'.repeat(100), 'k'.repeat(40), '東京'.repeat(30)])
    assert.match(text, whole);
  assert.not.match(text, '…');
});

test('a width that was asked for counts without a terminal, too', () => {
  const lines = drawing(LONG, PLAIN_TEXT, 50);
  assert.ok(Math.max(...lines.map((line) => stringWidth(line))) <= 50);
});

test('moments that do not fit continue in another drawing, which repeats the values', () => {
  const many = Array.from({ length: 9 }, (_, n) => observed(`o${n}`, at(n), `Count=${n}`));
  const lines = drawing([observed('n', at(0), 'Name=web'), ...many], TERMINAL);
  const names = lines.filter((line) => line.startsWith('Name'));
  assert.equal(names.length, 2);
  assert.match(names[0] ?? '', '├web─');
  assert.match(names[1] ?? '', '  ─web─');
});

test.run();
