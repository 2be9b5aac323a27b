import type { Caller, cast } from './identities.ts';
import { type Journal, moment } from './journal.ts';
import type { Random } from './random.ts';
import type { Call } from './record.ts';
import type { Site } from './site.ts';
import { plain, wrappedRequest, wrappedResponse } from './wire.ts';

/** The people, places and resources that the small talk of the account is about. */
interface Topics {
  readonly who: ReturnType<typeof cast>;
  readonly prod: Site;
  readonly edge: Site;
  readonly data: Site;
  readonly lab: Site;
  readonly vpcId: string;
  readonly web: string;
  readonly fleet: readonly string[];
  readonly volumes: readonly string[];
  readonly routeTableId: string;
  readonly internetGatewayId: string;
  readonly networkAclId: string;
  readonly launchTemplateId: string;
}

/** All that a trail is mostly full of: reads, other services, and changes that make nothing to tag. */
export const chatter = (r: Random, book: Journal, topics: Topics): void => {
  modifications(r, book, topics);
  reads(r, book, topics);
  otherServices(r, book, topics);
};

const READS = [
  'DescribeInstances',
  'DescribeVolumes',
  'DescribeImages',
  'DescribeSecurityGroups',
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeTags',
  'DescribeInstanceStatus',
] as const;

const two = (n: number): string => String(n).padStart(2, '0');

/** A moment in working hours of one of the days. */
const workingHours = (r: Random, days = ['30', '31']): string =>
  `${r.pick(days)} ${two(7 + r.below(10))}:${two(r.below(60))}:${two(r.below(60))}`;

const reads = (r: Random, book: Journal, { who, prod, edge, data, lab }: Topics): void => {
  const readers = [
    [who.ana, prod],
    [who.priya, prod],
    [who.ci, prod],
    [who.tagledger, prod],
    [who.priya, edge],
    [who.tom, data],
    [who.ciInData, data],
  ] as const;
  const look = (i: number) => ({
    eventName: READS[i % READS.length] ?? 'DescribeTags',
    readOnly: true,
    request: plain({
      filterSet: [{ name: 'tag:Name', valueSet: [{ value: r.pick(['payments*', 'data*']) }] }],
    }),
  });
  for (let i = 0; i < 50; i++) book.other('read', ...r.pick(readers), workingHours(r), look(i));
  for (let i = 0; i < 4; i++) book.other('read', who.contractor, lab, workingHours(r, ['30']), look(i));
  for (const eventName of ['DescribeNatGateways', 'DescribeLaunchTemplates', 'DescribeFlowLogs'])
    book.other('read', who.ana, prod, workingHours(r), {
      eventName,
      readOnly: true,
      request: wrappedRequest(eventName, { MaxResults: 50 }),
    });
};

const modifications = (r: Random, book: Journal, topics: Topics): void => {
  const { who, prod, edge, data, vpcId, web, fleet, volumes, routeTableId } = topics;
  const [instance = '', second = ''] = fleet;
  const done = (requestId: string) => ({ requestId, _return: true });
  volumes.slice(0, 3).forEach((volumeId, n) => {
    const attachment = { volumeId, instanceId: fleet[n], device: `/dev/sd${'fgh'[n]}` };
    const when = `30 10:1${n + 2}:05`;
    book.other('modification', who.ci, prod, when, {
      eventName: 'AttachVolume',
      request: plain(attachment),
      response: (requestId) =>
        plain({ requestId, ...attachment, status: 'attaching', attachTime: moment(when) }),
    });
  });
  for (const [when, cidrIp] of [
    ['30 07:25:01', '0.0.0.0/0'],
    ['31 13:16:40', '10.20.0.0/16'],
  ] as const) {
    const rule = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
    book.other(
      'modification',
      who.ana,
      prod,
      when,
      {
        eventName: 'AuthorizeSecurityGroupIngress',
        request: plain({ groupId: web, ipPermissions: [{ ...rule, groups: [], ipRanges: [{ cidrIp }] }] }),
        response: (requestId) =>
          plain({
            ...done(requestId),
            securityGroupRuleSet: [
              {
                groupOwnerId: prod.account,
                groupId: web,
                securityGroupRuleId: r.resourceId('sgr'),
                isEgress: false,
                ...rule,
                cidrIpv4: cidrIp,
              },
            ],
          }),
      },
      { bus: 'also' },
    );
  }
  // Creates in name only: a route and an ACL entry have no id, and take no tags.
  book.other('modification', who.ana, prod, '30 07:17:33', {
    eventName: 'CreateRoute',
    request: plain({ routeTableId, destinationCidrBlock: '0.0.0.0/0', gatewayId: topics.internetGatewayId }),
    response: done,
  });
  book.other('modification', who.ana, prod, '30 07:19:22', {
    eventName: 'CreateNetworkAclEntry',
    request: plain({
      networkAclId: topics.networkAclId,
      ruleNumber: 100,
      aclProtocol: '6',
      ruleAction: 'allow',
      egress: false,
      cidrBlock: '10.20.0.0/16',
      portRange: { from: 443, to: 443 },
    }),
    response: done,
  });
  book.other('modification', who.ana, prod, '30 07:14:02', {
    eventName: 'ModifyVpcAttribute',
    request: plain({ vpcId, enableDnsHostnames: { value: true } }),
    response: done,
  });
  for (const when of ['30 13:50:16', '31 09:12:08', '31 15:33:44'])
    book.other('modification', who.priya, prod, when, {
      eventName: 'ModifyInstanceAttribute',
      request: plain({ instanceId: instance, disableApiTermination: { value: when.startsWith('30') } }),
      response: done,
    });
  book.changeState(who.priya, prod, '30 16:30:20', 'StopInstances', [instance, second], { again: 14 });
  book.changeState(who.priya, prod, '31 07:05:11', 'StartInstances', [instance, second], { bus: 'also' });
  book.changeState(who.tom, data, '30 17:02:59', 'StopInstances', [data.refs.instanceId]);
  book.other('modification', who.priya, edge, '30 12:57:44', {
    eventName: 'AssociateAddress',
    request: plain({
      allocationId: edge.refs.allocationId,
      networkInterfaceId: edge.refs.networkInterfaceId,
      allowReassociation: false,
    }),
    response: (requestId) => ({ ...done(requestId), associationId: r.resourceId('eipassoc') }),
  });
  // The response shows a launch template as its creation does, but it is the old one.
  book.other('modification', who.ci, prod, '31 10:03:12', {
    eventName: 'ModifyLaunchTemplate',
    request: wrappedRequest('ModifyLaunchTemplate', {
      LaunchTemplateName: 'payments-web',
      SetDefaultVersion: 1,
    }),
    response: (requestId) =>
      wrappedResponse('ModifyLaunchTemplate', {
        requestId,
        launchTemplate: {
          launchTemplateId: topics.launchTemplateId,
          launchTemplateName: 'payments-web',
          createTime: new Date('2026-03-30T08:05:49Z'),
          createdBy: who.priya.arn,
          defaultVersionNumber: 1,
          latestVersionNumber: 1,
        },
      }),
  });
};

