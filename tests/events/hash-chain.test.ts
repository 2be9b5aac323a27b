import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GENESIS, hashOf, idFrom } from '../../src/events/hash-chain.ts';

const test = suite('the hash chain');

const LINK = {
  stream: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc',
  seq: 12,
  prev: '0123456789abcdef'.repeat(4),
  body: '{"key":"é"}',
};

test('a hash is SHA-256 over the fields, each behind its length in bytes', () => {
  const bytes = Buffer.concat([
    Buffer.from([0, 0, 0, 18]),
    Buffer.from('tagledger/event/v1', 'ascii'),
    Buffer.from([0, 0, 0, 50]),
    Buffer.from('arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc', 'ascii'),
    Buffer.from([0, 0, 0, 2]),
    Buffer.from('12', 'ascii'),
    Buffer.from([0, 0, 0, 64]),
    Buffer.from('0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'ascii'),
    // 11 characters, 12 bytes: é is two in UTF-8.
    Buffer.from([0, 0, 0, 12]),
    Buffer.from('7b226b6579223a22c3a9227d', 'hex'),
  ]);
  assert.is(hashOf(LINK), createHash('sha256').update(bytes).digest('hex'));
});

test('the hash of a link is the same for ever', () => {
  assert.is(hashOf(LINK), 'ac7421a0da5edbbbcca17aed87fb48bc1f6032a09cd24cf2c116ea17861a71c2');
});

test('the first event of a stream follows 32 zero bytes', () => {
  assert.is(GENESIS, Buffer.alloc(32).toString('hex'));
});

const CHANGES: readonly (readonly [what: string, changed: typeof LINK])[] = [
  ['another stream', { ...LINK, stream: LINK.stream.replace('i-0abc', 'i-0abd') }],
  ['another seq', { ...LINK, seq: 13 }],
  ['another prev', { ...LINK, prev: GENESIS }],
  ['another body', { ...LINK, body: '{"key":"e"}' }],
  ['the other Unicode form of a letter', { ...LINK, body: LINK.body.normalize('NFD') }],
  ['a digit moved from the seq to the stream', { ...LINK, stream: `${LINK.stream}1`, seq: 2 }],
  ['a digit moved from the stream to the seq', { ...LINK, stream: LINK.stream.slice(0, -1), seq: 112 }],
  ['a digit moved from the seq to the prev', { ...LINK, seq: 1, prev: `2${LINK.prev}` }],
  [
    'a character moved from the body to the prev',
    { ...LINK, prev: `${LINK.prev}{`, body: LINK.body.slice(1) },
  ],
  [
    'a character moved from the prev to the body',
    { ...LINK, prev: LINK.prev.slice(0, -1), body: `f${LINK.body}` },
  ],
];
for (const [what, changed] of CHANGES) {
  test(`${what} gives another hash`, () => assert.is.not(hashOf(changed), hashOf(LINK)));
}

test('an id is the same for ever: 22 characters that need no escape in a URL', () => {
  assert.is(idFrom('tagledger/event-id/v1', 'ask', LINK.stream, 'cause-1'), '8iSAM_eOWn52Lk8j480qCw');
});

test('no two lists of parts share an id', () => {
  const lists = [
    [],
    [''],
    ['', ''],
    ['abc'],
    ['abc', ''],
    ['', 'abc'],
    ['a', 'bc'],
    ['ab', 'c'],
    ['a|bc'],
    ['a,bc'],
    ['a', 'b', 'c'],
    ['\u0000\u0000\u0000\u0001a'],
    ['bc', 'a'],
  ];
  const ids = lists.map((parts) => idFrom(...parts));
  assert.is(new Set(ids).size, lists.length);
  for (const id of ids) assert.match(id, /^[\w-]{22}$/);
});

test.run();
