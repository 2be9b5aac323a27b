import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { confidenceOf } from '../../../src/cloudtrail/identity/confidence.ts';
import { principalOf } from '../../../src/cloudtrail/identity/principal.ts';
import { permissionSetOf } from '../../../src/cloudtrail/identity/role-session.ts';
import { parseRecord } from '../../../src/cloudtrail/record.ts';
import { sample } from '../../support/cloudtrail/samples.ts';

const test = suite('who acted');

const who = (userIdentity: unknown, sourceIPAddress: unknown = null) =>
  principalOf(parseRecord(sample('X', { userIdentity, sourceIPAddress })));

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

const federated = {
  type: 'FederatedUser',
  principalId: '111122223333:linus',
  arn: 'arn:aws:sts::111122223333:federated-user/linus',
  accountId: '111122223333',
};
const issuedBy = (sessionIssuer: object) => ({ ...federated, sessionContext: { sessionIssuer } });

test('behind a federated user is the IAM user who called GetFederationToken, and chose its name', () => {
  const arn = 'arn:aws:iam::111122223333:user/team/ada';
  const found = who(issuedBy({ type: 'IAMUser', arn, userName: 'ada' }), '203.0.113.9');
  assert.equal(found, {
    name: 'ada',
    arn,
    kind: 'IAMUser',
    via: federated.arn,
    found: 'assumed-by',
    ip: '203.0.113.9',
  });
  assert.is(confidenceOf(found), 'person');
  assert.is(who(issuedBy({ type: 'IAMUser', arn })).name, 'ada');
});

test('a federated user of whom the record does not name the issuer, or names no user, is no person', () => {
  for (const issuer of [
    { type: 'Root', arn: 'arn:aws:iam::111122223333:root' },
    { type: 'IAMUser' },
    { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    {},
  ]) {
    const found = who(issuedBy(issuer));
    assert.equal([found.name, found.kind, confidenceOf(found)], ['linus', 'FederatedUser', 'role-session']);
  }
});

test('a provider with delegated access stays the account, also as a federated user', () => {
  const issuer = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada', userName: 'ada' };
  const found = who({ ...issuedBy(issuer), invokedByDelegate: { accountId: '444455556666' } });
  assert.is(confidenceOf(found), 'account');
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
    name: '444455556666/AROAEXAMPLE:x',
    kind: 'AWSAccount',
  });
  assert.is(who({ type: 'AWSAccount', accountId: 12_345_678_901 }).name, '012345678901');
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

/** A role session of IAM Identity Center, as its permission set and person. */
const sso = (permissionSet: string, person: string) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${person}`,
  arn: `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_${permissionSet}_0123456789abcdef/${person}`,
  accountId: '111122223333',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${permissionSet}_0123456789abcdef`,
      userName: `AWSReservedSSO_${permissionSet}_0123456789abcdef`,
    },
  },
});
const onBehalfOf = {
  userId: '544894e8-80c1-707f-60e3-3ba6510dfac1',
  identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-9067642ac7',
};
const roleSession = (role: string, name: string, over: object = {}) => ({
  ...session,
  principalId: `AROAEXAMPLE:${name}`,
  arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
  ...over,
});

test('an Identity Center session is the person, with the permission set', () => {
  const grace = who(sso('Platform_Engineer', 'grace@example.com'));
  assert.equal([grace.name, grace.found], ['grace@example.com', 'sso']);
  assert.is(permissionSetOf(grace), 'Platform_Engineer');
  assert.is(permissionSetOf(who(session)), undefined);
});

test('a role that is only called like one of Identity Center is any role', () => {
  const name = 'AWSReservedSSO_Admin_0123456789abcdef';
  const issuer = { sessionIssuer: { arn: `arn:aws:iam::111122223333:role/${name}`, userName: name } };
  const imitation = who(roleSession(name, 'grace@example.com', { sessionContext: issuer }));
  assert.equal([imitation.found, confidenceOf(imitation)], [undefined, 'role-session']);
  assert.is(permissionSetOf(imitation), undefined);
  for (const other of ['AWSReservedSSO_Admin', 'AWSReservedSSO_Admin_xyz', `My${name}`]) {
    assert.is(who(roleSession(other, 'grace@example.com')).found, undefined);
  }
});

test('a source identity beats the person of Identity Center, who beats onBehalfOf', () => {
  const both = { ...sso('Admin', 'grace@example.com'), onBehalfOf };
  assert.is(who(both).found, 'sso');
  const sourced = { ...both, sessionContext: { ...both.sessionContext, sourceIdentity: 'ghopper' } };
  assert.equal([who(sourced).name, who(sourced).found], ['ghopper', 'sourceIdentity']);
});

test('a role session on behalf of an Identity Center user is that user’s', () => {
  const found = who({ ...session, onBehalfOf });
  assert.equal([found.name, found.found, found.arn], [onBehalfOf.userId, 'onBehalfOf', session.arn]);
});

test('an Identity Center user is the user id, with the ARN of the store that knows it', () => {
  assert.equal(who({ type: 'IdentityCenterUser', accountId: '111122223333', onBehalfOf }), {
    name: onBehalfOf.userId,
    arn: onBehalfOf.identityStoreArn,
    kind: 'IdentityCenterUser',
  });
});

test('an instance profile’s session is a machine', () => {
  for (const id of ['i-0a1b2c3d4e5f60718', 'i-0a1b2c3d']) {
    const machine = who(roleSession('Web', id));
    assert.equal(
      [machine.name, machine.found, confidenceOf(machine)],
      [id, 'instance-profile', 'role-session'],
    );
  }
  assert.is(who(roleSession('Web', 'i-robot')).found, undefined);
});

