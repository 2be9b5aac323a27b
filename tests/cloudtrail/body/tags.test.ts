import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Meaning, meaningOf } from '../../../src/cloudtrail/meaning.ts';
import { parseRecord } from '../../../src/cloudtrail/record.ts';
import type { Tag } from '../../../src/events/tag.ts';
import { sample } from '../../support/cloudtrail/samples.ts';

const test = suite('the tags of a record');

const meaning = (eventName: string, over: Readonly<Record<string, unknown>> = {}): Meaning =>
  meaningOf(parseRecord(sample(eventName, over)));

/** The birth tags of each resource, by type. */
const born = (found: Meaning): Readonly<Record<string, readonly Tag[]>> => {
  if (found.kind !== 'creation') throw new Error(`got ${found.kind}`);
  return Object.fromEntries(found.resources.map((r) => [r.identity.type, r.birthTags]));
};
const tag = (key: string, value: string): Tag => ({ key, value });

const OWNER = { Key: 'Owner', Value: 'ada' };

const launched = {
  instancesSet: {
    items: [{ instanceId: 'i-0a1b', networkInterfaceSet: { items: [{ networkInterfaceId: 'eni-0a1b' }] } }],
  },
};

test('a resource is born with the tags that the request has for its type', () => {
  const requestParameters = {
    tagSpecificationSet: {
      items: [
        { resourceType: 'instance', tags: [tag('Owner', 'ada'), tag('Empty', '')] },
        { resourceType: 'volume', tags: [tag('Disk', 'yes')] },
        { resourceType: 'network-interface', tags: [tag('Net', 'yes')] },
        { resourceType: 'instance', tags: { items: [tag('App', 'shop')] } },
      ],
    },
  };
  assert.equal(born(meaning('RunInstances', { requestParameters, responseElements: launched })), {
    instance: [tag('App', 'shop'), tag('Empty', ''), tag('Owner', 'ada')],
    'network-interface': [tag('Net', 'yes')],
  });
});

test('the tags of a wrapped request count as well, one or several', () => {
  const responseElements = {
    CreateNatGatewayResponse: { natGateway: { natGatewayId: 'nat-0a1b', tagSet: '' } },
  };
  const owner = { tag: 1, Key: 'Owner', Value: 'ada' };
  const app = { tag: 2, Key: 'App', Value: 'shop' };
  const request = (Tag: unknown) => ({
    CreateNatGatewayRequest: {
      SubnetId: 'subnet-0a1b',
      TagSpecification: { tag: 1, ResourceType: 'natgateway', Tag },
    },
  });
  for (const [Tag, expected] of [
    [owner, [tag('Owner', 'ada')]],
    [
      [owner, app],
      [tag('App', 'shop'), tag('Owner', 'ada')],
    ],
    [undefined, []],
    ['', []],
  ] as const) {
    const requestParameters = request(Tag);
    assert.equal(born(meaning('CreateNatGateway', { requestParameters, responseElements })), {
      natgateway: expected,
    });
  }
  const several = request(owner).CreateNatGatewayRequest;
  const requestParameters = {
    CreateNatGatewayRequest: {
      ...several,
      TagSpecification: [several.TagSpecification, { tag: 2, ResourceType: 'elastic-ip', Tag: app }],
    },
  };
  assert.equal(born(meaning('CreateNatGateway', { requestParameters, responseElements })), {
    natgateway: [tag('Owner', 'ada')],
  });
});

test('a launch template shows its tags in the response only, and the response is right', () => {
  const items = [
    { instanceId: 'i-0a1b', tagSet: { items: [tag('Owner', 'grace'), tag('FromTemplate', 'x')] } },
  ];
  const requestParameters = {
    tagSpecificationSet: {
      items: [{ resourceType: 'instance', tags: [tag('Owner', 'ada'), tag('App', 'shop')] }],
    },
  };
  const found = meaning('RunInstances', { requestParameters, responseElements: { instancesSet: { items } } });
  assert.equal(born(found), {
    instance: [tag('App', 'shop'), tag('FromTemplate', 'x'), tag('Owner', 'grace')],
  });
});

