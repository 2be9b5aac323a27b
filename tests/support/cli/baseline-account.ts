/*
 * A small account, as the AWS CLI shows it on 31 March at 09:00, and what a later trail tells of it. Each comment says
 * what becomes of a resource under the policy that demands an Owner.
 */
import { sample } from '../cloudtrail/samples.ts';

/** When the account was asked. */
export const TAKEN_AT = '2026-03-31T09:00:00.000Z';
/** The account and Region of everything here. */
export const PLACE = ['--account', '111122223333', '--region', 'eu-west-1'] as const;

/** A made-up id. */
export const idOf = (prefix: string, n: number): string => `${prefix}-0${String(n).padStart(16, '0')}`;

const described = (member: string, id: string, tags: Readonly<Record<string, string>>, more = {}) => ({
  [member]: id,
  ...more,
  ...(Object.keys(tags).length > 0 && {
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  }),
});
const instance = (n: number, tags = {}, state = 'running') =>
  described('InstanceId', idOf('i', n), tags, {
    ImageId: idOf('ami', 1),
    State: { Code: 16, Name: state },
    Placement: { AvailabilityZone: 'eu-west-1a' },
  });
const volume = (n: number, tags = {}) =>
  described('VolumeId', idOf('vol', n), tags, {
    SourceVolumeId: idOf('vol', 99),
    AvailabilityZone: 'eu-west-1a',
    State: 'in-use',
  });
const snapshot = (n: number, tags = {}) =>
  described('SnapshotId', idOf('snap', n), tags, { VolumeId: idOf('vol', 1), OwnerId: '111122223333' });
const group = (n: number, tags = {}) =>
  described('GroupId', idOf('sg', n), tags, { VpcId: idOf('vpc', 1), OwnerId: '111122223333' });

/** `aws ec2 describe-instances`. */
export const INSTANCES = {
  Reservations: [
    { ReservationId: 'r-0a1b2c3d', OwnerId: '111122223333', Instances: [instance(1, { Owner: 'ana' })] }, // compliant
    { ReservationId: 'r-0a1b2c3e', OwnerId: '111122223333', Instances: [instance(2)] }, // violating
    { OwnerId: '111122223333', Instances: [instance(3, { Owner: 'ana' }, 'terminated')] }, // not counted
  ],
};
/** `aws ec2 describe-volumes`. */
export const VOLUMES = {
  Volumes: [
    volume(1, { Owner: 'ana' }), // compliant
    volume(2, { Owner: '' }), // violating
    volume(3), // violating
    volume(4, { Team: 'shop' }), // violating
  ],
};
/** `aws ec2 describe-snapshots --owner-ids self`. */
export const SNAPSHOTS = { Snapshots: [snapshot(1, { Owner: 'bob' }), snapshot(2)] }; // compliant, violating
/** `aws ec2 describe-security-groups`. */
export const GROUPS = {
  SecurityGroups: [
    group(1), // violating
    group(2, { Owner: 'ana' }), // compliant
    group(3, { Owner: 'ana', 'aws:cloudformation:stack-name': 'shop' }), // compliant
    group(4), // violating
  ],
};

const call = (name: string, eventTime: string, requestParameters: object, responseElements: object = {}) =>
  sample(name, { eventID: `${name} at ${eventTime}`, eventTime, requestParameters, responseElements });
const tagging = (name: string, eventTime: string, id: string, ...items: readonly object[]) =>
  call(
    name,
    eventTime,
    { resourcesSet: { items: [{ resourceId: id }] }, tagSet: { items } },
    { _return: true },
  );

/** What CloudTrail tells of it. */
export const TRAIL = [
  // Before the baseline, which shows no Owner: somebody removed it, and no record says who.
  tagging('CreateTags', '2026-03-30T08:00:00Z', idOf('vol', 4), { key: 'Owner', value: 'eva' }),
  tagging('CreateTags', '2026-03-31T10:00:00Z', idOf('i', 2), { key: 'Owner', value: 'ana' }),
  tagging('DeleteTags', '2026-03-31T11:00:00Z', idOf('vol', 1), { key: 'Owner' }),
  call(
    'CreateVolume',
    '2026-03-31T12:00:00Z',
    { tagSpecificationSet: { items: [{ resourceType: 'volume', tags: [{ key: 'Owner', value: 'cem' }] }] } },
    { volumeId: idOf('vol', 5) },
  ),
  call('DeleteVolume', '2026-03-31T13:00:00Z', { volumeId: idOf('vol', 3) }, { _return: true }),
  // The group has another value, so it keeps its Owner.
  tagging('DeleteTags', '2026-03-31T14:00:00Z', idOf('sg', 3), { key: 'Owner', value: 'eva' }),
  // Neither its creation nor the baseline shows it.
  tagging('CreateTags', '2026-03-31T15:00:00Z', idOf('vol', 6), { key: 'Team', value: 'shop' }),
  call(
    'TerminateInstances',
    '2026-03-31T16:00:00Z',
    { instancesSet: { items: [{ instanceId: idOf('i', 1) }] } },
    {
      instancesSet: {
        items: [
          {
            instanceId: idOf('i', 1),
            currentState: { name: 'shutting-down' },
            previousState: { name: 'running' },
          },
        ],
      },
    },
  ),
];

/** Numbers of compliant, violating and unknown resources, counted by hand. */
export const COUNTED: readonly (readonly [
  moment: string,
  compliant: number,
  violating: number,
  unknown: number,
])[] = [
  ['2026-03-30T09:00:00.000Z', 0, 0, 1], // only a change of vol-4 is known, not what else it had
  [TAKEN_AT, 5, 7, 0],
  ['2026-03-31T11:30:00.000Z', 5, 7, 0], // i-2 gained an Owner, vol-1 lost its own
  ['2026-03-31T13:30:00.000Z', 6, 6, 0], // vol-5 was created with one, vol-3 was deleted
  ['2026-03-31T16:10:00.000Z', 5, 6, 1], // i-1 ended; vol-6 was seen, and nobody knows its tags
];
