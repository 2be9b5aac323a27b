import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Meaning, meaningOf, type SkipCode } from '../../src/cloudtrail/meaning.ts';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { IDS, response, sample } from '../support/cloudtrail/samples.ts';

const test = suite('what a record means');

const meaning = (eventName: string, over: Readonly<Record<string, unknown>> = {}): Meaning =>
  meaningOf(parseRecord(sample(eventName, over)));
const code = (found: Meaning): SkipCode | string => (found.kind === 'nothing' ? found.code : found.kind);
/** `type/id` of all that was made or ended. */
const names = (found: Meaning): readonly string[] => {
  if (found.kind === 'nothing') throw new Error(`nothing: ${found.reason}`);
  const identities = found.kind === 'creation' ? found.resources.map((r) => r.identity) : found.resources;
  return identities.map(({ type, id }) => `${type}/${id}`);
};
const idsOf = (type: string): readonly [string, string] => IDS[type] ?? ['', ''];

test('a wrapped request list of numbered texts is read, one or several', () => {
  const flowLogs = (FlowLogId: unknown) => ({ requestParameters: { DeleteFlowLogsRequest: { FlowLogId } } });
  const [one, two] = idsOf('vpc-flow-log');
  assert.equal(names(meaning('DeleteFlowLogs', flowLogs({ tag: 1, content: one }))), [`vpc-flow-log/${one}`]);
  assert.equal(
    names(
      meaning(
        'DeleteFlowLogs',
        flowLogs([
          { tag: 1, content: one },
          { tag: 2, content: two },
        ]),
      ),
    ),
    [`vpc-flow-log/${one}`, `vpc-flow-log/${two}`],
  );
});

/** As the EBS direct APIs are logged (Amazon EBS user guide, "Log EBS direct APIs calls"). */
const STARTED = {
  requestParameters: { volumeSize: 8, clientToken: 'token', tags: [{ key: 'Owner', value: 'ada' }] },
  responseElements: {
    snapshotId: 'snap-0a1b2c3d4e5f60718',
    ownerId: '111122223333',
    status: 'pending',
    volumeSize: 8,
  },
};

test('StartSnapshot of the EBS direct APIs creates a snapshot of EC2, with the tags of its request', () => {
  const found = meaning('StartSnapshot', STARTED);
  assert.equal(names(found), ['snapshot/snap-0a1b2c3d4e5f60718']);
  assert.equal(found.kind === 'creation' && found.resources[0], {
    identity: {
      region: 'eu-west-1',
      account: '111122223333',
      type: 'snapshot',
      id: 'snap-0a1b2c3d4e5f60718',
    },
    birthTags: [{ key: 'Owner', value: 'ada' }],
  });
  assert.is(found.kind === 'creation' && found.who.name, 'ada');
});

test('an operation counts only as its own service’s, and the other calls of the EBS direct APIs change nothing', () => {
  assert.is(code(meaning('StartSnapshot', { ...STARTED, eventSource: 'fsx.amazonaws.com' })), 'not-ec2');
  assert.is(code(meaning('RunInstances', { eventSource: 'ebs.amazonaws.com' })), 'not-ec2');
  for (const name of ['CompleteSnapshot', 'PutSnapshotBlock'])
    assert.is(code(meaning(name, { ...STARTED, eventSource: 'ebs.amazonaws.com' })), 'not-ec2');
  assert.is(code(meaning('StartSnapshot', { ...STARTED, errorCode: 'ValidationException' })), 'failed-call');
});

test('what copied tags to a new resource is known, and what copies none', () => {
  const isUnseen = (eventName: string, requestParameters: object | null, responseElements: object) => {
    const found = meaning(eventName, { requestParameters, responseElements });
    return found.kind === 'creation' && found.resources.map(({ unseenTags }) => unseenTags ?? false);
  };
  const image = { imageId: 'ami-0a1b2c3d4e5f60718' };
  for (const copyImageTags of [true, 'true'])
    assert.equal(isUnseen('CopyImage', { copyImageTags }, image), [true]);
  for (const copyImageTags of [false, undefined])
    assert.equal(isUnseen('CopyImage', { copyImageTags }, image), [false]);
  assert.equal(isUnseen('CopyImage', null, image), [false]);
  const restored = response('CreateRestoreImageTask', image, 'wrapped');
  assert.equal(
    isUnseen('CreateRestoreImageTask', { CreateRestoreImageTaskRequest: { Bucket: 'b' } }, restored),
    [true],
  );
  const snapshot = { snapshotId: 'snap-0a1b2c3d4e5f60718' };
  assert.equal(isUnseen('CopySnapshot', { sourceSnapshotId: 'snap-0' }, snapshot), [false]);
  const snapshots = response('CreateSnapshots', { snapshotSet: { item: snapshot } }, 'wrapped');
  const from = (CopyTagsFromSource?: string) => ({
    CreateSnapshotsRequest: { CopyTagsFromSource, Description: 'x' },
  });
  assert.equal(isUnseen('CreateSnapshots', from('volume'), snapshots), [true]);
  assert.equal(isUnseen('CreateSnapshots', from(), snapshots), [false]);
});

