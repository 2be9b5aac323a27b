import { ResourceType } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isIdOf, resourceTypeOf, TYPES_BY_PREFIX } from '../../src/events/resource-type.ts';

const test = suite('the type of an id');

test('every type is one of the EC2 API', () => {
  const known = new Set<string>(Object.values(ResourceType));
  for (const [prefix, type] of TYPES_BY_PREFIX) {
    assert.ok(known.has(type), `${prefix}: ${type}`);
    assert.match(prefix, /^[a-z][a-z0-9-]*-$/);
  }
});

test('every prefix gives its own type, whatever shorter prefix it begins with', () => {
  for (const [prefix, type] of TYPES_BY_PREFIX) {
    assert.is(resourceTypeOf(`${prefix}0a1b2c3d4e5f60718`), type);
    assert.is(resourceTypeOf(`${prefix}0a1b2c3d`), type);
  }
});

test('the types that people meet most are told', () => {
  for (const [id, type] of [
    ['i-0a1b2c3d4e5f60718', 'instance'],
    ['vol-0a1b2c3d', 'volume'],
    ['aki-0a1b2c3d', 'image'],
    ['nat-0a1b2c3d4e5f60718', 'natgateway'],
    ['eipalloc-0a1b2c3d', 'elastic-ip'],
    ['fl-0a1b2c3d', 'vpc-flow-log'],
    ['vpce-0a1b', 'vpc-endpoint'],
    ['vpce-svc-0a1b', 'vpc-endpoint-service'],
    ['tgw-0a1b', 'transit-gateway'],
    ['tgw-attach-0a1b', 'transit-gateway-attachment'],
    ['ipam-pool-alloc-0a1b', 'ipam-pool-allocation'],
    ['fleet-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f', 'fleet'],
    ['sfr-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f', 'spot-fleet-request'],
  ] as const) {
    assert.is(resourceTypeOf(id), type, id);
  }
});

test('what no prefix tells, and what is no id, has no type', () => {
  for (const id of [
    'r-0a1b2c3d', // a reservation bears no tags
    'eni-attach-0a1b2c3d',
    'vpc-cidr-assoc-0a1b2c3d',
    'rtbassoc-0a1b2c3d',
    'new-0a1b2c3d',
    'i-',
    'i',
    '',
    '-0a1b',
    'i-HIDDEN',
    'i-0a1b*',
    'i-****',
    'vpc-xxxxxxxx',
    'I-0A1B2C3D',
    'sg-YOUR_SECURITY_GROUP_ID',
    'i-0a1b2c3d\n',
    'HIDDEN_DUE_TO_SECURITY_REASONS',
    '__proto__',
    'constructor-0a1b',
  ]) {
    assert.is(resourceTypeOf(id), undefined, JSON.stringify(id));
  }
});

test('an id of one type is not one of another', () => {
  assert.ok(isIdOf('i-0a1b', 'instance'));
  assert.not.ok(isIdOf('vol-0a1b', 'instance'));
  assert.not.ok(isIdOf('new-0a1b', 'instance'));
});

test('a type without a known prefix takes any id that no other type claims', () => {
  assert.ok(isIdOf('new-0a1b', 'elastic-gpu'));
  assert.not.ok(isIdOf('i-0a1b', 'elastic-gpu'));
  assert.not.ok(isIdOf('HIDDEN', 'elastic-gpu'));
});

test.run();
