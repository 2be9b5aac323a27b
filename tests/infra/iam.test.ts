import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gapStream } from '../../src/commands/record-gap.ts';
import {
  COVERED_ACCOUNTS,
  coverageStreamOf,
  POLICY_STREAM,
  tamperStreamOf,
} from '../../src/events/ledger-stream.ts';
import { linesOf, rolesOf, statementsIn } from './statements.ts';
import { template } from './template.ts';

const test = suite('what roles may do');

/** The operations on each resource that a function has beside its logs and traces. */
type Expected = Readonly<Record<string, readonly string[]>>;

const LEDGER = '<Ledger.Arn>';
const STATES = '<LedgerStates.Arn>';
const TOPIC = '<LedgerAlerts>';
const QUEUE = '<LedgerFailures.Arn>';
const ARCHIVE = '<LedgerArchiveBucket.Arn>';
const ARCHIVED = '<LedgerArchiveBucket.Arn>/*';
const SEALS = '<LedgerSeals.Arn>';
const PUT = 'dynamodb:PutItem';
const APPEND = ['dynamodb:GetItem', PUT, 'dynamodb:Query'];
const SAVE = ['dynamodb:BatchGetItem', 'dynamodb:PutItem'];
const LOOK_FOR_CHILDREN = [
  'ec2:DescribeImages',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshots',
  'ec2:DescribeTransitGatewayAttachments',
  'ec2:DescribeVolumes',
];
const TRACE = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const OWN_RESOURCES = [
  'arn:<AWS::Partition>:ec2:*:<AWS::AccountId>:*',
  'arn:<AWS::Partition>:ec2:*::image/*',
  'arn:<AWS::Partition>:ec2:*::snapshot/*',
  'arn:<AWS::Partition>:ec2:*::fpga-image/*',
];
const TAG = Object.fromEntries(OWN_RESOURCES.map((resource) => [resource, ['ec2:CreateTags']]));
const FEED = {
  '<Ledger.StreamArn>': ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  '<Ledger.Arn>/stream/*': ['dynamodb:ListStreams'],
  [QUEUE]: ['sqs:SendMessage'],
};

/** Of a ledger for its own account, where nothing is switched on that need not be. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  // `PutItem` once for each kind of stream: of resources, of gaps, of coverage, of tampering.
  Request: {
    [LEDGER]: [PUT, PUT, ...APPEND],
    [QUEUE]: ['sqs:SendMessage'],
    '*': ['ec2:DescribeInstances', ...TRACE],
  },
  Apply: {
    [LEDGER]: ['dynamodb:BatchGetItem', ...APPEND],
    ...TAG,
    ...FEED,
    '*': [...LOOK_FOR_CHILDREN, ...TRACE],
  },
  Project: {
    [LEDGER]: ['dynamodb:BatchGetItem', ...APPEND],
    [STATES]: SAVE,
    [TOPIC]: ['sns:Publish'],
    [ARCHIVED]: ['s3:PutObject'],
    ...FEED,
    '*': ['cloudwatch:PutMetricData', ...TRACE],
  },
  Archive: {
    [LEDGER]: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'],
    [ARCHIVE]: ['s3:ListBucket'],
    [ARCHIVED]: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    [STATES]: SAVE,
    '*': TRACE,
  },
  Seal: {
    [LEDGER]: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'],
    [STATES]: SAVE,
    '<LedgerStates.Arn>/index/due': ['dynamodb:Query'],
    [SEALS]: ['s3:ListBucket'],
    [`${SEALS}/*`]: ['s3:GetObject', 's3:PutObject'],
    [`${SEALS}/*/staging/*`]: ['s3:DeleteObject'],
    '<LedgerSealKey.Arn>': ['kms:GetPublicKey', 'kms:Sign'],
    [TOPIC]: ['sns:Publish'],
    '*': TRACE,
  },
  Reconcile: {
    [LEDGER]: APPEND,
    [STATES]: SAVE,
    '<LedgerStates.Arn>/index/due': ['dynamodb:Query'],
    [TOPIC]: ['sns:Publish'],
    '*': TRACE,
  },
  Sweep: { [LEDGER]: APPEND, [STATES]: ['dynamodb:Scan', ...SAVE], '*': ['ec2:DescribeTags', ...TRACE] },
  Redrive: {
    [LEDGER]: ['dynamodb:BatchGetItem', 'dynamodb:Scan', PUT, PUT, PUT, ...APPEND],
    [STATES]: SAVE,
    ...TAG,
    [TOPIC]: ['sns:Publish'],
    [QUEUE]: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    [ARCHIVED]: ['s3:PutObject'],
    '*': ['cloudwatch:PutMetricData', 'ec2:DescribeInstances', ...LOOK_FOR_CHILDREN, ...TRACE],
  },
  Query: {
    [LEDGER]: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'],
    [ARCHIVE]: ['s3:ListBucket'],
    [ARCHIVED]: ['s3:GetObject'],
    [STATES]: ['dynamodb:BatchGetItem'],
    '*': TRACE,
  },
};

/** What the accounts and switches of the ledger with everything add. */
const member = (role: string): Expected =>
  Object.fromEntries(
    ['444455556666', '777788889999'].map((account) => [
      `arn:<AWS::Partition>:iam::${account}:role/tags-member-${role}`,
      ['sts:AssumeRole'],
    ]),
  );
