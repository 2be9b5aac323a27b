import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

/**
 * Writes a made-up trail as CloudTrail would: mostly reads and calls of other services, some launches, creations,
 * ends and changes of tags, some that failed. A record has some 1,350 bytes, as those have on the average that other
 * projects keep as test data. The same size and seed give the same trail.
 * `tsx bench/make-trail.ts FILE.json.gz MB`, in MB before gzip.
 */
export const makeTrail = async (
  file: string,
  megabytes: number,
  seed = 20260331,
): Promise<{ readonly records: number }> => {
  let records = 0;
  const text = function* () {
    const draw = drawer(seed);
    yield '{"Records":[';
    let block = '';
    for (let size = 0; size < megabytes * 1e6; records += 1) {
      const record = JSON.stringify(recordOf(draw, records));
      block += records === 0 ? record : `,${record}`;
      size += record.length + 1;
      if (block.length < 64 * 1024) continue;
      yield block;
      block = '';
    }
    yield `${block}]}`;
  };
  await pipeline(Readable.from(text()), createGzip(), createWriteStream(file));
  return { records };
};

/** Made-up records of one account and Region, from `from` on, as {@link makeTrail} makes them. */
export const makeRecords = (
  seed: number,
  count: number,
  { account, region, from }: { readonly account: string; readonly region: string; readonly from: Date },
): readonly object[] => {
  const draw = drawer(seed);
  return Array.from({ length: count }, (_, n) => ({
    ...recordOf(draw, n),
    eventTime: new Date(from.getTime() + n * 1000).toISOString().replace(/\.\d+Z/, 'Z'),
    awsRegion: region,
    recipientAccountId: account,
  }));
};

/** Numbers below a bound, and items of a list, from a seed (mulberry32). */
const drawer = (seed: number) => {
  let state = seed;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => below(16).toString(16)).join('');
  return { below, hex, of: <T>(items: readonly T[]): T => items[below(items.length)] as T };
};
type Draw = ReturnType<typeof drawer>;

const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1'];
const PEOPLE = [
  'ana.lopez@example.com',
  'tom.okafor@example.com',
  'priya.nair@example.com',
  'li.wei@example.com',
];
const READS = [
  ['ec2', 'DescribeInstances'],
  ['ec2', 'DescribeVolumes'],
  ['ec2', 'DescribeNetworkInterfaces'],
  ['ec2', 'DescribeSecurityGroups'],
  ['ec2', 'DescribeTags'],
  ['s3', 'GetBucketAcl'],
  ['kms', 'Decrypt'],
  ['sts', 'AssumeRole'],
  ['iam', 'ListRoles'],
  ['logs', 'DescribeLogGroups'],
  ['ssm', 'UpdateInstanceInformation'],
  ['dynamodb', 'DescribeTable'],
  ['lambda', 'ListFunctions20150331'],
  ['cloudformation', 'DescribeStacks'],
] as const;

/** Of 100 records about 92 are reads or of other services, as in an account at work. */
const recordOf = (draw: Draw, n: number): object => {
  const kind = draw.below(100);
  if (kind < 92) {
    const [service, eventName] = draw.of(READS);
    return record(draw, n, service, eventName, readBodies(draw, service));
  }
  const [eventName, make] = draw.of(CHANGES);
  const failed = kind >= 99 && {
    errorCode: 'Client.UnauthorizedOperation',
    errorMessage: 'You are not authorized.',
  };
  const bodies = make(draw);
  return record(
    draw,
    n,
    'ec2',
    eventName,
    failed ? { ...bodies, responseElements: null, ...failed } : bodies,
  );
};

