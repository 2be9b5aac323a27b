import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cutText, padText, paragraph, wrapText } from '../../../src/cli/views/fit-text.ts';

const test = suite('text that fits');
const UNICODE = { unicode: true };
const ASCII = { unicode: false };

test('text that fits stays as it is', () => {
  assert.is(cutText('checkout', 8, UNICODE), 'checkout');
  assert.is(cutText('', 0, UNICODE), '');
});

test('longer text ends in an ellipsis, in ASCII in three dots', () => {
  assert.is(cutText('checkout-canary', 8, UNICODE), 'checkou…');
  assert.is(cutText('checkout-canary', 8, ASCII), 'check...');
});

test('no blank stands before the ellipsis', () => {
  assert.is(cutText('two words', 5, UNICODE), 'two…');
});

test('a character that takes two columns is kept or left out as a whole', () => {
  assert.is(cutText('東京本社', 5, UNICODE), '東京…');
  assert.is(cutText('東京本社', 6, UNICODE), '東京…');
  assert.is(stringWidth(cutText('東京本社', 6, ASCII)), 5);
});

test('a letter keeps its combining marks', () => {
  assert.is(cutText('e\u0301e\u0301e\u0301', 2, UNICODE), 'e\u0301…');
});

test('text is filled by its width on the terminal, not by its number of characters', () => {
  assert.is(padText('東京', 6), '東京  ');
  assert.is(padText('e\u0301', 3), 'e\u0301  ');
  assert.is(padText('longer', 3), 'longer');
});

test('sentences are wrapped at spaces', () => {
  assert.equal(wrapText('no further attempt will be made', 12), ['no further', 'attempt will', 'be made']);
  assert.equal(wrapText('', 12), ['']);
});

test('a word that is longer than the line stays in one piece', () => {
  const arn = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-03b666f7ea3cb7411';
  assert.equal(wrapText(`see ${arn} for more`, 12), ['see', arn, 'for more']);
});

test('a paragraph without a width is one line', () => {
  assert.is(paragraph('no further attempt', { width: undefined }), 'no further attempt');
  assert.is(paragraph('no further attempt', { width: 12 }), 'no further\nattempt');
});

test.run();
