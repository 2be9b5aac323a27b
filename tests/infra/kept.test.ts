import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DUE_INDEX } from '../../src/adapters/dynamodb/due-index.ts';
import { type Properties, template } from './template.ts';

const test = suite('what the template keeps');

const TABLE = 'AWS::DynamoDB::Table';
const BUCKET = 'AWS::S3::Bucket';

test('supports evidence for A1.2: both tables can be restored, cannot be deleted by mistake, and outlive the stack', () => {
  for (const [, { Properties, DeletionPolicy }] of template('ledger').of(TABLE)) {
    assert.equal(Properties.PointInTimeRecoverySpecification, {
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 35,
    });
    assert.is(Properties.DeletionProtectionEnabled, true);
    assert.is(DeletionPolicy, 'Retain');
    assert.is(Properties.BillingMode, 'PAY_PER_REQUEST');
  }
});

test('the ledger has the key and the stream that the functions expect, and nothing that would remove an item', () => {
  const { KeySchema, AttributeDefinitions, StreamSpecification, ...rest } = template('ledger').the(
    TABLE,
    'Ledger',
  );
  assert.equal(KeySchema, [
    { AttributeName: 'stream', KeyType: 'HASH' },
    { AttributeName: 'seq', KeyType: 'RANGE' },
  ]);
  assert.equal(AttributeDefinitions, [
    { AttributeName: 'stream', AttributeType: 'S' },
    { AttributeName: 'seq', AttributeType: 'N' },
  ]);
  assert.equal(StreamSpecification, { StreamViewType: 'NEW_AND_OLD_IMAGES' });
  assert.equal([rest.TimeToLiveSpecification, rest.GlobalSecondaryIndexes], [undefined, undefined]);
});

test('the state table has the sparse index of what waits, and forgets what expires', () => {
  const table = template('ledger').the(TABLE, 'LedgerStates');
  assert.equal(table.KeySchema, [{ AttributeName: 'resource', KeyType: 'HASH' }]);
  assert.equal(table.GlobalSecondaryIndexes, [
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: 'due', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
  assert.equal(table.TimeToLiveSpecification, { AttributeName: 'expires', Enabled: true });
});

test('supports evidence for CC6.7: tables, topic, buckets and logs are encrypted with a key that turns every year', () => {
  const key = template('ledger').the('AWS::KMS::Key', 'LedgerKey');
  assert.is(key.EnableKeyRotation, true);
  for (const [, { Properties }] of template('ledger').of(TABLE)) {
    assert.equal(Properties.SSESpecification, {
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: '<LedgerKey.Arn>',
    });
  }
  assert.is(template('ledger').the('AWS::SNS::Topic', 'LedgerAlerts').KmsMasterKeyId, '<LedgerKey.Arn>');
  for (const id of ['LedgerArchiveBucket', 'LedgerSeals']) {
    const [rule] = template('ledger').the(BUCKET, id).BucketEncryption.ServerSideEncryptionConfiguration;
    assert.is(rule.ServerSideEncryptionByDefault.KMSMasterKeyID, '<LedgerKey.Arn>');
  }
  assert.is(template('ledger').resources.get('LedgerKey')?.DeletionPolicy, 'Retain');
});

test('the tables may have the key that AWS manages', () => {
  for (const [, { Properties }] of template('all').of(TABLE)) {
    assert.equal(Properties.SSESpecification, { SSEEnabled: true });
  }
});

test('only services of AWS use the key for somebody, and only in this account', () => {
  const [root, ...statements] = template('ledger').the('AWS::KMS::Key', 'LedgerKey').KeyPolicy.Statement;
  assert.equal(root.Principal, { AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' });
  for (const { Principal, Condition } of statements) {
    const condition = JSON.stringify(Condition);
    assert.ok(condition.includes('<AWS::AccountId>'), condition);
    if (Principal.AWS === '*') assert.ok(Condition.StringEquals['kms:ViaService'], condition);
  }
});

/** Whether a policy refuses whoever comes without TLS, whatever they ask for. */
const refusesPlain = ({ PolicyDocument }: Properties, action: RegExp): boolean =>
  PolicyDocument.Statement.some(
    ({ Effect, Action, Condition }: Properties) =>
      Effect === 'Deny' &&
      action.test(String(Action)) &&
      Condition?.Bool?.['aws:SecureTransport'] === 'false',
  );

test('supports evidence for CC6.7: topic, queues and buckets refuse whoever comes without TLS', () => {
  for (const [type, action, count] of [
    ['AWS::SNS::TopicPolicy', /^sns:Publish$/, 1],
    ['AWS::SQS::QueuePolicy', /^sqs:\*$/, 2],
    ['AWS::S3::BucketPolicy', /^s3:\*$/, 3],
  ] as const) {
    const policies = template('ledger').of(type);
    assert.is(policies.length, count);
    for (const [id, { Properties }] of policies) assert.ok(refusesPlain(Properties, action), id);
  }
});

test('supports evidence for CC6.1: no bucket is open to the public', () => {
  for (const [, { Properties }] of template('ledger').of(BUCKET)) {
    assert.equal(Properties.PublicAccessBlockConfiguration, {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  }
});

test('what is sealed cannot be removed by anybody for as long as is wished', () => {
  for (const [name, Days] of [
    ['ledger', 400],
    ['all', 7],
  ] as const) {
    const { ObjectLockEnabled, ObjectLockConfiguration, VersioningConfiguration } = template(name).the(
      BUCKET,
      'LedgerSeals',
    );
    assert.is(ObjectLockEnabled, true);
    assert.equal(ObjectLockConfiguration, {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days } },
    });
    assert.equal(VersioningConfiguration, { Status: 'Enabled' });
  }
});

test('objects of the archive can be removed when others replace them, and be had back for a month', () => {
  const archive = template('ledger').the(BUCKET, 'LedgerArchiveBucket');
  assert.equal([archive.ObjectLockEnabled, archive.ObjectLockConfiguration], [undefined, undefined]);
  assert.equal(archive.VersioningConfiguration, { Status: 'Enabled' });
  assert.equal(archive.LifecycleConfiguration.Rules, [
    {
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      ExpiredObjectDeleteMarker: true,
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ]);
});

test('who reads and writes in these buckets is logged in a third, where S3 alone may write', () => {
  const statements = template('ledger').the('AWS::S3::BucketPolicy', 'LedgerAccessLogsPolicy').PolicyDocument
    .Statement;
  const allowed = statements.filter(({ Effect }: Properties) => Effect === 'Allow');
  assert.equal(
    allowed.map(({ Principal, Action, Condition }: Properties) => [
      Principal.Service,
      Action,
      Condition.ArnLike,
    ]),
    ['LedgerArchiveBucket', 'LedgerSeals'].map((id) => [
      'logging.s3.amazonaws.com',
      's3:PutObject',
      { 'aws:SourceArn': `<${id}.Arn>` },
    ]),
  );
  for (const id of ['LedgerArchiveBucket', 'LedgerSeals']) {
    assert.is(
      template('ledger').the(BUCKET, id).LoggingConfiguration.DestinationBucketName,
      '<LedgerAccessLogs>',
    );
  }
});

test('who is to be told by e-mail is subscribed', () => {
  const subscriptions = template('all')
    .of('AWS::SNS::Subscription')
    .map(([, { Properties }]) => [Properties.Protocol, Properties.Endpoint]);
  assert.equal(subscriptions, [['email', 'ops@example.com']]);
});

test.run();