const record = (draw: Draw, n: number, service: string, eventName: string, bodies: object): object => {
  const account = draw.of(ACCOUNTS);
  return {
    eventVersion: '1.11',
    userIdentity: identity(draw, account),
    eventTime: new Date(Date.UTC(2026, 2, 30) + n * 250)
      .toISOString()
      .replace('.000Z', 'Z')
      .replace(/\.\d+Z/, 'Z'),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: draw.of(REGIONS),
    sourceIPAddress: `203.0.113.${draw.below(256)}`,
    userAgent: draw.of([
      'aws-cli/2.31.5 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-45-generic md/arch#x86_64 lang/python#3.13.7 cfg/retry-mode#standard',
      'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.15.0 aws-sdk-go-v2/1.39.2',
      'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0',
      'AWS Internal',
    ]),
    ...bodies,
    requestID: uuid(draw),
    eventID: uuid(draw),
    readOnly: /^(?:Describe|List|Get)/.test(eventName),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.eu-west-1.amazonaws.com`,
    },
  };
};

const identity = (draw: Draw, account: string): object => {
  const person = draw.of(PEOPLE);
  const key = `ASIA${draw.hex(9).toUpperCase()}EXAMPLE`;
  const role = 'AWSReservedSSO_PlatformEngineer_0123456789abcdef';
  switch (draw.below(4)) {
    case 0: {
      const userName = person.split('@')[0];
      const arn = `arn:aws:iam::${account}:user/${userName}`;
      return {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn,
        accountId: account,
        accessKeyId: key,
        userName,
      };
    }
    case 1:
      return { type: 'AWSService', invokedBy: draw.of(['ec2.amazonaws.com', 'autoscaling.amazonaws.com']) };
    default:
      return {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE:${person}`,
        arn: `arn:aws:sts::${account}:assumed-role/${role}/${person}`,
        accountId: account,
        accessKeyId: key,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROAEXAMPLE',
            arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/${role}`,
            accountId: account,
            userName: role,
          },
          attributes: { creationDate: '2026-03-30T06:52:00Z', mfaAuthenticated: 'false' },
        },
      };
  }
};

const readBodies = (draw: Draw, service: string): object => {
  const arn = `arn:aws:${service}:eu-west-1:111122223333:thing/${draw.hex(24)}`;
  switch (service) {
    case 'ec2': {
      const value = `vpc-${draw.hex(17)}`;
      const filterSet = { items: [{ name: 'vpc-id', valueSet: { items: [{ value }] } }] };
      return { requestParameters: { maxResults: 1000, filterSet }, responseElements: null };
    }
    case 'sts': {
      const roleArn = `arn:aws:iam::111122223333:role/service-${draw.hex(6)}`;
      const roleSessionName = `session-${draw.hex(12)}`;
      return {
        requestParameters: { roleArn, roleSessionName, durationSeconds: 3600 },
        responseElements: {
          credentials: {
            accessKeyId: `ASIA${draw.hex(9).toUpperCase()}EXAMPLE`,
            sessionToken: `${draw.hex(8)}EXAMPLE${'c2Vzc2lvbg'.repeat(20)}`,
            expiration: 'Mar 31, 2026, 11:59:00 PM',
          },
          assumedRoleUser: {
            assumedRoleId: `AROAEXAMPLE:${roleSessionName}`,
            arn: `${roleArn}/${roleSessionName}`,
          },
        },
        resources: [{ accountId: '111122223333', type: 'AWS::IAM::Role', ARN: roleArn }],
      };
    }
    case 'kms':
      return {
        requestParameters: {
          encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::bucket-${draw.hex(12)}/key` },
          encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        },
        responseElements: null,
        resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: arn }],
      };
    default:
      return {
        requestParameters: { resource: arn, note: `"${draw.hex(8)}" {of [this]} \\ – ${draw.hex(12)}` },
        responseElements: null,
        additionalEventData: {
          SignatureVersion: 'SigV4',
          CipherSuite: 'ECDHE-RSA-AES128-GCM-SHA256',
          bytesTransferredIn: draw.below(5000),
          'x-amz-id-2': draw.hex(60),
        },
      };
  }
};

const tagged = (resourceType: string, name: string): object => ({
  tagSpecificationSet: {
    items: [
      {
        resourceType,
        tags: [
          { key: 'Name', value: name },
          { key: 'Environment', value: 'production' },
        ],
      },
    ],
  },
});

