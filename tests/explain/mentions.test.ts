import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mentions } from '../../src/explain/mentions.ts';

const test = suite('mentions of a resource');
const namesIt = mentions('i-0abc');

for (const value of [
  'i-0abc',
  'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc',
  "The instance ID 'i-0abc' does not exist",
  'first\ni-0abc',
  { a: { items: [{ b: 'i-0abc' }] } },
]) {
  test(`${JSON.stringify(value)} names it`, () => assert.ok(namesIt(value)));
}

for (const value of [
  'i-0abcd',
  'ami-0abc',
  'i-0abc-backup',
  'i-0ab',
  7,
  null,
  undefined,
  { userIdentity: { principalId: 'AROA:i-0abc' } },
]) {
  test(`${JSON.stringify(value)} does not`, () => assert.not.ok(namesIt(value)));
}

test('an id is no pattern', () => {
  assert.not.ok(mentions('i.0abc')('i-0abc'));
  assert.ok(mentions('a(b')('a(b'));
});

test.run();
