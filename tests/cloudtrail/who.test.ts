import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { whoOf } from '../../src/cloudtrail/who.ts';
import { sample } from './samples.ts';

const test = suite('who acted');

const who = (userIdentity: unknown) => whoOf(parseRecord(sample('X', { userIdentity })));

const session = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:grace@example.com',
  arn: 'arn:aws:sts::111122223333:assumed-role/Developer/grace@example.com',
  accountId: '111122223333',
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'Developer' } },
};

test('an IAM user is called by its user name', () => {
  const arn = 'arn:aws:iam::111122223333:user/team/ada';
  assert.equal(who({ type: 'IAMUser', arn, userName: 'ada' }), { name: 'ada', arn, kind: 'IAMUser' });
});

test('an IAM user without a user name is called by the last part of its ARN', () => {
  const arn = 'arn:aws:iam::111122223333:user/team/ada';
  for (const userName of [undefined, null, '', '  ']) {
    assert.is(who({ type: 'IAMUser', arn, userName }).name, 'ada');
  }
});

test('a role session is called by its session name', () => {
  assert.equal(who(session), { name: 'grace@example.com', arn: session.arn, kind: 'AssumedRole' });
});

test('a source identity beats the session name', () => {
  const identity = { ...session, sessionContext: { sourceIdentity: 'grace.hopper' } };
  assert.is(who(identity).name, 'grace.hopper');
  assert.is(who({ ...session, sessionContext: { sourceIdentity: '' } }).name, 'grace@example.com');
});

test('without an ARN the session name is what the principal id has after its colon', () => {
  assert.equal(who({ ...session, arn: undefined }), { name: 'grace@example.com', kind: 'AssumedRole' });
});

test('the root user is called root', () => {
  const arn = 'arn:aws:iam::111122223333:root';
  assert.equal(who({ type: 'Root', arn, userName: 'an-alias' }), { name: 'root', arn, kind: 'Root' });
});

test('a federated user is called by the last part of its ARN', () => {
  const arn = 'arn:aws:sts::111122223333:federated-user/linus';
  assert.equal(who({ type: 'FederatedUser', arn, principalId: '111122223333:linus' }), {
    name: 'linus',
    arn,
    kind: 'FederatedUser',
  });
  assert.is(who({ type: 'FederatedUser', principalId: '111122223333:linus' }).name, 'linus');
});

test('a service is called by its name, and acts for nobody else', () => {
  assert.equal(who({ type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }), {
    name: 'ec2.amazonaws.com',
    kind: 'AWSService',
  });
});

test('a service that acted for a principal is named beside it', () => {
  assert.equal(who({ ...session, invokedBy: 'autoscaling.amazonaws.com' }), {
    name: 'grace@example.com',
    arn: session.arn,
    kind: 'AssumedRole',
    via: 'autoscaling.amazonaws.com',
  });
});

test('the console and an unnamed part of AWS are no service that acted', () => {
  for (const invokedBy of ['signin.amazonaws.com', 'AWS Internal', '', null]) {
    assert.not.ok('via' in who({ ...session, invokedBy }));
  }
});

test('every other identity keeps its type and gets the best name there is', () => {
  assert.equal(who({ type: 'AWSAccount', principalId: 'AROAEXAMPLE:x', accountId: '444455556666' }), {
    name: 'AROAEXAMPLE:x',
    kind: 'AWSAccount',
  });
  assert.is(who({ type: 'WebIdentityUser', userName: 'sub-1', principalId: 'p' }).name, 'sub-1');
  assert.is(who({ type: 'Role', arn: 'arn:aws:iam::111122223333:role/ci/Deploy' }).name, 'Deploy');
  assert.is(who({ type: 'Other', arn: 'arn:aws:iam::111122223333:thing' }).name, 'thing');
  assert.equal(who({ type: 'IdentityCenterUser' }), { name: 'unknown', kind: 'IdentityCenterUser' });
});

test('no identity at all is Unknown', () => {
  for (const identity of [undefined, null, {}, { type: '' }]) {
    assert.equal(who(identity), { name: 'unknown', kind: 'Unknown' });
  }
  for (const type of ['AssumedRole', 'FederatedUser', 'AWSService', 'IAMUser']) {
    assert.equal(who({ type }), { name: 'unknown', kind: type });
  }
});

test('names can always be written into the ledger', () => {
  assert.is(who({ type: 'IAMUser', userName: 'a\ud800b' }).name, 'a\ufffdb');
});

test.run();