const launch = (draw: Draw): object => ({
  requestParameters: {
    instancesSet: { items: [{ imageId: `ami-${draw.hex(17)}`, minCount: 1, maxCount: 4 }] },
    instanceType: 'm7g.large',
    ...(draw.below(2) === 0 && tagged('instance', `web-${draw.hex(4)}`)),
  },
  responseElements: {
    requestId: uuid(draw),
    reservationId: `r-${draw.hex(17)}`,
    instancesSet: { items: Array.from({ length: 1 + draw.below(4) }, () => instance(draw)) },
  },
});

const instance = (draw: Draw): object => ({
  instanceId: `i-${draw.hex(17)}`,
  imageId: `ami-${draw.hex(17)}`,
  instanceState: { code: 0, name: 'pending' },
  privateDnsName: `ip-10-0-0-${draw.below(256)}.eu-west-1.compute.internal`,
  instanceType: 'm7g.large',
  launchTime: 1774857600000,
  placement: { availabilityZone: 'eu-west-1a', tenancy: 'default' },
  monitoring: { state: 'disabled' },
  subnetId: `subnet-${draw.hex(17)}`,
  vpcId: `vpc-${draw.hex(17)}`,
  architecture: 'arm64',
  rootDeviceType: 'ebs',
  blockDeviceMapping: {},
  networkInterfaceSet: {
    items: [
      {
        networkInterfaceId: `eni-${draw.hex(17)}`,
        subnetId: `subnet-${draw.hex(17)}`,
        status: 'in-use',
        groupSet: { items: [{ groupId: `sg-${draw.hex(17)}`, groupName: 'web' }] },
        attachment: { attachmentId: `eni-attach-${draw.hex(17)}`, deviceIndex: 0, status: 'attaching' },
      },
    ],
  },
});

const CHANGES: readonly (readonly [string, (draw: Draw) => object])[] = [
  ['RunInstances', launch],
  [
    'CreateVolume',
    (draw) => ({
      requestParameters: { size: '100', zone: 'eu-west-1a', volumeType: 'gp3', ...tagged('volume', 'db') },
      responseElements: {
        requestId: uuid(draw),
        volumeId: `vol-${draw.hex(17)}`,
        status: 'creating',
        encrypted: true,
      },
    }),
  ],
  [
    'CreateSnapshot',
    (draw) => ({
      requestParameters: { volumeId: `vol-${draw.hex(17)}`, description: 'nightly' },
      responseElements: { requestId: uuid(draw), snapshotId: `snap-${draw.hex(17)}`, status: 'pending' },
    }),
  ],
  [
    'CreateNatGateway',
    (draw) => ({
      requestParameters: { CreateNatGatewayRequest: { SubnetId: `subnet-${draw.hex(17)}` } },
      responseElements: {
        CreateNatGatewayResponse: { natGateway: { natGatewayId: `nat-${draw.hex(17)}`, state: 'pending' } },
      },
    }),
  ],
  [
    'CreateTags',
    (draw) => ({
      requestParameters: {
        resourcesSet: { items: [{ resourceId: `i-${draw.hex(17)}` }] },
        tagSet: { items: [{ key: 'Team', value: 'shop' }] },
      },
      responseElements: { requestId: uuid(draw), _return: true },
    }),
  ],
  [
    'TerminateInstances',
    (draw) => {
      const instanceId = `i-${draw.hex(17)}`;
      return {
        requestParameters: { instancesSet: { items: [{ instanceId }] } },
        responseElements: {
          requestId: uuid(draw),
          instancesSet: {
            items: [
              { instanceId, currentState: { code: 32, name: 'shutting-down' }, previousState: { code: 16 } },
            ],
          },
        },
      };
    },
  ],
];

const uuid = ({ hex }: Draw): string => [8, 4, 4, 4, 12].map(hex).join('-');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file = 'trail.json.gz', megabytes = '20'] = process.argv.slice(2);
  const { records } = await makeTrail(file, Number(megabytes));
  console.log(`${records} records in ${file}`);
}