const otherServices = (r: Random, book: Journal, { who, prod, edge, data, lab }: Topics): void => {
  for (let n = 0; n < 5; n++) {
    const roleArn = `arn:aws:iam::${data.account}:role/backup-runner`;
    book.other('other service', who.backup, data, `31 0${n}:59:19`, {
      eventName: 'AssumeRole',
      service: 'sts',
      readOnly: true,
      request: { roleArn, roleSessionName: 'AWSBackup', durationSeconds: 3600 },
      response: () => ({
        credentials: { accessKeyId: r.iamId('ASIA'), sessionToken: '<omitted>' },
        assumedRoleUser: {
          assumedRoleId: `${r.iamId('AROA')}:AWSBackup`,
          arn: `arn:aws:sts::${data.account}:assumed-role/backup-runner/AWSBackup`,
        },
      }),
      also: { resources: [{ accountId: data.account, type: 'AWS::IAM::Role', ARN: roleArn }] },
    });
  }
  for (const [caller, where, when, bucketName] of [
    [who.ana, prod, '30 07:29:15', 'example-corp-flow-logs'],
    [who.ci, edge, '30 12:45:37', 'example-corp-edge-assets'],
    [who.contractor, lab, '30 11:20:46', 'example-corp-trial'],
  ] as const)
    book.other('other service', caller, where, when, {
      eventName: 'CreateBucket',
      service: 's3',
      request: {
        bucketName,
        Host: `s3.${where.region}.amazonaws.com`,
        // us-east-1 is where S3 makes buckets that name no place.
        ...(where.region === 'us-east-1'
          ? {}
          : {
              CreateBucketConfiguration: {
                LocationConstraint: where.region,
                xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
              },
            }),
      },
    });
  for (const [caller, where, when, roleName, createDate] of [
    [who.ana, edge, '30 08:41:05', 'payments-web', 'Mar 30, 2026, 8:41:05 AM'],
    [who.ciInData, data, '31 09:43:12', 'feature-store', 'Mar 31, 2026, 9:43:12 AM'],
  ] as const)
    book.other('other service', caller, where, when, {
      eventName: 'CreateRole',
      service: 'iam',
      request: { path: '/', roleName, assumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' },
      response: () => ({
        role: {
          path: '/',
          roleName,
          roleId: r.iamId('AROA'),
          arn: `arn:aws:iam::${where.account}:role/${roleName}`,
          createDate,
        },
      }),
    });
  book.other('other service', who.ana, prod, '31 08:44:30', {
    eventName: 'CreateCacheSecurityGroup',
    service: 'elasticache',
    request: { cacheSecurityGroupName: 'sessions', description: 'sessions' },
    response: () => ({ cacheSecurityGroupName: 'sessions', ownerId: prod.account }),
  });
  // EC2 has no monopoly on its names: here they make something else.
  book.other('other service', who.tom, data, '31 13:02:08', {
    eventName: 'CreateSnapshot',
    service: 'redshift-serverless',
    request: { namespaceName: 'forecast', snapshotName: 'forecast-2026-03-31' },
    response: () => ({ snapshot: { snapshotName: 'forecast-2026-03-31', status: 'CREATING' } }),
  });
  for (const when of ['30 07:55:12', '31 07:01:47', '31 12:48:33'])
    book.other(
      'other service',
      who.priya,
      edge,
      when,
      consoleLogin(r, who.priya, when, when !== '31 12:48:33'),
    );
};

/** Sign-in has its own event type, no request, and a user who has no access key yet. */
const consoleLogin = (r: Random, who: Caller, when: string, succeeds: boolean): Call => {
  const { accessKeyId: _key, sessionContext: _session, ...userIdentity } = who.userIdentity(moment(when));
  return {
    eventName: 'ConsoleLogin',
    service: 'signin',
    response: () => ({ ConsoleLogin: succeeds ? 'Success' : 'Failure' }),
    also: {
      userIdentity,
      ...(succeeds ? {} : { errorMessage: 'Failed authentication' }),
      requestID: undefined,
      sessionCredentialFromConsole: undefined,
      additionalEventData: {
        LoginTo: `https://console.aws.amazon.com/console/home?state=${r.hex(8)}`,
        MobileVersion: 'No',
        MFAUsed: 'Yes',
      },
      eventType: 'AwsConsoleSignIn',
    },
  };
};