test('what a deletion names as unsuccessful is not ended', () => {
  const [one, two] = idsOf('vpc-endpoint');
  const requestParameters = {
    DeleteVpcEndpointsRequest: { VpcEndpointId: [{ content: one }, { content: two }] },
  };
  const unsuccessful = { item: { resourceId: two, error: { code: 'InvalidVpcEndpointId.NotFound' } } };
  const responseElements = response('DeleteVpcEndpoints', { unsuccessful }, 'wrapped');
  assert.equal(names(meaning('DeleteVpcEndpoints', { requestParameters, responseElements })), [
    `vpc-endpoint/${one}`,
  ]);
});

test('deregistering an image ends the snapshots that went with it, and not those that stayed', () => {
  const [gone, kept] = idsOf('snapshot');
  const [image] = idsOf('image');
  const responseElements = {
    deleteSnapshotResultSet: {
      items: [
        { snapshotId: gone, returnCode: 'success' },
        { snapshotId: kept, returnCode: 'skipped' },
      ],
    },
  };
  const requestParameters = { imageId: image, deleteAssociatedSnapshots: true };
  assert.equal(names(meaning('DeregisterImage', { requestParameters, responseElements })), [
    `image/${image}`,
    `snapshot/${gone}`,
  ]);
});

test('a plain request with a single object is not taken for a wrapper', () => {
  const [id] = idsOf('instance');
  const requestParameters = { instancesSet: { items: [{ instanceId: id }] } };
  assert.equal(names(meaning('TerminateInstances', { requestParameters })), [`instance/${id}`]);
});

const launch = (interfaces: readonly string[], existing: readonly string[] = []) => {
  const [instanceId] = idsOf('instance');
  const networkInterfaceSet = { items: interfaces.map((networkInterfaceId) => ({ networkInterfaceId })) };
  return meaning('RunInstances', {
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0a1b', minCount: 1, maxCount: 1 }] },
      networkInterfaceSet: { items: existing.map((networkInterfaceId) => ({ networkInterfaceId })) },
    },
    responseElements: { instancesSet: { items: [{ instanceId, networkInterfaceSet, tagSet: {} }] } },
  });
};

test('a launch makes the network interfaces that it shows', () => {
  assert.equal(names(launch(['eni-0a', 'eni-0b'])), [
    `instance/${idsOf('instance')[0]}`,
    'network-interface/eni-0a',
    'network-interface/eni-0b',
  ]);
});

test('a launch does not make the network interfaces that it was given', () => {
  assert.equal(names(launch(['eni-0a', 'eni-0b'], ['eni-0a'])), [
    `instance/${idsOf('instance')[0]}`,
    'network-interface/eni-0b',
  ]);
});

test('a masked id does not take the others with it', () => {
  assert.equal(names(launch(['HIDDEN', 'eni-0b'])), [
    `instance/${idsOf('instance')[0]}`,
    'network-interface/eni-0b',
  ]);
});

test('a failed call means nothing', () => {
  for (const errorCode of ['Client.UnauthorizedOperation', 'Server.InternalError', 'x']) {
    const found = meaning('CreateVpc', { errorCode, responseElements: { vpc: { vpcId: idsOf('vpc')[0] } } });
    assert.equal(found, {
      kind: 'nothing',
      reason: `the call failed with ${errorCode}`,
      code: 'failed-call',
    });
  }
});

test('a dry run means nothing', () => {
  const errorCode = 'Client.DryRunOperation';
  assert.equal(meaning('CreateVpc', { errorCode, responseElements: { vpc: { vpcId: 'vpc-0a1b' } } }), {
    kind: 'nothing',
    reason: 'a dry run changes nothing',
    code: 'dry-run',
  });
});

