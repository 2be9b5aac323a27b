import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PLAIN_TEXT, type TextStyle } from '../../../src/cli/text-style.ts';
import { run, temporaryFolder } from '../../support/cli/command-line.ts';

/*
 * What commands write to stdout over the ledger of the demo, on terminals and in a pipe, in files beside this one.
 * After a change that means to alter them, write them anew and review the differences:
 *
 *     CAPTURES=renew npx tsx tests/cli/captures/captures.test.ts
 *     git diff tests/cli/captures
 */

const test = suite('captures of text output');
const ledger = join(temporaryFolder(test), 'ledger');
const RENEW = process.env.CAPTURES === 'renew';

test.before(async () => {
  assert.is((await run(['demo', '--ledger', ledger])).code, 0);
});

/** A moment after the last event of the demo, so that the day of the test is in no capture. */
const KNOWN_AT = ['--known-at', '2026-04-01T00:00Z'];
const POLICY = ['compliance', '--policy', 'examples/required-tags.json', ...KNOWN_AT];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  list: ['list', '--status', 'failed'],
  history: ['history', 'i-031f7fc5ee54c269b'],
  changes: ['changes', '--resource', 'i-031f7fc5ee54c269b', ...KNOWN_AT],
  compliance: [...POLICY, '--as-of', '2026-03-31T18:00Z', '--type', 'volume', '--group-by', 'account'],
  'compliance-over-time': [...POLICY, '--from', '2026-03-29', '--to', '2026-03-31', '--step', '12h'],
  why: ['why', 'i-03b666f7ea3cb7411'],
  timeline: ['timeline', 'i-031f7fc5ee54c269b', ...KNOWN_AT],
  verify: ['verify'],
  help: ['help'],
  'help-compliance': ['help', 'compliance'],
};

const upTo = (width: number): TextStyle => ({ ...PLAIN_TEXT, width });
const STYLES: Readonly<Record<string, TextStyle>> = { 80: upTo(80), 120: upTo(120), piped: PLAIN_TEXT };

/** The captures of other styles. */
const MORE: readonly (readonly [name: string, style: string, TextStyle])[] = [
  ['list', '80-colour', { ...upTo(80), colour: true }],
  ['verify', '80-colour', { ...upTo(80), colour: true }],
  ['compliance', '80-colour', { ...upTo(80), colour: true }],
  ['list', '80-ascii', { ...upTo(80), unicode: false }],
  ['timeline', '80-ascii', { ...upTo(80), unicode: false }],
];

const captured = async (name: string, style: TextStyle, more: readonly string[] = []): Promise<string> =>
  (await run([...(COMMANDS[name] ?? []), ...more], { TAGLEDGER: ledger }, style)).out;

/** Names colours, because escapes are hard to review. */
const readable = (text: string): string =>
  text
    .replaceAll('\u001b[31m', '<red>')
    .replaceAll('\u001b[32m', '<green>')
    .replaceAll('\u001b[33m', '<yellow>')
    .replaceAll('\u001b[1m', '<bold>')
    .replaceAll('\u001b[2m', '<dim>')
    .replaceAll('\u001b[39m', '</>')
    .replaceAll('\u001b[22m', '</>');

const compare = (name: string, style: string, text: string): void => {
  const file = join(import.meta.dirname, `${name}.${style}.txt`);
  if (RENEW) writeFileSync(file, text);
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
  assert.fixture(text, kept, `${file} differs; if that is meant, write it anew with CAPTURES=renew`);
};

for (const name of Object.keys(COMMANDS)) {
  for (const [word, style] of Object.entries(STYLES)) {
    test(`${name}, ${word}`, async () => {
      compare(name, word, await captured(name, style));
    });
  }
}

for (const [name, word, style] of MORE) {
  test(`${name}, ${word}`, async () => {
    compare(name, word, readable(await captured(name, style)));
  });
}

/** What stays in one piece, however long it is. */
const UNBROKEN = /\barn:aws\S+/;

for (const width of [80, 120]) {
  test(`on ${width} columns, only a line with an ARN is longer`, async () => {
    for (const name of Object.keys(COMMANDS)) {
      const lines = (await captured(name, upTo(width))).split('\n').filter((line) => !UNBROKEN.test(line));
      for (const line of lines) assert.ok(stringWidth(line) <= width, `${name}: ${line}`);
    }
  });
}

test('what is piped is never cut, and the format wide writes the same on a terminal', async () => {
  for (const name of Object.keys(COMMANDS)) {
    const piped = await captured(name, PLAIN_TEXT);
    assert.not.match(piped, '…', name);
    assert.not.match(piped, 'not shown for want of room', name);
    // Help is laid out for 80 columns, and has no format.
    if (!name.startsWith('help'))
      assert.is(await captured(name, upTo(80), ['--format', 'wide']), piped, name);
  }
});

test('in ASCII, nothing that tagledger writes is beyond ASCII', async () => {
  for (const name of Object.keys(COMMANDS))
    assert.not.match(await captured(name, { ...upTo(80), unicode: false }), /[^\n -~]/, name);
});

test.run();
