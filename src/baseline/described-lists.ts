import { TYPES } from '../cloudtrail/operations/generated.ts';
import { isIdOf } from '../events/resource-type.ts';

/** Lists whose name is not that of a type. */
const OTHER_NAMES: readonly (readonly [list: string, type: string])[] = [
  ['Addresses', 'elastic-ip'],
  ['FlowLogs', 'vpc-flow-log'],
  ['Hosts', 'dedicated-host'],
  ['Ipv6Pools', 'ipv6pool-ec2'],
  ['PublicIpv4Pools', 'ipv4pool-ec2'],
  ['ServiceConfigurations', 'vpc-endpoint-service'],
  ['SpotInstanceRequests', 'spot-instances-request'],
];

/**
 * What marks an entry as none of a description, although its list has the name of one: answers about other things that
 * name resources, but not their tags.
 */
const FOREIGN_MEMBERS = [
  'Cidrs', // DescribePrefixLists: lists of AWS's own services
  'ClassicLinkDnsSupported',
  'ClassicLinkEnabled',
  'LockState', // DescribeLockedSnapshots
  'NetworkNodes', // DescribeCapacityReservationTopology
  'PtrRecord', // DescribeAddressesAttribute
  'RecycleBinEnterTime', // what is in the Recycle Bin has ended
] as const;

/** The names that a list of things with this name has in answers of EC2. */
const listsOf = (name: string): readonly string[] => [
  name,
  `${name}s`,
  `${name}es`,
  name.replace(/y$/, 'ies'),
  name.replace(/is$/, 'es'),
  `${name}Set`,
  `${name}Configs`,
];

const TYPE_BY_LIST: ReadonlyMap<string, string> = new Map([
  ...TYPES.flatMap((type) =>
    listsOf(type.replaceAll('-', '')).map((list) => [list.toLowerCase(), type] as const),
  ),
  ...OTHER_NAMES.map(([list, type]) => [list.toLowerCase(), type] as const),
]);

/**
 * The type of the resources in a list of an answer, such as `volume` for `Volumes`; undefined for another list. Instances
 * are in lists of their own, inside `Reservations`.
 */
export const typeOfList = (list: string): string | undefined => TYPE_BY_LIST.get(list.toLowerCase());

/** Whether a list shows all resources of its type: EC2 shows instant fleets only if they are asked for by their ids. */
export const isWholeList = (list: string): boolean => list !== 'Fleets';

/** Whether an entry of such a list describes its resource with all of its tags. */
export const isDescription = (entry: Readonly<Record<string, unknown>>): boolean =>
  !FOREIGN_MEMBERS.some((member) => Object.hasOwn(entry, member));

/**
 * The id of an entry: the member that has the name of the list (`VolumeId` in `Volumes`, beside `SourceVolumeId`), or else
 * the first one that is an id of the type (`GroupId` in `SecurityGroups`). Undefined if there is none.
 */
export const idOfEntry = (
  list: string,
  type: string,
  entry: Readonly<Record<string, unknown>>,
): string | undefined => {
  const ids = Object.entries(entry).flatMap(([member, value]) =>
    member.endsWith('Id') && typeof value === 'string' && isIdOf(value, type) ? [{ member, value }] : [],
  );
  const own = ids.find(({ member }) => listsOf(member.slice(0, -'Id'.length)).includes(list));
  return (own ?? ids[0])?.value;
};
