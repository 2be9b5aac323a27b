import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coloured, indentedBy, inFull, textStyleOf } from '../../src/cli/text-style.ts';

const test = suite('the style of text output');

const TTY = { isTTY: true, columns: 80 };
const PIPE = {};
const UTF8 = { LANG: 'en_GB.UTF-8', TERM: 'xterm-256color' };

test('a terminal has its width, colour, and Unicode in a UTF-8 locale', () => {
  assert.equal(textStyleOf(TTY, UTF8), { width: 80, colour: true, unicode: true });
});

test('what is piped has no width and no colour, and Unicode as on the terminal', () => {
  assert.equal(textStyleOf(PIPE, UTF8), { width: undefined, colour: false, unicode: true });
});

test('a terminal that does not know its size has no width', () => {
  assert.is(textStyleOf({ isTTY: true, columns: 0 }, UTF8).width, undefined);
  assert.is(textStyleOf({ isTTY: true }, UTF8).width, undefined);
});

for (const [what, stream, env, colour] of [
  ['NO_COLOR turns colour off', TTY, { NO_COLOR: '1' }, false],
  ['NO_COLOR with any value turns colour off', TTY, { NO_COLOR: '0' }, false],
  ['an empty NO_COLOR says nothing', TTY, { NO_COLOR: '' }, true],
  ['a dumb terminal has no colour', TTY, { TERM: 'dumb' }, false],
  ['FORCE_COLOR turns colour on in a pipe', PIPE, { FORCE_COLOR: '1' }, true],
  ['an empty FORCE_COLOR turns colour on', PIPE, { FORCE_COLOR: '' }, true],
  ['FORCE_COLOR=0 turns colour off', TTY, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR=false turns colour off', TTY, { FORCE_COLOR: 'false' }, false],
  ['FORCE_COLOR decides over NO_COLOR', PIPE, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ['FORCE_COLOR decides over a dumb terminal', TTY, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
] as const) {
  test(what, () => {
    assert.is(textStyleOf(stream, { ...UTF8, ...env }).colour, colour);
  });
}

for (const [what, env, unicode] of [
  ['without any locale, the output is ASCII', {}, false],
  ['the locale C is ASCII', { LANG: 'C' }, false],
  ['C.UTF-8 is UTF-8', { LANG: 'C.UTF-8' }, true],
  ['utf8 is UTF-8, too', { LANG: 'de_DE.utf8' }, true],
  ['Latin-1 gets ASCII', { LANG: 'de_DE.ISO-8859-1' }, false],
  ['LC_CTYPE comes before LANG', { LC_CTYPE: 'C', LANG: 'C.UTF-8' }, false],
  ['LC_ALL comes before LC_CTYPE', { LC_ALL: 'C.UTF-8', LC_CTYPE: 'C' }, true],
  ['an empty LC_ALL says nothing', { LC_ALL: '', LANG: 'C.UTF-8' }, true],
  ['a dumb terminal gets ASCII in any locale', { LANG: 'C.UTF-8', TERM: 'dumb' }, false],
] as const) {
  test(what, () => {
    assert.is(textStyleOf(TTY, env).unicode, unicode);
  });
}

test('text in full has no width, and indented text has less', () => {
  const style = textStyleOf(TTY, UTF8);
  assert.is(inFull(style).width, undefined);
  assert.is(indentedBy(2, style).width, 78);
  assert.is(indentedBy(2, inFull(style)).width, undefined);
  assert.is(indentedBy(100, style).width, 1);
});

test('colour is an escape before and after the text, and nothing where there is no text or no colour', () => {
  const style = textStyleOf(TTY, UTF8);
  assert.is(coloured('failed', 'red', style), '\u001b[31mfailed\u001b[39m');
  assert.is(coloured('', 'red', style), '');
  assert.is(coloured('failed', undefined, style), 'failed');
  assert.is(coloured('failed', 'red', { ...style, colour: false }), 'failed');
});

test.run();