test('a service that stands where the caller’s address would be is the one that acted', () => {
  const found = who(session, 'ec2fleet.amazonaws.com');
  assert.equal([found.via, found.ip], ['ec2fleet.amazonaws.com', undefined]);
  assert.is(who({ type: 'AWSService' }, 'rds.amazonaws.com').name, 'rds.amazonaws.com');
  for (const source of [
    'signin.amazonaws.com',
    'AWS Internal',
    'AWS Internal/3',
    'amazonaws.com.example.org',
  ]) {
    assert.not.ok('via' in who(session, source), source);
  }
});

test('the address of the caller is kept where it is one', () => {
  for (const ip of ['203.0.113.9', '2001:db8::17']) assert.is(who(session, ip).ip, ip);
  for (const none of ['255.090.254.5', 'fe80::1%eth0', 'cloudformation.amazonaws.com', '', null]) {
    assert.not.ok('ip' in who(session, none), String(none));
  }
});

test('a service that did something of its own has its name, whatever the type', () => {
  const own = who({ accountId: '111122223333', invokedBy: 'backup.amazonaws.com' });
  assert.equal(own, { name: 'backup.amazonaws.com', found: 'invokedBy', kind: 'Unknown' });
});

test('a product provider with delegated access is known by its account', () => {
  const delegate = who({ ...session, invokedByDelegate: { accountId: '999999999999' } });
  assert.equal([delegate.via, confidenceOf(delegate)], ['999999999999', 'account']);
});

test('a masked user name is none', () => {
  const masked = { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', principalId: 'AIDAEXAMPLE' };
  assert.is(who(masked).name, 'AIDAEXAMPLE');
});

test('details in another shape count as absent, and the record is still read', () => {
  for (const odd of ['', 7, [], { userId: 7 }, { accountId: {} }]) {
    const found = who({
      ...session,
      onBehalfOf: odd,
      invokedByDelegate: odd,
      sessionContext: { sessionIssuer: odd },
    });
    assert.equal(found, { name: 'grace@example.com', arn: session.arn, kind: 'AssumedRole' });
  }
});

const iam = (path: string) => `arn:aws:iam::111122223333:${path}`;
const viaService = (service: string) => ({ invokedBy: `${service}.amazonaws.com` });

for (const [what, identity, confidence] of [
  ['Root', { type: 'Root', arn: iam('root') }, 'account'],
  ['IAMUser', { type: 'IAMUser', arn: iam('user/ada'), userName: 'ada' }, 'person'],
  ['IAMUser at the old console', { type: 'IAMUser', userName: 'ada', ...viaService('signin') }, 'person'],
  [
    'IAMUser by CloudFormation',
    { type: 'IAMUser', userName: 'ada', ...viaService('cloudformation') },
    'person',
  ],
  ['AssumedRole', session, 'role-session'],
  ['AssumedRole of Identity Center', sso('Admin', 'grace@example.com'), 'person'],
  [
    'AssumedRole with a source identity',
    { ...session, sessionContext: { sourceIdentity: 'ghopper' } },
    'person',
  ],
  ['AssumedRole by CloudFormation', { ...session, ...viaService('cloudformation') }, 'role-session'],
  [
    'Auto Scaling',
    roleSession('AWSServiceRoleForAutoScaling', 'AutoScaling', viaService('autoscaling')),
    'service',
  ],
  ['a service-linked role', roleSession('AWSServiceRoleForTrustedAdvisor', 'TrustedAdvisor_1'), 'service'],
  [
    'CloudFormation by its role',
    roleSession('Deploy', 'AWSCloudFormation', viaService('cloudformation')),
    'service',
  ],
  ['Role', { type: 'Role', arn: iam('role/ci/Deploy') }, 'role-session'],
  ['FederatedUser', { type: 'FederatedUser', principalId: '111122223333:linus' }, 'role-session'],
  ['IdentityCenterUser', { type: 'IdentityCenterUser', onBehalfOf }, 'person'],
  ['IdentityCenterUser without a user', { type: 'IdentityCenterUser' }, 'unknown'],
  ['SAMLUser', { type: 'SAMLUser', userName: 'ada', identityProvider: 'x' }, 'person'],
  ['WebIdentityUser', { type: 'WebIdentityUser', userName: 'ada', identityProvider: 'x' }, 'person'],
  ['AWSService', { type: 'AWSService', ...viaService('backup') }, 'service'],
  ['AWSAccount', { type: 'AWSAccount', accountId: '444455556666', principalId: 'AIDAEXAMPLE' }, 'account'],
  ['Directory', { type: 'Directory', userName: 'an-alias' }, 'unknown'],
  ['Unknown', { type: 'Unknown' }, 'unknown'],
  ['a service without a type', viaService('backup'), 'service'],
  ['no type', {}, 'unknown'],
  ['no identity', undefined, 'unknown'],
] as const) {
  test(`${what} is known as: ${confidence}`, () => assert.is(confidenceOf(who(identity)), confidence));
}

test('a direct call names a person', () =>
  assert.is(confidenceOf({ name: 'ana', kind: 'Direct' }), 'person'));

test('names can always be written into the ledger', () => {
  assert.is(who({ type: 'IAMUser', userName: 'a\ud800b' }).name, 'a\ufffdb');
});

test.run();
