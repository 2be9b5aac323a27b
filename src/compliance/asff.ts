import type { ComplianceFinding, ComplianceStatus } from '../policies/policy.ts';
import { truncate } from '../shared/text.ts';
import type { Assessed } from './assess.ts';
import { NOBODY } from './creator.ts';
import { findingView, titleOf } from './finding-view.ts';
import type { Frame } from './frame.ts';

/**
 * The resource types that AWS names (Security Hub user guide, "Resources ASFF object"). All others are
 * `Other`.
 */
const TYPES: Readonly<Record<string, string>> = {
  'client-vpn-endpoint': 'AwsEc2ClientVpnEndpoint',
  'elastic-ip': 'AwsEc2Eip',
  instance: 'AwsEc2Instance',
  'launch-template': 'AwsEc2LaunchTemplate',
  'network-acl': 'AwsEc2NetworkAcl',
  'network-interface': 'AwsEc2NetworkInterface',
  'route-table': 'AwsEc2RouteTable',
  'security-group': 'AwsEc2SecurityGroup',
  subnet: 'AwsEc2Subnet',
  'transit-gateway': 'AwsEc2TransitGateway',
  volume: 'AwsEc2Volume',
  vpc: 'AwsEc2Vpc',
  'vpc-endpoint-service': 'AwsEc2VpcEndpointService',
  'vpc-peering-connection': 'AwsEc2VpcPeeringConnection',
  'vpn-connection': 'AwsEc2VpnConnection',
};

/** The partitions that Security Hub accepts. */
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'];

/** An exempt resource has not passed; an unknown one has neither passed nor failed. */
const COMPLIANCE: Readonly<
  Record<ComplianceStatus, { readonly Status: string; readonly ReasonCode: string }>
> = {
  compliant: { Status: 'PASSED', ReasonCode: 'TAG_COMPLIANT' },
  violating: { Status: 'FAILED', ReasonCode: 'TAG_VIOLATING' },
  exempt: { Status: 'WARNING', ReasonCode: 'TAG_EXEMPT' },
  unknown: { Status: 'NOT_AVAILABLE', ReasonCode: 'TAG_UNKNOWN' },
};

const SEVERITY: Readonly<Record<ComplianceStatus, string>> = {
  compliant: 'INFORMATIONAL',
  exempt: 'INFORMATIONAL',
  unknown: 'LOW',
  violating: 'MEDIUM',
};

/**
 * The longest texts that Security Hub accepts, in characters (API reference: AwsSecurityFinding,
 * ProductFields).
 */
const LIMITS = { id: 512, title: 256, description: 1024, productField: 2048 } as const;

const CHECK = 'Software and Configuration Checks/Industry and Regulatory Standards/Tag compliance';

/**
 * Converts a finding to the AWS Security Finding Format, schema 2018-10-08 (Security Hub API reference,
 * AwsSecurityFinding). `Id` depends only on rule and resource, so Security Hub updates its finding.
 * `UpdatedAt` is `knownAt`, so an answer with an earlier `knownAt` never replaces a later one. The
 * default `productArn` is the account's own integration, which BatchImportFindings expects when it is called
 * from the resource's account.
 */
export const asffOf = (assessed: Assessed, finding: ComplianceFinding, frame: Frame, productArn?: string) => {
  const view = findingView(assessed, finding, frame);
  const { rule } = finding;
  const [, partition = ''] = view.resource.split(':');
  const { Status, ReasonCode } = COMPLIANCE[view.status];
  const Severity = { Label: SEVERITY[view.status] };
  const Types = [CHECK];
  const Description = truncate(filled(view.reason), LIMITS.description);
  const Tags = Object.fromEntries(
    assessed.resource.tags.flatMap(({ key, value }) => (/\S/.test(value) ? [[key, value]] : [])),
  );
  const since = view.createdAt ?? view.asOf;
  return {
    SchemaVersion: '2018-10-08',
    Id: `${view.resource}/tagledger/${view.id}`,
    ProductArn:
      productArn ??
      `arn:${partition}:securityhub:${view.region}:${view.account}:product/${view.account}/default`,
    GeneratorId: truncate(`tagledger/${rule.id}`, LIMITS.id),
    AwsAccountId: view.account,
    Types,
    CreatedAt: since < view.knownAt ? since : view.knownAt,
    UpdatedAt: view.knownAt,
    Severity,
    Title: truncate(titleOf(view), LIMITS.title),
    Description,
    // The fields that providers write; Security Hub keeps them apart from what its users change.
    FindingProviderFields: { Severity, Types },
    ProductFields: Object.fromEntries(
      Object.entries({
        asOf: view.asOf,
        policy: frame.policy,
        rule: rule.says,
        creator: view.creator ?? NOBODY,
        ...(frame.simulated && { simulated: 'true' }),
      }).map(([name, value]) => [`tagledger/${name}`, truncate(filled(value), LIMITS.productField)]),
    ),
    Resources: [
      {
        Type: TYPES[view.type] ?? 'Other',
        Id: view.resource,
        ...(PARTITIONS.includes(partition) && { Partition: partition }),
        Region: view.region,
        ...(Object.keys(Tags).length > 0 && { Tags }),
      },
    ],
    Compliance: { Status, StatusReasons: [{ ReasonCode, Description }] },
    RecordState: 'ACTIVE',
  };
};

/** Replaces a blank text, which Security Hub rejects. */
const filled = (text: string): string => (/\S/.test(text) ? text : 'unknown');

/** A finding as {@link asffOf} returns it. */
export type Asff = ReturnType<typeof asffOf>;

/**
 * BatchImportFindings accepts at most 100 findings and 6 MB, all of the caller's account (Security Hub
 * partner guide).
 */
const BATCH = { findings: 100, bytes: 5_000_000 } as const;

/**
 * Groups findings into requests of BatchImportFindings, in the order given. Each request has findings of one
 * account and Region, and stays within the limits of Security Hub. A fleet's findings arrive sorted by ARN,
 * and so by Region and account.
 */
export async function* asffBatches(
  findings: AsyncIterable<Asff>,
): AsyncGenerator<{ readonly Findings: readonly Asff[] }> {
  let batch: Asff[] = [];
  let bytes = 0;
  for await (const finding of findings) {
    const size = Buffer.byteLength(JSON.stringify(finding));
    const [first] = batch;
    if (
      first &&
      (batch.length === BATCH.findings || bytes + size > BATCH.bytes || homeOf(first) !== homeOf(finding))
    ) {
      yield { Findings: batch };
      batch = [];
      bytes = 0;
    }
    batch.push(finding);
    bytes += size;
  }
  if (batch.length > 0) yield { Findings: batch };
}

const homeOf = ({ AwsAccountId, Resources: [resource] }: Asff): string =>
  `${AwsAccountId} ${resource?.Region}`;