test('each resource has its own tags, not those of its neighbour', () => {
  const items = [
    { instanceId: 'i-0a1b', tagSet: { items: [tag('N', '1')] } },
    { instanceId: 'i-0a1c', tagSet: { items: [tag('N', '2')] } },
  ];
  const found = meaning('RunInstances', { responseElements: { instancesSet: { items } } });
  if (found.kind !== 'creation') throw new Error(found.kind);
  assert.equal(
    found.resources.map((r) => r.birthTags),
    [[tag('N', '1')], [tag('N', '2')]],
  );
});

test('tags of AWS are not user tags', () => {
  const tagSet = {
    items: [tag('aws:cloudformation:stack-name', 's'), tag('AWS:x', 'y'), tag('awsome', 'z')],
  };
  assert.equal(born(meaning('CreateVpc', { responseElements: { vpc: { vpcId: 'vpc-0a1b', tagSet } } })), {
    vpc: [tag('awsome', 'z')],
  });
});

test('a text that the wrapped form took for something else is a text again', () => {
  const values: readonly (readonly [unknown, string | undefined])[] = [
    ['text', 'text'],
    [true, 'true'],
    [false, 'false'],
    [7, '7'],
    [-1, '-1'],
    [1.5, '1.5'],
    [{ content: 'x' }, 'x'],
    [undefined, ''],
    [null, ''],
    ['', ''],
    ['a\ud800', 'a\ufffd'],
    [2 ** 64, undefined],
    [1e21, undefined],
    [0.1 + 0.2, undefined],
    [-0, undefined],
    [{}, undefined],
    [['x'], undefined],
  ];
  for (const [value, expected] of values) {
    const tagSet = { item: { key: 'K', value } };
    const responseElements = { CreateVpcResponse: { vpc: { vpcId: 'vpc-0a1b', tagSet } } };
    const expectedTags = expected === undefined ? [] : [tag('K', expected)];
    assert.equal(born(meaning('CreateVpc', { responseElements })), { vpc: expectedTags }, String(value));
  }
  const tagSet = { item: { key: 2026, value: 'x' } };
  assert.equal(born(meaning('CreateVpc', { responseElements: { vpc: { vpcId: 'vpc-0a1b', tagSet } } })), {
    vpc: [tag('2026', 'x')],
  });
});

/** The keys in doubt of the first resource. */
const doubts = (found: Meaning) => (found.kind === 'creation' ? found.resources[0]?.uncertain : found.kind);

test('a tag whose text the wrapped form took for something else is in doubt, also where it is lost', () => {
  const made = (...tags: readonly unknown[]) =>
    meaning('CreateVpc', {
      responseElements: { CreateVpcResponse: { vpc: { vpcId: 'vpc-0a1b', tagSet: { item: tags } } } },
    });
  assert.is(doubts(made(tag('K', 'text'), { key: 'L' }, { key: 'M', value: { content: 'x' } })), undefined);
  assert.equal(doubts(made({ key: 'K', value: true }, { key: 2026, value: 'x' }, tag('A', 'b'))), [
    '2026',
    'K',
  ]);
  assert.equal(doubts(made({ key: 'K', value: 2 ** 64 }, { key: 'L', value: {} })), ['K', 'L']);
});

test('a tag that the request has as a text is in no doubt, whatever the response took it for', () => {
  const requestParameters = {
    tagSpecificationSet: { items: [{ resourceType: 'vpc', tags: [tag('K', '007'), tag('L', 'true')] }] },
  };
  const tagSet = {
    item: [
      { key: 'K', value: 7 },
      { key: 'M', value: 1 },
    ],
  };
  const found = meaning('CreateVpc', {
    requestParameters,
    responseElements: { CreateVpcResponse: { vpc: { vpcId: 'vpc-0a1b', tagSet } } },
  });
  assert.equal(born(found), { vpc: [tag('K', '007'), tag('L', 'true'), tag('M', '1')] });
  assert.equal(doubts(found), ['M']);
});

