import { ASSUMPTIONS } from '../src/cloudtrail/identity/session-key.ts';
import { OPERATIONS, TAG_OPERATIONS } from '../src/cloudtrail/operations/operations.ts';
import { API_CALL } from '../src/cloudtrail/record.ts';
import { TAG_CHANGE } from '../src/cloudtrail/tag-change-event.ts';

/**
 * An event pattern of EventBridge, as it stands in a template; members in {@link Pattern.detail} are exact
 * values.
 */
export interface Pattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: Readonly<Record<string, readonly string[]>>;
}

/** A pattern that becomes a rule. */
export interface NamedPattern {
  /** Part of the rule's name: letters and digits. */
  readonly name: string;
  readonly pattern: Pattern;
  /** Whether its events count as reads, which EventBridge passes on to rules only that ask for all events. */
  readonly hasReads?: true;
}

/** A pattern has at most so many characters (EventBridge quotas, "Event pattern size"). */
export const PATTERN_SIZE = 2_048;

/** Every EC2 operation that makes, ends or tags something, by its name in CloudTrail, sorted. */
const FOLLOWED: readonly string[] = [
  ...OPERATIONS.map(({ operation }) => operation),
  ...TAG_OPERATIONS,
].sort();

/**
 * The patterns of all events that the front door understands, each event in one of them: the calls of EC2 in
 * as many patterns as their size asks for, the changes of tags that EventBridge tells of without CloudTrail,
 * and, where the persons behind role sessions are wanted, the assumption of roles.
 */
export const patterns = (joinIdentities: boolean): readonly NamedPattern[] => [
  ...inPieces(FOLLOWED).map((names, i) => ({ name: `Ec2Calls${i + 1}`, pattern: calls('ec2', names) })),
  {
    name: 'TagChanges',
    pattern: { source: ['aws.tag'], 'detail-type': [TAG_CHANGE], detail: { service: ['ec2'] } },
  },
  ...(joinIdentities
    ? [{ name: 'RoleSessions', pattern: calls('sts', [...ASSUMPTIONS]), hasReads: true } as const]
    : []),
];

const calls = (service: string, eventName: readonly string[]): Pattern => ({
  source: [`aws.${service}`],
  'detail-type': [API_CALL],
  detail: { eventSource: [`${service}.amazonaws.com`], eventName },
});

/** Names in as few pieces as fit into a pattern, of about the same length. */
const inPieces = (names: readonly string[]): readonly (readonly string[])[] => {
  for (let count = 1; ; count++) {
    const length = Math.ceil(names.length / count);
    const pieces = Array.from({ length: count }, (_, i) => names.slice(i * length, (i + 1) * length));
    if (pieces.every((piece) => JSON.stringify(calls('ec2', piece)).length <= PATTERN_SIZE)) return pieces;
  }
};
