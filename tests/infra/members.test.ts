import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { membersOf } from '../../infra/members.ts';
import { linesOf, rolesOf } from './statements.ts';
import { template } from './template.ts';

const test = suite('member accounts');

const HUB_BUS = 'arn:<AWS::Partition>:events:<HubRegion>:<HubAccount>:event-bus/<HubName>';
const FUNCTION = 'AWS::Lambda::Function';

test('nobody may put events on the hub’s bus but accounts of the organization, or those that are listed', () => {
  const statement = (name: 'hub' | 'all') => {
    const policies = template(name).of('AWS::Events::EventBusPolicy');
    assert.is(policies.length, 1);
    return policies[0]?.[1].Properties.Statement;
  };
  assert.equal(statement('hub'), {
    Sid: 'Members',
    Effect: 'Allow',
    Principal: '*',
    Action: 'events:PutEvents',
    Resource: '<LedgerMemberBus.Arn>',
    Condition: { StringEquals: { 'aws:PrincipalOrgID': '<OrganizationId>' } },
  });
  assert.equal(statement('all'), {
    Sid: 'Members',
    Effect: 'Allow',
    Principal: {
      AWS: ['arn:<AWS::Partition>:iam::444455556666:root', 'arn:<AWS::Partition>:iam::777788889999:root'],
    },
    Action: 'events:PutEvents',
    Resource: '<LedgerMemberBus.Arn>',
  });
  assert.equal(template('ledger').of('AWS::Events::EventBus'), []);
});

test('each function of the hub acts in member accounts by the role for what it does', () => {
  const roleNames = template('hub')
    .of(FUNCTION)
    .map(([id, { Properties }]) => [id, Properties.Environment.Variables.MEMBER_ROLE_NAME]);
  assert.equal(Object.fromEntries(roleNames), {
    LedgerRequest: 'tagledger-member-reader',
    LedgerApply: 'tagledger-member-tagger',
    LedgerProject: undefined,
    LedgerReconcile: undefined,
    LedgerSweep: 'tagledger-member-reader',
    LedgerRedrive: 'tagledger-member-tagger',
    LedgerArchive: undefined,
    LedgerSeal: undefined,
    LedgerQuery: undefined,
  });
});

test('a member forwards its events to the hub’s bus, tries for a day, and keeps what it could not hand over', () => {
  const rules = template('member').of('AWS::Events::Rule');
  assert.ok(rules.length > 1);
  for (const [, { Properties }] of rules) {
    const [{ Id: _, ...target }, ...more] = Properties.Targets;
    assert.equal(more, []);
    assert.equal(target, {
      Arn: HUB_BUS,
      RoleArn: '<ForwardRole.Arn>',
      DeadLetterConfig: { Arn: '<NotForwarded.Arn>' },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    });
  }
});

test('supports evidence for CC6.3: the role that forwards may put events on that bus, and nothing else', () => {
  assert.equal(linesOf(rolesOf('member').get('ForwardRole') ?? []), [`events:PutEvents on ${HUB_BUS}`]);
});

test('supports evidence for CC6.3: one role tags and looks, the other one only looks', () => {
  const looks = (...operations: string[]) => operations.map((operation) => `ec2:${operation} on *`);
  assert.equal(
    linesOf(rolesOf('member').get('readerRole') ?? []),
    looks('DescribeInstances', 'DescribeTags'),
  );
  assert.equal(
    linesOf(rolesOf('member').get('taggerRole') ?? []),
    [
      'ec2:CreateTags on arn:<AWS::Partition>:ec2:*:<AWS::AccountId>:*',
      'ec2:CreateTags on arn:<AWS::Partition>:ec2:*::fpga-image/*',
      'ec2:CreateTags on arn:<AWS::Partition>:ec2:*::image/*',
      'ec2:CreateTags on arn:<AWS::Partition>:ec2:*::snapshot/*',
      ...looks(
        'DescribeImages',
        'DescribeInstances',
        'DescribeNetworkAcls',
        'DescribeRouteTables',
        'DescribeSecurityGroups',
        'DescribeSnapshots',
        'DescribeTransitGatewayAttachments',
        'DescribeVolumes',
      ),
    ].sort(),
  );
});

test('a role is assumed by the functions of the hub that need it, with the external id, and by nobody else', () => {
  for (const [kind, functions] of [
    ['tagger', ['apply', 'redrive']],
    ['reader', ['request', 'sweep']],
  ] as const) {
    const { RoleName, AssumeRolePolicyDocument } = template('member').the('AWS::IAM::Role', `${kind}Role`);
    assert.is(RoleName, `<HubName>-member-${kind}`);
    assert.equal(AssumeRolePolicyDocument.Statement, [
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: 'arn:<AWS::Partition>:iam::<HubAccount>:root' },
        Condition: {
          ArnEquals: {
            'aws:PrincipalArn': functions.map(
              (name) => `arn:<AWS::Partition>:iam::<HubAccount>:role/<HubName>-${name}`,
            ),
          },
          StringEquals: { 'sts:ExternalId': '<ExternalId>' },
        },
      },
    ]);
  }
});

test('the roles that a member lets in are those that the hub’s functions have', () => {
  const names = template('hub')
    .of('AWS::IAM::Role')
    .map(([, { Properties }]) => Properties.RoleName);
  for (const name of ['apply', 'redrive', 'request', 'sweep'])
    assert.ok(names.includes(`tagledger-${name}`), name);
});

test('the roles are made in one Region, as they are known in all', () => {
  const conditional = [...template('member').resources].filter(
    ([, { Condition }]) => Condition === 'HasRoles',
  );
  assert.equal(conditional.map(([id]) => id).sort(), [
    'readerPolicy',
    'readerRole',
    'taggerPolicy',
    'taggerRole',
  ]);
});

test('member accounts are named in one way, by their organization or one by one', () => {
  const externalId = 'x-1';
  assert.throws(() => membersOf('tagledger', { externalId }), /Set exactly one of them\.$/);
  assert.throws(
    () => membersOf('tagledger', { externalId, organizationId: 'o-a1b2c3d4e5', accounts: ['444455556666'] }),
    /Set exactly one of them\.$/,
  );
});

test.run();
