import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnSession } from '../../src/intake/own-calls.ts';

const test = suite('own calls');

const ROLES =
  'arn:aws:iam::111122223333:role/tagledger-apply, arn:aws:iam::111122223333:role/service/tagledger-redrive,arn:aws:iam::*:role/tagledger-tagger';

const sessionOf = (account: string, role: string): string =>
  `arn:aws:sts::${account}:assumed-role/${role}/5c1e6d1a-0000-4000-8000-000000000001`;

test('a session of any of the roles is one of tagledger', () => {
  assert.is(isOwnSession(ROLES, sessionOf('111122223333', 'tagledger-apply')), true);
  assert.is(isOwnSession(ROLES, sessionOf('111122223333', 'tagledger-redrive')), true);
});

test('a star is any account, for the role of that very name', () => {
  assert.is(isOwnSession(ROLES, sessionOf('444455556666', 'tagledger-tagger')), true);
  assert.is(isOwnSession(ROLES, sessionOf('444455556666', 'tagledger-tagger2')), false);
});

test('a role of the same name in another account is somebody else’s', () => {
  assert.is(isOwnSession(ROLES, sessionOf('444455556666', 'tagledger-apply')), false);
});

test('who is no session of a role is not tagledger', () => {
  assert.is(isOwnSession(ROLES, 'arn:aws:iam::111122223333:role/tagledger-apply'), false);
  assert.is(isOwnSession(ROLES, 'arn:aws:iam::111122223333:user/tagledger-apply'), false);
  assert.is(isOwnSession(ROLES, undefined), false);
});

test.run();