test('every other record says why it means nothing', () => {
  const made = { responseElements: { vpc: { vpcId: 'vpc-0a1b' } } };
  const skips: readonly (readonly [SkipCode, Meaning])[] = [
    ['not-ec2', meaning('CreateVpc', { ...made, eventSource: 's3.amazonaws.com' })],
    ['not-a-change', meaning('DescribeInstances')],
    ['not-a-change', meaning('StopInstances')],
    ['not-a-change', meaning('DeleteRoute')],
    ['not-a-change', meaning('toString')],
    ['unsupported-operation', meaning('CreateSomethingNew', made)],
    ['not-a-change', meaning('CreateRoute')],
    ['no-id', meaning('StartNetworkInsightsAnalysis')],
    ['no-account', meaning('CreateVpc', { ...made, recipientAccountId: '12', userIdentity: null })],
    ['no-region', meaning('CreateVpc', { ...made, awsRegion: 'nowhere' })],
    ['no-id', meaning('CreateVpc', { responseElements: null })],
    ['no-id', meaning('CreateVpc', { responseElements: '' })],
    ['no-id', meaning('CreateVpc', { responseElements: { CreateVpcResponse: '' } })],
  ];
  for (const [expected, found] of skips) {
    assert.is(code(found), expected);
    if (found.kind === 'nothing') assert.match(found.reason, /^\S.{5,80}$/);
  }
});

test('an operation that takes tags, and whose answer does not name what it makes, is told as such', () => {
  const found = meaning('CreateInterruptibleCapacityReservationAllocation', {
    responseElements: { sourceCapacityReservationId: 'cr-0a1b' },
  });
  assert.is(code(found), 'unsupported-operation');
});

test('a Spot launch makes its request, and a launch for a request that was there before does not', () => {
  const responseElements = {
    instancesSet: { items: [{ instanceId: 'i-0a1b', spotInstanceRequestId: 'sir-0a1b2c3d' }] },
  };
  const requestParameters = { instanceMarketOptions: { marketType: 'spot' } };
  assert.equal(names(meaning('RunInstances', { requestParameters, responseElements })), [
    'instance/i-0a1b',
    'spot-instances-request/sir-0a1b2c3d',
  ]);
  assert.equal(names(meaning('RunInstances', { responseElements })), ['instance/i-0a1b']);
});

test('a resource that two members name is made once', () => {
  const options = {
    associationDefaultRouteTableId: 'tgw-rtb-0a1b',
    propagationDefaultRouteTableId: 'tgw-rtb-0a1b',
  };
  const transitGateway = { transitGatewayId: 'tgw-0a1b', options };
  const responseElements = { CreateTransitGatewayResponse: { transitGateway } };
  assert.equal(names(meaning('CreateTransitGateway', { responseElements })), [
    'transit-gateway/tgw-0a1b',
    'transit-gateway-route-table/tgw-rtb-0a1b',
  ]);
});

test('an endpoint makes its network interfaces, which do not bear its tags', () => {
  const vpcEndpoint = {
    vpcEndpointId: 'vpce-0a1b',
    networkInterfaceIdSet: { item: ['eni-0a', 'eni-0b'] },
    tagSet: { item: { key: 'Owner', value: 'ada' } },
  };
  const found = meaning('CreateVpcEndpoint', {
    responseElements: { CreateVpcEndpointResponse: { vpcEndpoint } },
  });
  assert.equal(names(found), [
    'vpc-endpoint/vpce-0a1b',
    'network-interface/eni-0a',
    'network-interface/eni-0b',
  ]);
  assert.equal(
    found.kind === 'creation' && found.resources.map(({ birthTags }) => birthTags.length),
    [1, 0, 0],
  );
});

test('a fleet that is not deleted is not ended, whatever the request says', () => {
  const requestParameters = { DeleteFleetsRequest: { FleetId: [{ content: idsOf('fleet')[0] }] } };
  const [gone, stays] = idsOf('fleet');
  const item = (fleetId: string) => ({ item: { fleetId } });
  const responseElements = {
    DeleteFleetsResponse: {
      successfulFleetDeletionSet: item(gone),
      unsuccessfulFleetDeletionSet: item(stays),
    },
  };
  assert.equal(names(meaning('DeleteFleets', { requestParameters, responseElements })), [`fleet/${gone}`]);
});

test('the account is the recipient, else the caller', () => {
  const account = (over: Readonly<Record<string, unknown>>) => {
    const found = meaning('CreateVpc', { responseElements: { vpc: { vpcId: 'vpc-0a1b' } }, ...over });
    return found.kind === 'creation' ? found.resources[0]?.identity.account : undefined;
  };
  assert.is(account({ recipientAccountId: '444455556666' }), '444455556666');
  assert.is(account({ recipientAccountId: null }), '111122223333');
  assert.is(account({ recipientAccountId: 12345678901 }), '012345678901', 'a lost leading zero comes back');
  assert.is(account({ recipientAccountId: 1.5, userIdentity: {} }), undefined);
});

for (const missing of ['eventID', 'eventTime', 'awsRegion']) {
  test(`a creation without its ${missing} is skipped, for no fact could be written of it`, () => {
    const record = parseRecord({ ...sample('CreateVpc'), [missing]: undefined });
    assert.equal(meaningOf(record), {
      kind: 'nothing',
      code: 'incomplete',
      reason: `the record has no ${missing}`,
    });
  });
}

test.run();