test('the tags of a request are found under each of the names that operations have for them', () => {
  const specification = (type: string) => ({ tag: 1, ResourceType: type, Tag: { tag: 1, ...OWNER } });
  const cases: readonly (readonly [string, object, object, string])[] = [
    [
      'CreateTransitGatewayVpcAttachment',
      {
        CreateTransitGatewayVpcAttachmentRequest: {
          TagSpecifications: specification('transit-gateway-attachment'),
        },
      },
      { transitGatewayVpcAttachment: { transitGatewayAttachmentId: 'tgw-attach-0a1b' } },
      'transit-gateway-attachment',
    ],
    [
      'ProvisionByoipCidr',
      { ProvisionByoipCidrRequest: { PoolTagSpecification: specification('ipv4pool-ec2') } },
      { byoipCidr: { poolId: 'ipv4pool-ec2-0a1b' } },
      'ipv4pool-ec2',
    ],
    [
      'RequestSpotFleet',
      {
        RequestSpotFleetRequest: {
          SpotFleetRequestConfig: { TagSpecification: specification('spot-fleet-request') },
        },
      },
      { spotFleetRequestId: 'sfr-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f0' },
      'spot-fleet-request',
    ],
  ];
  for (const [name, requestParameters, body, type] of cases) {
    const found = meaning(name, { requestParameters, responseElements: { [`${name}Response`]: body } });
    assert.equal(born(found), { [type]: [tag('Owner', 'ada')] }, name);
  }
});

test('__proto__ is a key like any other', () => {
  const tags = JSON.parse('[{"key":"__proto__","value":"x"}]') as unknown;
  const responseElements = { volumeId: 'vol-0a1b', tagSet: { items: tags } };
  assert.equal(born(meaning('CreateVolume', { responseElements })), { volume: [tag('__proto__', 'x')] });
});

const items = (...ids: readonly string[]) => ({ items: ids.map((resourceId) => ({ resourceId })) });
const change = (eventName: string, resourcesSet: unknown, tagSet: unknown) => {
  const found = meaning(eventName, { requestParameters: { resourcesSet, tagSet } });
  if (found.kind !== 'tag-change') throw new Error(found.kind === 'nothing' ? found.code : found.kind);
  return found;
};

test('CreateTags sets its tags on its resources', () => {
  assert.equal(
    change('CreateTags', items('i-0a1b', 'nat-0a1b'), { items: [tag('Owner', 'ada'), tag('App', '')] }),
    {
      kind: 'tag-change',
      cause: { source: 'cloudtrail', id: sample('').eventID, name: 'CreateTags' },
      at: '2026-03-31T23:59:00.000Z',
      who: {
        name: 'ada',
        arn: 'arn:aws:iam::111122223333:user/team/ada',
        kind: 'IAMUser',
        ip: '203.0.113.9',
      },
      resources: [
        { region: 'eu-west-1', account: '111122223333', type: 'instance', id: 'i-0a1b' },
        { region: 'eu-west-1', account: '111122223333', type: 'natgateway', id: 'nat-0a1b' },
      ],
      set: [tag('App', ''), tag('Owner', 'ada')],
      removed: [],
    },
  );
});

test('ids of an unknown prefix are left out, and each id counts once', () => {
  const found = change('CreateTags', items('new-0a1b', 'i-0a1b', 'HIDDEN', 'i-0a1b'), {
    items: [tag('A', 'b')],
  });
  assert.equal(
    found.resources.map((r) => r.id),
    ['i-0a1b'],
  );
});

