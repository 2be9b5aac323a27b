import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { homeOfFunction, identify, isDirectCall, parseDirectCall } from '../../src/intake/direct-call.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { tags } from '../support/events.ts';

const test = suite('a direct call');

const HOME = { account: '111122223333', region: 'eu-west-1' };
const INSTANCE = { ...HOME, type: 'instance', id: 'i-0abc' };

const refuses = (input: unknown, sentence: RegExp): void =>
  assert.throws(
    () => parseDirectCall(input, HOME),
    (error: unknown) => {
      assert.instance(error, InvalidInputError);
      assert.match((error as Error).message, sentence);
      return true;
    },
  );

test('is what has a resourceId, rightly or wrongly formed', () => {
  for (const input of [{ resourceId: 'i-0abc' }, { resourceId: null }]) assert.ok(isDirectCall(input));
  for (const input of [null, undefined, 7, 'resourceId', [], {}, { resource: 'i-0abc' }]) {
    assert.not(isDirectCall(input));
  }
});

test('is read whole: resource, user, tags by key, and its own id', () => {
  const call = { resourceId: 'i-0abc', user: ' ana ', tags: { Owner: 'ana', App: '' }, requestId: 'mine' };
  assert.equal(parseDirectCall(call, HOME), {
    resource: INSTANCE,
    user: 'ana',
    tags: tags('App= Owner=ana'),
    requestId: 'mine',
  });
});

test('without tags asks for none of its own', () => {
  assert.equal(parseDirectCall({ resourceId: 'i-0abc', user: 'ana' }, HOME), {
    resource: INSTANCE,
    user: 'ana',
    tags: [],
  });
});

test('names all that is wrong with it at once', () => {
  refuses({ resourceId: 7, user: ' ', tag: {} }, /resourceId: .+; user: .+; tag: .+\)\. Give one such as \{/);
});

test('names all its wrong tags at once', () => {
  refuses(
    { resourceId: 'i-0abc', user: 'ana', tags: { 'aws:x': 'x', Owner: 7, App: 'x'.repeat(257) } },
    /cannot be used: the tag key "aws:x" .+; the tag "Owner" .+; the tag "App" .+\. Correct them\.$/,
  );
});

test('takes 50 tags, keys of 127 and values of 256 characters', () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [String(n).padStart(127, 'k'), 'v'.repeat(256)]),
  );
  assert.is(parseDirectCall({ resourceId: 'i-0abc', user: 'ana', tags: many }, HOME).tags.length, 50);
});

test('with half a character in user or id gets the replacement character, which the ledger can hold', () => {
  const { user, requestId } = parseDirectCall(
    { resourceId: 'i-0abc', user: 'a\ud800', requestId: '\udc00' },
    HOME,
  );
  assert.equal([user, requestId], ['a\ufffd', '\ufffd']);
});

test('a resource is named by its id at home, or by its ARN anywhere', () => {
  assert.equal(identify('i-0abc', HOME), INSTANCE);
  const { type, id, account, region } = identify(
    'arn:aws:ec2:us-east-1:444455556666:volume/vol-0abc',
    undefined,
  );
  assert.equal([type, id, account, region], ['volume', 'vol-0abc', '444455556666', 'us-east-1']);
});

test('an ARN whose type is not that of its id is refused', () => {
  assert.throws(
    () => identify('arn:aws:ec2:eu-west-1:111122223333:volume/i-0abc', HOME),
    /i-0abc is the id of a resource of type instance/,
  );
  // A type whose ids have no known prefix is taken at its word.
  const odd = 'arn:aws:ec2:eu-west-1:111122223333:reserved-instances/0a1b2c3d-1111-2222-3333-444455556666';
  assert.is(identify(odd, undefined).type, 'reserved-instances');
});

test('a function is at home where its ARN says', () => {
  const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:tagledger-request:live';
  assert.equal(homeOfFunction(arn), { account: '111122223333', region: 'eu-west-1' });
});

test.run();
