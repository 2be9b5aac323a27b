import * as ec2 from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UNENDED } from '../../../src/cloudtrail/operations/coverage.ts';
import { mayCreate, OPERATIONS } from '../../../src/cloudtrail/operations/operations.ts';
import { isIdOf } from '../../../src/events/resource-type.ts';
import { IDS } from '../../support/cloudtrail/samples.ts';

const test = suite('the table of operations');

// The run-time schemas of @aws-sdk/client-ec2 (version pinned in package.json; their layout is undocumented):
// operation [9, ns, name, traits, input, output], structure [3, ns, name, traits, names, members],
// list [1, ns, name, traits, member]; a member may be a pair [schema, traits], and any schema a function.
type Schema = readonly unknown[];
const open = (schema: unknown): unknown => (typeof schema === 'function' ? open(schema()) : schema);
const parts = (member: unknown): readonly [schema: unknown, traits: Readonly<Record<string, string>>] => {
  const value = open(member);
  return Array.isArray(value) && value.length === 2 ? [open(value[0]), value[1]] : [value, {}];
};
const operations = new Map(
  Object.values(ec2).flatMap((value: unknown): [string, Schema][] =>
    Array.isArray(value) && value[0] === 9 ? [[String(value[2]), value]] : [],
  ),
);
const wireNames = (schema: unknown): ReadonlyMap<string, unknown> => {
  const value = open(schema);
  if (!Array.isArray(value)) return new Map();
  if (value[0] === 1) return wireNames(parts(value[4])[0]);
  const names: readonly string[] = value[4] ?? [];
  return new Map(
    names.map((name, i) => {
      const [member, traits] = parts(value[5][i]);
      return [traits.xmlName ?? name, member];
    }),
  );
};
/** Whether the model has this path; `look` says which names count as one. */
const has = (schema: unknown, path: string, look: (name: string) => string = (name) => name): boolean => {
  let here = schema;
  for (const name of path.split('.')) {
    const found = [...wireNames(here)].find(([wire]) => look(wire) === look(name));
    if (!found) return false;
    here = found[1];
  }
  return true;
};
const firstLower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** Lists in plain requests, which CloudTrail names as no model does. Each was seen in real records. */
const CLOUDTRAIL_NAMES = ['instancesSet.instanceId', 'networkInterfaceSet.networkInterfaceId'];

const OF_EC2 = OPERATIONS.filter(({ service }) => service === 'ec2');

test('the model can be read', () => {
  assert.ok(operations.size > 800);
  assert.ok(has(operations.get('CreateVpc')?.[5], 'vpc.vpcId'));
  assert.not.ok(has(operations.get('CreateVpc')?.[5], 'vpc.nope'));
});

test('every operation is one of EC2, but for those of the EBS direct APIs, and stands there once', () => {
  for (const { operation } of OF_EC2) assert.ok(operations.has(operation), operation);
  const others = OPERATIONS.filter((row) => !OF_EC2.includes(row));
  assert.equal(
    others.map(({ operation, service, shape }) => [operation, service, shape]),
    [['StartSnapshot', 'ebs', 'plain']],
  );
  assert.is(new Set(OPERATIONS.map(({ operation }) => operation)).size, OPERATIONS.length);
});

/** Whether a path is in a request as the model or CloudTrail names it. */
const isRequested = (operation: string, path: string) =>
  CLOUDTRAIL_NAMES.includes(path) || has(operations.get(operation)?.[4], path, firstLower);

test('every path of what is made is one of the EC2 model, or a list as CloudTrail names it', () => {
  for (const { operation, creates = [] } of OF_EC2) {
    for (const { path, existing, onlyIf } of creates) {
      assert.ok(has(operations.get(operation)?.[5], path), `${operation}: ${path}`);
      if (onlyIf) assert.ok(isRequested(operation, onlyIf.path), `${operation}: ${onlyIf.path}`);
      if (existing) assert.ok(isRequested(operation, existing), `${operation}: ${existing}`);
    }
  }
});

test('every path of what is ended is one of the EC2 model, or a list as CloudTrail names it', () => {
  for (const { operation, ends = [] } of OPERATIONS) {
    const output = operations.get(operation)?.[5];
    for (const { path, in: where, where: only } of ends) {
      const isThere = where === 'request' ? isRequested(operation, path) : has(output, path);
      assert.ok(isThere, `${operation}: ${path}`);
      if (only) assert.ok(has(output, path.replace(/[^.]+$/, only.member)), `${operation}: ${only.member}`);
    }
  }
});

test('every operation makes, ends or restores something, of a type of the EC2 API with ids that can be told', () => {
  const types = new Set<string>(Object.values(ec2.ResourceType));
  for (const { operation, creates = [], ends = [], restores = [] } of OPERATIONS) {
    const rows = [...creates, ...ends, ...restores];
    assert.ok(rows.length > 0, operation);
    for (const { type } of rows) {
      assert.ok(types.has(type), type);
      assert.ok(
        IDS[type]?.every((id) => isIdOf(id, type)),
        type,
      );
    }
  }
});

test('every type that is made can be ended as well, or it is said why not', () => {
  const made = new Set(OPERATIONS.flatMap(({ creates = [] }) => creates.map(({ type }) => type)));
  const ended = new Set(OPERATIONS.flatMap(({ ends = [] }) => ends.map(({ type }) => type)));
  for (const { type } of UNENDED) {
    assert.not.ok(ended.has(type), type);
    ended.add(type);
  }
  assert.equal([...made].sort(), [...ended].sort());
});

test('no operation that takes tags for what it makes goes unnoticed', () => {
  for (const [name, schema] of operations) {
    const takesTags = [...wireNames(schema[4]).keys()].some((wire) =>
      /TagSpecification(?:s|Set)?$/i.test(wire),
    );
    if (takesTags) assert.ok(mayCreate(name), name);
  }
});

test('every name under which an operation takes tags for what it makes is read', () => {
  const names = new Set([...operations.values()].flatMap((schema) => [...wireNames(schema[4]).keys()]));
  assert.equal([...names].filter((name) => /TagSpecification/.test(name)).sort(), [
    'PoolTagSpecification',
    'TagSpecification',
    'TagSpecifications',
  ]);
});

test('reads and plain changes make nothing', () => {
  for (const name of [
    'DescribeInstances',
    'GetConsoleOutput',
    'StartInstances',
    'StopInstances',
    'Created',
    'CreateRoute',
    'CreateNetworkAclEntry',
    'RestoreSnapshotTier',
  ]) {
    assert.not.ok(mayCreate(name), name);
  }
});

test.run();