test('DeleteTags removes the keys that it names without a value, whatever they had', () => {
  const found = change('DeleteTags', items('i-0a1b'), {
    items: [{ key: 'Owner' }, { key: 'App', value: null }, { key: 'Owner' }],
  });
  assert.equal([found.set, found.removed, found.removedIf], [[], ['App', 'Owner'], undefined]);
});

test('DeleteTags removes a key that it names with a value, also the empty one, only where it has this value', () => {
  const found = change('DeleteTags', items('i-0a1b'), {
    items: [
      { key: 'Owner' },
      tag('App', 'shop'),
      tag('Empty', ''),
      tag('App', 'cart'),
      tag('App', 'shop'),
      tag('Owner', 'ada'),
    ],
  });
  assert.equal(
    [found.set, found.removed, found.removedIf],
    [[], ['Owner'], [tag('App', 'cart'), tag('App', 'shop'), tag('Empty', '')]],
  );
});

test('DeleteTags with a value that is no text, and may have been another one, says nothing of what is gone', () => {
  const found = change('DeleteTags', items('i-0a1b'), {
    items: [
      { key: 'Owner' },
      { key: 'App', value: true },
      { key: 'Size', value: 7 },
      { key: 'X', value: {} },
    ],
  });
  assert.equal([found.removed, found.removedIf], [['Owner'], undefined]);
  const requestParameters = {
    resourcesSet: items('i-0a1b'),
    tagSet: { items: [{ key: 'App', value: true }] },
  };
  const alone = meaning('DeleteTags', { requestParameters });
  assert.is(alone.kind === 'nothing' && alone.code, 'no-tags');
});

test('CreateTags says which of its values are in doubt', () => {
  const found = change('CreateTags', items('i-0a1b'), {
    items: [tag('Owner', 'ada'), { key: 'Size', value: 7 }, { key: 'Lost', value: 2 ** 64 }],
  });
  assert.equal(
    [found.set, found.uncertain],
    [
      [tag('Owner', 'ada'), tag('Size', '7')],
      ['Lost', 'Size'],
    ],
  );
});

test('DeleteTags without tags removes all', () => {
  for (const tagSet of [undefined, null, '', {}, { items: [] }]) {
    assert.is(change('DeleteTags', items('i-0a1b'), tagSet).removed, 'all');
  }
});

test('DeleteTags whose tags cannot be read is never taken for all', () => {
  for (const tagSet of [
    'HIDDEN',
    { items: ['x'] },
    { items: [{ key: 'aws:x' }] },
    { items: [{ value: 'x' }] },
  ]) {
    const found = meaning('DeleteTags', { requestParameters: { resourcesSet: items('i-0a1b'), tagSet } });
    assert.is(found.kind === 'nothing' && found.code, 'no-tags');
  }
});

test('a tagging call that names no resource or no tag means nothing', () => {
  const skip = (eventName: string, requestParameters: unknown) => {
    const found = meaning(eventName, { requestParameters });
    return found.kind === 'nothing' && found.code;
  };
  for (const name of ['CreateTags', 'DeleteTags']) {
    assert.is(skip(name, null), 'no-id');
    assert.is(skip(name, { tagSet: { items: [tag('A', 'b')] } }), 'no-id');
    assert.is(skip(name, { resourcesSet: items('new-0a1b'), tagSet: { items: [tag('A', 'b')] } }), 'no-id');
  }
  assert.is(skip('CreateTags', { resourcesSet: items('i-0a1b'), tagSet: {} }), 'no-tags');
  const aws = { items: [tag('aws:x', 'b')] };
  assert.is(skip('CreateTags', { resourcesSet: items('i-0a1b'), tagSet: aws }), 'no-tags');
});

test('a failed tagging call means nothing', () => {
  const requestParameters = { resourcesSet: items('i-0a1b'), tagSet: { items: [tag('A', 'b')] } };
  assert.is(meaning('CreateTags', { requestParameters, errorCode: 'Client.InvalidID' }).kind, 'nothing');
});

test.run();
