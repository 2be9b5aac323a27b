import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Meaning, meaningOf, type SkipCode } from '../../src/cloudtrail/meaning.ts';
import { OPERATIONS } from '../../src/cloudtrail/operations.ts';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { bodyWith, holdsSeveral, IDS, response, type Shape, sample } from './samples.ts';

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
const shapes: readonly Shape[] = ['plain', 'wrapped'];

for (const { operation, creates = [] } of OPERATIONS) {
  for (const { type, path } of creates) {
    for (const shape of shapes) {
      test(`${operation} makes one ${type} (${shape})`, () => {
        const [id] = idsOf(type);
        const responseElements = response(operation, bodyWith(path, [id], shape), shape);
        const found = meaning(operation, { responseElements });
        assert.equal(found, {
          kind: 'creation',
          cause: { source: 'cloudtrail', id: sample(operation).eventID, name: operation },
          at: '2026-03-31T23:59:00.000Z',
          who: {
            name: 'ada',
            arn: 'arn:aws:iam::111122223333:user/team/ada',
            kind: 'IAMUser',
            ip: '203.0.113.9',
          },
          resources: [
            { identity: { region: 'eu-west-1', account: '111122223333', type, id }, birthTags: [] },
          ],
        });
      });
      if (!holdsSeveral(path)) continue;
      test(`${operation} makes several of type ${type} (${shape})`, () => {
        const ids = idsOf(type);
        const responseElements = response(operation, bodyWith(path, ids, shape), shape);
        assert.equal(
          names(meaning(operation, { responseElements })),
          ids.map((id) => `${type}/${id}`),
        );
      });
    }
    test(`${operation} with an id that is masked, cut off or of another type makes nothing (${type})`, () => {
      for (const id of [
        'HIDDEN_DUE_TO_SECURITY_REASONS',
        '',
        'i-***',
        'r-0a1b2c3d',
        7,
        null,
        { content: [idsOf(type)[0]] },
      ]) {
        const responseElements = response(operation, bodyWith(path, [id as string], 'plain'), 'plain');
        assert.is(code(meaning(operation, { responseElements })), 'no-id', String(id));
      }
    });
  }
}

for (const { operation, ends = [] } of OPERATIONS) {
  for (const { type, path, in: where, where: only } of ends) {
    const [id, other] = idsOf(type);
    const beside = only ? { [only.member]: only.is } : {};
    if (where === 'response') {
      for (const shape of shapes) {
        test(`${operation} ends the ${type} that its response names (${shape})`, () => {
          const responseElements = response(operation, bodyWith(path, [id], shape, beside), shape);
          assert.equal(names(meaning(operation, { responseElements })), [`${type}/${id}`]);
        });
      }
      continue;
    }
    test(`${operation} ends one ${type} (plain)`, () => {
      const found = meaning(operation, { requestParameters: bodyWith(path, [id], 'plain') });
      assert.is(found.kind, 'ending');
      assert.equal(names(found), [`${type}/${id}`]);
    });
    test(`${operation} ends the ${type} of a wrapped request, whatever the wrapper is called`, () => {
      const upper = path.replace(/(^|\.)([a-z])/g, (_, dot, letter) => dot + letter.toUpperCase());
      for (const wrapper of [`${operation}Request`, 'DelTypeReq']) {
        const requestParameters = { [wrapper]: bodyWith(upper, [id], 'wrapped') };
        assert.equal(names(meaning(operation, { requestParameters })), [`${type}/${id}`]);
      }
    });
    if (holdsSeveral(path)) {
      test(`${operation} ends several of type ${type}`, () => {
        const requestParameters = bodyWith(path, [id, other, id], 'plain');
        assert.equal(names(meaning(operation, { requestParameters })), [`${type}/${id}`, `${type}/${other}`]);
      });
    }
    test(`${operation} without a usable id ends nothing (${type})`, () => {
      for (const requestParameters of [null, '', {}, bodyWith(path, ['HIDDEN'], 'plain')]) {
        assert.is(code(meaning(operation, { requestParameters })), 'no-id');
      }
    });
  }
}

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
    ['unsupported-operation', meaning('StartNetworkInsightsAnalysis')],
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
