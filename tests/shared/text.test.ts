import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeUtf8 } from '../../src/shared/text.ts';

const test = suite('text of bytes');

test('it is what UTF-8 says, in ASCII and beyond', () => {
  for (const text of ['', 'Owner', 'Größe', '所有者', '\u0000\u007f', '\u0080', '😀']) {
    assert.is(decodeUtf8(Buffer.from(text, 'utf8')), text);
  }
});

test('a byte that is no UTF-8 becomes U+FFFD', () => {
  assert.is(decodeUtf8(Buffer.from([0x61, 0xff, 0x62])), 'a\ufffdb');
});

test.run();
