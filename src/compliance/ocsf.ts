import { idFrom } from '../events/hash-chain.ts';
import type { ComplianceFinding, ComplianceStatus } from '../policies/policy.ts';
import type { Assessed } from './assess.ts';
import { type FindingView, findingView, titleOf } from './finding-view.ts';
import type { Frame } from './frame.ts';

/** The version of the Open Cybersecurity Schema Framework that findings are written in. */
const OCSF_VERSION = '1.6.0';

const CLASS = 2003;

/** What happened to a finding, in OCSF. A reader that counts created findings counts each of them once. */
const ACTIVITY = { create: { id: 1, name: 'Create' }, update: { id: 2, name: 'Update' } } as const;

/** The status of a finding in OCSF: 0 Unknown, 1 New, 3 Suppressed, 4 Resolved. */
const FINDING: Readonly<Record<ComplianceStatus, { readonly status_id: number; readonly status: string }>> = {
  compliant: { status_id: 4, status: 'Resolved' },
  violating: { status_id: 1, status: 'New' },
  exempt: { status_id: 3, status: 'Suppressed' },
  unknown: { status_id: 0, status: 'Unknown' },
};

/** What an event of OCSF says beside the finding. */
export interface OcsfContext {
  /** The version of tagledger. */
  readonly toolVersion: string;
  /** The ids of the findings of an earlier answer that the reader has: they are updated, and the others are created. */
  readonly had?: ReadonlySet<string> | undefined;
}

/**
 * Compliance status in OCSF: 1 Pass, 2 Warning, 3 Fail, 0 Unknown, 99 Other. An exempt resource neither
 * passes nor fails, so it gets Other and its own name.
 */
const COMPLIANCE: Readonly<
  Record<ComplianceStatus, { readonly status_id: number; readonly status: string }>
> = {
  compliant: { status_id: 1, status: 'Pass' },
  violating: { status_id: 3, status: 'Fail' },
  exempt: { status_id: 99, status: 'Exempt' },
  unknown: { status_id: 0, status: 'Unknown' },
};

/** Severity in OCSF: 1 Informational, 2 Low, 3 Medium. */
const SEVERITY: Readonly<Record<ComplianceStatus, number>> = {
  compliant: 1,
  exempt: 1,
  unknown: 2,
  violating: 3,
};

/**
 * Converts a finding to a Compliance Finding of OCSF 1.6.0 with the profile `cloud`
 * (https://schema.ocsf.io/1.6.0/classes/compliance_finding). Times are ms since the epoch: `time` is the
 * question's `asOf`, `logged_time` its `knownAt`. A resource's `owner` is
 * what its `Owner` tag says, a user of unknown type; OCSF has no place for a creator, who is in `unmapped`. `finding_info.uid` depends only on rule and resource;
 * `metadata.uid` identifies this event.
 */
export const ocsfOf = (
  assessed: Assessed,
  finding: ComplianceFinding,
  frame: Frame,
  { toolVersion, had }: OcsfContext,
) => {
  const view = findingView(assessed, finding, frame);
  const { rule } = finding;
  const asOf = Date.parse(view.asOf);
  const [, partition = ''] = view.resource.split(':');
  const account = { uid: view.account, type_id: 10, type: 'AWS Account' };
  const activity = had?.has(view.id) ? ACTIVITY.update : ACTIVITY.create;
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: CLASS,
    class_name: 'Compliance Finding',
    type_uid: CLASS * 100 + activity.id,
    type_name: `Compliance Finding: ${activity.name}`,
    ...FINDING[view.status],
    severity_id: SEVERITY[view.status],
    time: asOf,
    message: view.reason,
    metadata: {
      version: OCSF_VERSION,
      profiles: ['cloud'],
      product: { name: 'tagledger', vendor_name: 'tagledger', version: toolVersion },
      uid: idFrom('tagledger/ocsf/v1', view.id, view.asOf, view.knownAt),
      logged_time: Date.parse(view.knownAt),
    },
    cloud: {
      provider: 'AWS',
      region: view.region,
      cloud_partition: partition,
      account,
    },
    finding_info: {
      uid: view.id,
      title: titleOf(view),
      desc: rule.says,
      types: ['Tag compliance'],
      last_seen_time: asOf,
      ...(view.createdAt !== null && { created_time: Date.parse(view.createdAt) }),
    },
    compliance: {
      ...COMPLIANCE[view.status],
      control: rule.id,
      standards: [`tagledger policy ${frame.policy}`],
      requirements: [rule.says],
      status_details: [view.reason],
    },
    ...(view.status === 'violating' && {
      remediation: { desc: `Change the tags of the resource so that the rule holds: ${rule.says}.` },
    }),
    resources: [
      {
        uid: view.resource,
        name: view.resource.slice(view.resource.indexOf('/') + 1),
        type: view.type,
        region: view.region,
        cloud_partition: partition,
        ...(view.ownerTag && {
          owner: { name: view.ownerTag, type_id: 0, type: 'Unknown', account },
        }),
        ...(view.createdAt !== null && { created_time: Date.parse(view.createdAt) }),
        tags: assessed.resource.tags.map(({ key, value }) => ({ name: key, value })),
      },
    ],
    ...unmappedOf(view, frame),
  };
};

/** What OCSF has no place for; nothing if there is nothing to say. */
const unmappedOf = ({ creator, creatorArn, creatorConfidence }: FindingView, { simulated }: Frame) => {
  const unmapped = {
    ...(creator !== null && { creator: { name: creator, arn: creatorArn, confidence: creatorConfidence } }),
    ...(simulated && { simulated }),
  };
  return Object.keys(unmapped).length > 0 ? { unmapped } : {};
};