const ADDED: Readonly<Record<string, Expected>> = {
  Request: { [STATES]: SAVE, ...member('reader') },
  Apply: member('tagger'),
  Sweep: member('reader'),
  Redrive: member('tagger'),
};

const lines = (name: string, ...expected: readonly (Expected | undefined)[]): readonly string[] =>
  [
    ...expected.flatMap((one = {}) =>
      Object.entries(one).flatMap(([resource, actions]) =>
        actions.map((action) => `${action} on ${resource}`),
      ),
    ),
    ...['CreateLogStream', 'PutLogEvents'].map((action) => `logs:${action} on <Ledger${name}Logs.Arn>`),
  ].sort();

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`supports evidence for CC6.3: ${name.toLowerCase()} may do what it does, on what it does it to, and nothing else`, () => {
    assert.equal(linesOf(rolesOf('ledger').get(`Ledger${name}Role`) ?? []), lines(name, expected));
  });

  test(`${name.toLowerCase()} may do no more than what is switched on asks for`, () => {
    assert.equal(linesOf(rolesOf('all').get(`Ledger${name}Role`) ?? []), lines(name, expected, ADDED[name]));
  });
}

const LAMBDA = { Principal: { Service: 'lambda.amazonaws.com' } };
const SCHEDULER = {
  Principal: { Service: 'scheduler.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
};

test('there are no other roles, and a role has a policy of its own, no policy of AWS and none inside it', () => {
  for (const name of ['ledger', 'hub', 'all'] as const) {
    const roles = template(name).of('AWS::IAM::Role');
    assert.equal(
      roles.map(([id]) => id).sort(),
      [...Object.keys(EXPECTED), 'Heartbeat'].map((one) => `Ledger${one}Role`).sort(),
    );
    for (const [id, { Properties }] of roles) {
      assert.is(Properties.Policies, undefined);
      assert.is(Properties.ManagedPolicyArns, undefined);
      assert.equal(Properties.AssumeRolePolicyDocument.Statement, [
        { Action: 'sts:AssumeRole', Effect: 'Allow', ...(id === 'LedgerHeartbeatRole' ? SCHEDULER : LAMBDA) },
      ]);
    }
    const owners = template(name)
      .of('AWS::IAM::ManagedPolicy')
      .flatMap(([, { Properties }]) => Properties.Roles);
    assert.is(new Set(owners).size, owners.length);
    assert.equal(template(name).of('AWS::IAM::Policy'), []);
    const used = template(name)
      .of('AWS::Lambda::Function')
      .map(([id, { Properties }]) => [id, Properties.Role]);
    assert.equal(
      used,
      used.map(([id]) => [id, `<${id}Role.Arn>`]),
    );
  }
});

const everything = (['ledger', 'hub', 'member', 'all'] as const).flatMap((name) =>
  [...rolesOf(name)].flatMap(([role, statements]) =>
    statements.map((statement) => ({ name, role, ...statement })),
  ),
);

test('no role is allowed an action or a service by a wildcard', () => {
  assert.equal(
    everything.flatMap(({ actions }) => actions.filter((action) => action.includes('*'))),
    [],
  );
});

test('every resource is named, but where IAM knows none for the action', () => {
  const WITHOUT_RESOURCES =
    /^(?:ec2:Describe[A-Za-z]+|cloudwatch:PutMetricData|xray:Put(?:TraceSegments|TelemetryRecords))$/;
  const wide = everything
    .filter(({ resources }) => resources.includes('*'))
    .flatMap(({ actions }) => actions);
  assert.ok(wide.length > 0);
  assert.equal(
    wide.filter((action) => !WITHOUT_RESOURCES.test(action)),
    [],
  );
});

test('supports evidence for CC6.1: no role may change or remove anything in a table', () => {
  const FORBIDDEN =
    /^dynamodb:(?:Update|Delete|BatchWrite|PartiQL|Transact|Create|Restore|Import|Put(?!Item$))/;
  assert.equal(
    everything.flatMap(({ actions }) => actions.filter((action) => FORBIDDEN.test(action))),
    [],
  );
});

test('no role may touch roles, keys, rules or functions, or remove tags', () => {
  const FORBIDDEN =
    /^(?:iam|lambda|organizations|cloudtrail):|^kms:(?!Sign$|GetPublicKey$)|^s3:(?!(?:Get|Put|Delete)Object$|ListBucket$)|^ec2:(?!Describe|CreateTags$)|^events:(?!PutEvents$)/;
  assert.equal(
    everything.flatMap(({ actions }) => actions.filter((action) => FORBIDDEN.test(action))),
    [],
  );
});

test('supports evidence for CC6.3: only apply and redrive tag, and no keys but those of the rules', () => {
  const tagging = everything.filter(({ actions }) => actions.includes('ec2:CreateTags'));
  assert.equal(
    tagging.map(({ name, role }) => `${name} ${role}`),
    [
      'ledger LedgerApplyRole',
      'ledger LedgerRedriveRole',
      'hub LedgerApplyRole',
      'hub LedgerRedriveRole',
      'member taggerRole',
      'all LedgerApplyRole',
      'all LedgerRedriveRole',
    ],
  );
  for (const { name, actions, condition } of tagging) {
    assert.equal(actions, ['ec2:CreateTags']);
    assert.equal(condition, {
      'ForAllValues:StringEquals': { 'aws:TagKeys': name === 'all' ? ['Owner', 'Project'] : '<TagKeys>' },
      Null: { 'aws:TagKeys': 'false' },
    });
  }
});

test('supports evidence for CC6.3: objects are removed by who replaces them in the archive, and by who staged them', () => {
  const removing = everything.filter(
    ({ name, actions }) => name === 'hub' && actions.includes('s3:DeleteObject'),
  );
  assert.equal(
    removing.map(({ role, resources }) => [role, resources]),
    [
      ['LedgerArchiveRole', [ARCHIVED]],
      ['LedgerSealRole', [`${SEALS}/*/staging/*`]],
    ],
  );
});

test('supports evidence for CC6.1: the key of the sealed log signs for seal alone, and turns into no other use', () => {
  const { KeyPolicy, KeySpec, KeyUsage } = template('ledger').the('AWS::KMS::Key', 'LedgerSealKey');
  assert.equal([KeySpec, KeyUsage], ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY']);
  const [root, only, ...more] = KeyPolicy.Statement;
  assert.equal(more, []);
  assert.equal(root.Principal, { AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' });
  assert.equal(only, {
    Sid: 'OnlyTheSealerSigns',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'kms:Sign',
    Resource: '*',
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['<LedgerSealRole.Arn>'] } },
  });
});

test('supports evidence for CC6.3: archive and query may touch nothing in the state table but what names the catalogue of the archive', () => {
  const condition = {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['archive/catalogue'] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
  for (const role of ['LedgerArchiveRole', 'LedgerQueryRole']) {
    const ofStates = everything.filter(
      (one) => one.name === 'ledger' && one.role === role && one.resources.includes(STATES),
    );
    assert.equal(
      ofStates.map((one) => one.condition),
      [condition],
    );
  }
});

/** Whether a role may add an event to a stream, by the conditions on the leading key as IAM reads them. */
const mayAppend = (role: string, stream: string): boolean =>
  everything.some(({ name, role: whose, actions, resources, condition }) => {
    if (name !== 'ledger' || whose !== role || !actions.includes(PUT) || !resources.includes(LEDGER))
      return false;
    const { Null, ...operators } = condition ?? {};
    assert.equal(actions, [PUT]);
    assert.equal(Null, { 'dynamodb:LeadingKeys': 'false' });
    assert.is(Object.keys(operators).length, 1);
    const [[operator, keys]] = Object.entries(operators) as [[string, Record<string, string[]>]];
    const isLike = (keys['dynamodb:LeadingKeys'] ?? []).some((pattern) =>
      new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(stream),
    );
    if (operator === 'ForAllValues:StringLike') return isLike;
    assert.is(operator, 'ForAllValues:StringNotLike');
    return !isLike;
  });

const ROLES = Object.keys(EXPECTED).map((one) => `Ledger${one}Role`);
const whoAppendsTo = (stream: string): readonly string[] =>
  ROLES.filter((role) => mayAppend(role, stream)).map((role) => role.slice('Ledger'.length, -'Role'.length));

const RESOURCE_WRITERS = ['Request', 'Apply', 'Reconcile', 'Sweep', 'Redrive'];

for (const [kind, streams, writers] of [
  [
    'a resource',
    [
      'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc',
      'arn:aws-cn:ec2:cn-north-1:444455556666:volume/vol-0abc',
      // A name of the owner's is not the type of a resource.
      'arn:aws:ec2:eu-west-1:111122223333:key-pair/tagledger-policy',
    ],
    RESOURCE_WRITERS,
  ],
  [
    'a gap',
    [gapStream({ account: '111122223333', region: 'eu-west-1' }, { source: 'cloudtrail', id: 'event-1' })],
    ['Request', 'Redrive'],
  ],
  [
    'tampering',
    [undefined, 'no arn', 'arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0abc'].map(tamperStreamOf),
    ['Project', 'Redrive'],
  ],
  ['coverage', [coverageStreamOf('111122223333'), COVERED_ACCOUNTS], ['Request', 'Redrive']],
  ['policies', [POLICY_STREAM], []],
  [
    'a kind that is yet to come',
    [
      'arn:aws:ec2:us-east-1:000000000000:tagledger-other/111122223333',
      'arn:aws:ec2:eu-west-1:111122223333:tagledger-tampering/ledger',
      'arn:aws-cn:ec2:cn-north-1:111122223333:tagledger-policy/policies',
    ],
    [],
  ],
] as const) {
  test(`supports evidence for CC6.3: streams of ${kind} are appended to by ${writers.length > 0 ? writers.join(', ') : 'no function'}`, () => {
    for (const stream of streams) assert.equal(whoAppendsTo(stream), writers, stream);
  });
}

test('heartbeats go to the default bus, with their own source alone', () => {
  const [[, policy] = []] = template('ledger')
    .of('AWS::IAM::ManagedPolicy')
    .filter(([id]) => id.includes('HeartbeatPolicy'));
  assert.equal(policy?.Properties.PolicyDocument.Statement, [
    {
      Action: 'events:PutEvents',
      Condition: { StringEquals: { 'events:source': 'tagledger.heartbeat' } },
      Effect: 'Allow',
      Resource: 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default',
    },
  ]);
});

test('metrics go into tagledger’s own namespace', () => {
  const counting = everything.filter(({ actions }) => actions.includes('cloudwatch:PutMetricData'));
  assert.ok(counting.length > 0);
  for (const { actions, condition } of counting) {
    assert.equal(actions, ['cloudwatch:PutMetricData']);
    assert.equal(condition, { StringEquals: { 'cloudwatch:namespace': 'tagledger' } });
  }
});

test('supports evidence for CC6.1: the ledger refuses changes and removals by anybody, and appends by all but its writers', () => {
  const writers = (name: 'ledger' | 'all') => {
    const [never, only, ...more] = statementsIn(
      template(name).the('AWS::DynamoDB::Table', 'Ledger').ResourcePolicy.PolicyDocument,
    );
    assert.equal(more, []);
    assert.equal(never, {
      effect: 'Deny',
      actions: [
        'UpdateItem',
        'DeleteItem',
        'BatchWriteItem',
        'PartiQLInsert',
        'PartiQLUpdate',
        'PartiQLDelete',
      ].map((operation) => `dynamodb:${operation}`),
      resources: ['*'],
      condition: undefined,
    });
    assert.equal([only?.effect, only?.actions], ['Deny', ['dynamodb:PutItem']]);
    assert.equal(Object.keys(only?.condition ?? {}), ['ArnNotEquals']);
    return only?.condition?.ArnNotEquals['aws:PrincipalArn'];
  };
  const appending = [...rolesOf('ledger')]
    .filter(([, statements]) => linesOf(statements).includes(`dynamodb:PutItem on ${LEDGER}`))
    .map(([role]) => `<${role}.Arn>`);
  assert.equal(writers('ledger'), appending);
  assert.equal(writers('all'), [...appending, 'arn:aws:iam::111122223333:role/platform']);
  const { Statement } = template('ledger').the('AWS::DynamoDB::Table', 'Ledger').ResourcePolicy
    .PolicyDocument;
  for (const { Principal } of Statement) assert.equal(Principal, { AWS: '*' });
});

test.run();
