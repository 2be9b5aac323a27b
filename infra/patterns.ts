import { DEPENDENCY_OPERATIONS } from '../src/cloudtrail/dependencies.ts';
import { EVICTION } from '../src/cloudtrail/exceptional-ends.ts';
import { HEARTBEAT } from '../src/cloudtrail/heartbeat.ts';
import { CREATES_GROUP } from '../src/cloudtrail/identity/scaling-group.ts';
import { ASSUMPTIONS } from '../src/cloudtrail/identity/session-key.ts';
import { OPERATIONS, TAG_OPERATIONS } from '../src/cloudtrail/operations/operations.ts';
import { API_CALL, SERVICE_EVENT } from '../src/cloudtrail/record.ts';
import { STATE_CHANGE } from '../src/cloudtrail/state-change-event.ts';
import { TAG_CHANGE } from '../src/cloudtrail/tag-change-event.ts';

/** An EventBridge event pattern, as in a template. Members of {@link Pattern.detail} are exact values. */
export interface Pattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: Readonly<Record<string, readonly string[]>>;
}

/** A pattern, with the name of its rule. */
export interface NamedPattern {
  /** Part of the rule's name: letters and digits. */
  readonly name: string;
  readonly pattern: Pattern;
  /** Whether its events count as reads, which EventBridge delivers only to rules that ask for all events. */
  readonly hasReads?: true;
}

/** The maximum length of a pattern, in characters (EventBridge quotas, "Event pattern size"). */
export const PATTERN_SIZE = 2_048;

/** The operations of a service that create, end or tag EC2's resources, or tell with what they end, by their CloudTrail names, sorted. */
const followed = (of: 'ec2' | 'ebs'): readonly string[] =>
  [
    ...OPERATIONS.flatMap(({ operation, service }) => (service === of ? [operation] : [])),
    ...(of === 'ec2' ? [...TAG_OPERATIONS, ...DEPENDENCY_OPERATIONS] : []),
  ].sort();

/**
 * The patterns of all events that the intake understands; each event matches one of them. They cover EC2
 * calls, split into as many patterns as the size limit requires, calls of the EBS direct APIs, Spot instances that EC2 took back, tag
 * changes and ends of instances that EventBridge reports without CloudTrail, heartbeats, and, if `joinIdentities` is set, role assumptions and
 * creations of Auto Scaling groups.
 * Of the states of instances that the intake understands, "terminated" is enough: each instance that shuts down gets there.
 */
export const patterns = (joinIdentities: boolean): readonly NamedPattern[] => [
  ...inPieces(followed('ec2')).map((names, i) => ({
    name: `Ec2Calls${i + 1}`,
    pattern: calls('ec2', names),
  })),
  // Source: EventBridge events reference, "Amazon Elastic Block Store events".
  { name: 'EbsCalls', pattern: calls('ebs', followed('ebs')) },
  {
    name: 'TagChanges',
    pattern: { source: ['aws.tag'], 'detail-type': [TAG_CHANGE], detail: { service: ['ec2'] } },
  },
  {
    name: 'Evictions',
    pattern: {
      source: ['aws.ec2'],
      'detail-type': [SERVICE_EVENT],
      detail: { eventSource: ['ec2.amazonaws.com'], eventName: [EVICTION] },
    },
  },
  {
    name: 'InstanceEnds',
    pattern: { source: ['aws.ec2'], 'detail-type': [STATE_CHANGE], detail: { state: ['terminated'] } },
  },
  { name: 'Heartbeats', pattern: { source: [HEARTBEAT.source], 'detail-type': [HEARTBEAT.detailType] } },
  ...(joinIdentities
    ? [
        { name: 'RoleSessions', pattern: calls('sts', [...ASSUMPTIONS]), hasReads: true } as const,
        { name: 'ScalingGroups', pattern: calls('autoscaling', [CREATES_GROUP]) },
      ]
    : []),
];

const calls = (service: string, eventName: readonly string[]): Pattern => ({
  source: [`aws.${service}`],
  'detail-type': [API_CALL],
  detail: { eventSource: [`${service}.amazonaws.com`], eventName },
});

/** Splits names into the fewest pieces that each fit into a pattern, of about equal length. */
const inPieces = (names: readonly string[]): readonly (readonly string[])[] => {
  for (let count = 1; ; count++) {
    const length = Math.ceil(names.length / count);
    const pieces = Array.from({ length: count }, (_, i) => names.slice(i * length, (i + 1) * length));
    if (pieces.every((piece) => JSON.stringify(calls('ec2', piece)).length <= PATTERN_SIZE)) return pieces;
  }
};
