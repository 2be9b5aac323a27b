import { createHmac } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { confidenceOf } from '../../../src/cloudtrail/identity/confidence.ts';
import { pseudonyms } from '../../../src/cloudtrail/identity/pseudonymize.ts';
import { permissionSetOf } from '../../../src/cloudtrail/identity/role-session.ts';
import type { Who } from '../../../src/events/tag-event.ts';

const test = suite('pseudonyms');

const KEY = Buffer.alloc(32, 7);
const pseudonymize = pseudonyms(KEY);
const ACCOUNT = '111122223333';
const SSO = 'AWSReservedSSO_Admin_0123456789abcdef';

const USER: Who = {
  name: 'ada',
  kind: 'IAMUser',
  arn: `arn:aws:iam::${ACCOUNT}:user/staff/ada`,
  ip: '203.0.113.7',
};
const SESSION: Who = {
  name: 'ada@example.com',
  kind: 'AssumedRole',
  found: 'sso',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${SSO}/ada@example.com`,
  via: 'cloudformation.amazonaws.com',
};
const PEOPLE: readonly Who[] = [
  USER,
  SESSION,
  { name: 'ada', kind: 'FederatedUser', arn: `arn:aws:sts::${ACCOUNT}:federated-user/ada` },
  { name: 'ada', kind: 'IAMUser', found: 'assumed-by', via: `arn:aws:sts::${ACCOUNT}:assumed-role/ops/ada` },
  { name: 'ada', kind: 'AssumedRole', arn: `arn:aws-cn:sts::${ACCOUNT}:assumed-role/ops/ada` },
  { name: 'ada', kind: 'Direct' },
  { name: 'ada', kind: 'SAMLUser', via: '444455556666' },
  { name: `444455556666/ada`, kind: 'AWSAccount' },
  { name: 'ada', kind: 'Something' },
];
const OTHERS: readonly Who[] = [
  { name: 'autoscaling.amazonaws.com', kind: 'AWSService' },
  { name: 'autoscaling.amazonaws.com', kind: 'Unknown', found: 'invokedBy' },
  {
    name: 'AWSCloudFormation',
    kind: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/AWSCloudFormation`,
    via: 'cloudformation.amazonaws.com',
  },
  { name: 'root', kind: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` },
  { name: 'unknown', kind: 'Unknown' },
];

test('no name, session, path or address of a person is left, wherever it stood', () => {
  for (const who of PEOPLE) assert.not.match(JSON.stringify(pseudonymize(who)), /ada|staff|203\.0/, who.kind);
});

test('a name has one pseudonym in names and ARNs, and another key gives another', () => {
  const { name, arn } = pseudonymize(USER);
  assert.match(name, /^hashed:[\w-]{22}$/);
  assert.is(arn, `arn:aws:iam::${ACCOUNT}:user/${name}`);
  assert.is(pseudonymize({ name: 'ada', kind: 'Direct' }).name, name);
  assert.is.not(pseudonymize({ name: 'ben', kind: 'Direct' }).name, name);
  assert.is.not(pseudonyms(Buffer.alloc(32, 8))(USER).name, name);
});

test('a pseudonym is the first 128 bits of an HMAC-SHA-256 over the framed text', () => {
  const frame = Buffer.concat([
    Buffer.from([0, 0, 0, 21]),
    Buffer.from('tagledger/identity/v1'),
    Buffer.from([0, 0, 0, 3]),
    Buffer.from('ada'),
  ]);
  const mac = createHmac('sha256', KEY).update(frame).digest().subarray(0, 16).toString('base64url');
  assert.is(pseudonymize(USER).name, `hashed:${mac}`);
});

test('roles, accounts and services keep their names, and so does who is no person', () => {
  const { arn, via } = pseudonymize(SESSION);
  assert.match(arn ?? '', `arn:aws:sts::${ACCOUNT}:assumed-role/${SSO}/hashed:`);
  assert.is(via, 'cloudformation.amazonaws.com');
  assert.is(permissionSetOf(pseudonymize(SESSION)), 'Admin');
  for (const who of OTHERS) assert.equal(pseudonymize(who), who);
});

test('a pseudonym stays what it is, and how far a name goes stays so', () => {
  for (const who of [...PEOPLE, ...OTHERS]) {
    assert.equal(pseudonymize(pseudonymize(who)), pseudonymize(who));
    assert.is(confidenceOf(pseudonymize(who)), confidenceOf(who));
  }
});

test('a name that only begins like a pseudonym is hidden as any other', () => {
  const { name } = pseudonymize({ name: 'hashed:Ada Lovelace', kind: 'Direct' });
  assert.match(name, /^hashed:[\w-]{22}$/);
});

test.run();
