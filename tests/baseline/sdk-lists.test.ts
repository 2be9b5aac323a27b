import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ASKED_CALLS } from '../../src/baseline/asked-calls.ts';
import { idOfEntry, isDescription, typeOfList } from '../../src/baseline/described-lists.ts';
import { TYPES_BY_PREFIX } from '../../src/events/resource-type.ts';

const test = suite('the lists of EC2 answers');

/** A list in the answer of an operation, and the members of its entries. */
interface SdkList {
  readonly operation: string;
  readonly list: string;
  readonly members: readonly string[];
}

/*
 * The SDK's schemas are lists: [9, namespace, name, traits, input, output] for an operation, [3, namespace, name, traits,
 * member names, member schemas] for a structure, [1, namespace, name, traits, element] for a list. A schema can be behind a
 * function, and in a list with its traits.
 */
const plain = (schema: unknown): readonly unknown[] => {
  const value = typeof schema === 'function' ? schema() : schema;
  if (!Array.isArray(value)) return [];
  return typeof value[0] === 'number' ? value : plain(value[0]);
};

const LISTS: readonly SdkList[] = Object.values(sdk).flatMap((one): SdkList[] => {
  const [kind, , operation, , , output] = Array.isArray(one) ? plain(one) : [];
  if (kind !== 9) return [];
  const [, , , , names, schemas] = plain(output) as [0, 0, 0, 0, string[], unknown[]];
  return (names ?? []).flatMap((list, i): SdkList[] => {
    const [isList, , , , element] = plain(schemas[i]);
    const [isStructure, , , , members] = plain(element);
    return isList === 1 && isStructure === 3
      ? [{ operation: String(operation), list, members: members as string[] }]
      : [];
  });
});

const hasTags = ({ members }: SdkList): boolean => members.includes('Tags') || members.includes('TagSet');
const PREFIXES = new Map([...TYPES_BY_PREFIX].map(([prefix, type]) => [type, prefix]));

/** An id of a type, for the types that have a prefix. */
const idOf = (type: string): string => {
  const isUuid = type === 'fleet' || type === 'spot-fleet-request';
  return `${PREFIXES.get(type) ?? 'other-'}${isUuid ? '01234567-89ab-cdef-0123-456789abcdef' : '0a1b2c3d4e5f60718'}`;
};
const entryOf = ({ members }: SdkList, id: string): Record<string, unknown> =>
  Object.fromEntries(members.map((member) => [member, member.endsWith('Id') ? id : 'text']));

test('the schemas of the SDK are read', () => {
  assert.ok(LISTS.length > 300, String(LISTS.length));
  assert.ok(LISTS.some(({ operation, list }) => operation === 'DescribeVolumes' && list === 'Volumes'));
});

test('the lists that describe resources with their tags have a known type, but for these', () => {
  const unknown = LISTS.filter(
    (one) => /^Describe/.test(one.operation) && hasTags(one) && !typeOfList(one.list),
  ).map(({ list }) => list);
  assert.equal(
    [...new Set(unknown)].sort(),
    [
      // Tasks without a type of their own.
      'ConversionTasks',
      'ExportTasks',
      'FlexCostAllocationPolicies',
      'InstanceImageMetadata',
      'InterfaceAssociations',
      'Reports',
      'ReservedInstancesListings',
      // Services of others.
      'AllowedPrincipals',
      'ServiceDetails',
      // Also in another list.
      'SnapshotTierStatuses',
      'TransitGatewayConnects',
      'TransitGatewayPeeringAttachments',
      'TransitGatewayVpcAttachments',
      'VpcEndpointAssociations',
    ].sort(),
  );
});

test('the id of each described resource is found', () => {
  for (const one of LISTS.filter((list) => /^Describe/.test(list.operation) && hasTags(list))) {
    const type = typeOfList(one.list);
    if (!type || !PREFIXES.has(type)) continue;
    assert.is(idOfEntry(one.list, type, entryOf(one, idOf(type))), idOf(type), one.list);
  }
});

test('the own id is taken, also where another member is an id of the same type', () => {
  const volume = { SourceVolumeId: 'vol-0aaaaaaaaaaaaaaaa', VolumeId: 'vol-0bbbbbbbbbbbbbbbb' };
  assert.is(idOfEntry('Volumes', 'volume', volume), 'vol-0bbbbbbbbbbbbbbbb');
  const subnet = { VpcId: 'vpc-0aaaaaaaaaaaaaaaa', SubnetId: 'subnet-0bbbbbbbbbbbbbbbb' };
  assert.is(idOfEntry('Subnets', 'subnet', subnet), 'subnet-0bbbbbbbbbbbbbbbb');
});

test('an answer that names resources without their tags describes none', () => {
  const taken = LISTS.filter((one) => {
    const type = typeOfList(one.list);
    // Instances are described inside reservations only.
    if (!type || !PREFIXES.has(type) || one.list === 'Instances' || hasTags(one)) return false;
    return isDescription(entryOf(one, idOf(type))) && idOfEntry(one.list, type, entryOf(one, idOf(type)));
  });
  assert.equal(
    taken.map(({ operation, list }) => `${operation} ${list}`),
    [],
  );
});

test('each asked call has the list that it is asked for', () => {
  for (const { operation, list } of ASKED_CALLS) {
    const found = LISTS.find((one) => one.operation === operation && one.list === list);
    assert.ok(found, `${operation} ${list}`);
    assert.ok(list === 'Reservations' || list === 'Tags' || typeOfList(list), list);
  }
});

test('the reference of IAM names the action of each asked call, and no other', () => {
  const page = readFileSync('docs/reference/iam.md', 'utf8');
  const [, section = ''] = /^## Baseline$([\s\S]*?)^## /m.exec(page) ?? [];
  const named = [...section.matchAll(/`(?:ec2:)?(Describe\w+)`/g)].map(([, name]) => name);
  assert.equal(named.sort(), ASKED_CALLS.map(({ operation }) => operation).sort());
});

test.run();
