import { type DescribeInstancesCommand, EC2ServiceException, type Instance } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import type { TagRequested } from '../../src/events/tag-event.ts';
import { request } from '../../src/intake/intake.ts';
import type { InstancesOf } from '../../src/intake/recover-launch.ts';
import type { Ec2 } from '../../src/tagging/ec2/call.ts';
import { describeLaunch } from '../../src/tagging/ec2/describe-launch.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { rejectionOf } from '../support/async.ts';
import { launch } from '../support/cloudtrail/trail.ts';
import { remembering, tickingClock, typesByResource } from '../support/doubles.ts';
import { streamOf, tags } from '../support/events.ts';

const test = suite('a launch that CloudTrail left out');

const CUT = { omitted: true };
const TOKEN = { clientToken: 'token-1', instancesSet: { items: [{ imageId: 'ami-0a1b' }] } };
const RESERVATION = { ...CUT, reservationId: 'r-0a1b' };
const cut = (over: object = {}) =>
  launch([], { eventID: 'cut-1', requestParameters: TOKEN, responseElements: RESERVATION, ...over });

const fault = (name: string, httpStatusCode = 400) =>
  new EC2ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

interface World {
  readonly instances?: readonly Instance[];
  readonly owner?: string;
  readonly fails?: Error;
  /** How many instances EC2 gives in one page. */
  readonly page?: number;
}

/** The handler over an empty ledger, and an EC2 that answers for these instances. */
const setUp = ({ instances = [], owner = '111122223333', fails, page = 1_000 }: World = {}) => {
  const asked: object[] = [];
  const ec2 = (account: string, region: string) => {
    const send = async ({ input }: DescribeInstancesCommand) => {
      asked.push({ account, region, ...input });
      if (fails) throw fails;
      const from = Number(input.NextToken ?? 0);
      const rest = instances.length > from + page;
      return {
        Reservations: [{ OwnerId: owner, Instances: instances.slice(from, from + page) }],
        ...(rest && { NextToken: String(from + page) }),
      };
    };
    return { send } as unknown as Ec2;
  };
  const instancesOf: InstancesOf = (account, region, hints) =>
    describeLaunch(ec2(account, region), account, hints);
  const store = memoryStore();
  const { telemetry, errors } = remembering();
  const ledger = {
    store,
    eventFormat: 1 as const,
    now: tickingClock('2026-04-01T12:00:00.000Z'),
    wait: async () => undefined,
  };
  const rules = parseTagRules('{"Owner":"{who.name}"}');
  const handle = request({ ledger, rules, telemetry, instancesOf });
  return {
    asked,
    store,
    errors,
    run: (input: unknown) => handle(input, 'invocation 1'),
    first: async (arn: string) => (await store.read(arn as ResourceArn))[0]?.event as TagRequested,
  };
};

const attached = (id: string, at: string, DeleteOnTermination = true) => ({
  NetworkInterfaceId: id,
  Attachment: { AttachTime: new Date(at), DeleteOnTermination },
});
const AT_LAUNCH = '2026-03-31T23:59:02Z';
const WEB: Instance = {
  InstanceId: 'i-0abc',
  Tags: [
    { Key: 'Name', Value: 'web' },
    { Key: 'aws:ec2:fleet-id', Value: 'fleet-1' },
  ],
  NetworkInterfaces: [attached('eni-0abc', AT_LAUNCH)],
};

test('EC2 is asked by the reservation, and what it tells is the creation that the record would have been', async () => {
  const { run, asked, first, store } = setUp({ instances: [WEB, { InstanceId: 'i-0def' }] });
  const results = await run(cut());
  assert.equal(asked, [
    {
      account: '111122223333',
      region: 'eu-west-1',
      Filters: [{ Name: 'reservation-id', Values: ['r-0a1b'] }],
      MaxResults: 1_000,
    },
  ]);
  assert.equal(
    results.map(({ outcome, event, cause }) => [outcome, event, cause]),
    Array(3).fill(['appended', 'TagRequested', 'cut-1']),
  );
  const { tags: wanted, birth, who, cause, effectiveAt } = await first(streamOf('i-0abc'));
  assert.equal([wanted, birth], [tags('Owner=ada'), { tags: tags('Name=web') }]);
  assert.equal([who.name, cause.name, effectiveAt], ['ada', 'RunInstances', '2026-03-31T23:59:00.000Z']);
  assert.equal(Object.keys(await typesByResource(store)).sort(), ['eni-0abc', 'i-0abc', 'i-0def']);
});

test('EC2 is asked by the client token where there is no reservation', async () => {
  const { run, asked } = setUp({ instances: [WEB] });
  await run(cut({ responseElements: CUT }));
  assert.equal((asked[0] as { Filters: object[] }).Filters, [{ Name: 'client-token', Values: ['token-1'] }]);
});

test('a client token that looks like a pattern asks for its own launch, and not for every instance', async () => {
  const { run, asked } = setUp();
  await run(cut({ requestParameters: { ...TOKEN, clientToken: 'a*?\\' }, responseElements: CUT }));
  assert.equal((asked[0] as { Filters: object[] }).Filters, [
    { Name: 'client-token', Values: ['a\\*\\?\\\\'] },
  ]);
});

test('all pages of the answer are read', async () => {
  const instances = ['i-01', 'i-02', 'i-03'].map((InstanceId) => ({ InstanceId }));
  const { run, asked, store } = setUp({ instances, page: 2 });
  await run(cut());
  assert.is(asked.length, 2);
  assert.equal(Object.keys(await typesByResource(store)).sort(), ['i-01', 'i-02', 'i-03']);
});

test('a network interface that the request names, or that was attached later, is none of the launch’s', async () => {
  const NetworkInterfaces = [
    attached('eni-01', AT_LAUNCH, false),
    attached('eni-02', AT_LAUNCH, false),
    attached('eni-03', '2026-04-01T00:30:00Z'),
  ];
  const { run, store } = setUp({ instances: [{ InstanceId: 'i-0abc', NetworkInterfaces }] });
  const requestParameters = {
    ...TOKEN,
    networkInterfaceSet: { items: [{ networkInterfaceId: 'eni-02' }] },
  };
  await run(cut({ requestParameters }));
  assert.equal(Object.keys(await typesByResource(store)).sort(), ['eni-01', 'i-0abc']);
});

test('where the request is lost, the network interfaces that end with their instance are new', async () => {
  const NetworkInterfaces = [attached('eni-01', AT_LAUNCH), attached('eni-02', AT_LAUNCH, false)];
  const { run, store } = setUp({ instances: [{ InstanceId: 'i-0abc', NetworkInterfaces }] });
  await run(cut({ requestParameters: CUT }));
  assert.equal(Object.keys(await typesByResource(store)).sort(), ['eni-01', 'i-0abc']);
});

test('a record that says of itself that something is left out is made whole as well', async () => {
  const { run, store } = setUp({ instances: [WEB] });
  await run(cut({ responseElements: { reservationId: 'r-0a1b' }, ...CUT }));
  assert.equal(Object.keys(await typesByResource(store)).sort(), ['eni-0abc', 'i-0abc']);
});

test('the same record again adds nothing', async () => {
  const { run } = setUp({ instances: [WEB] });
  await run(cut());
  assert.equal(
    (await run([cut()])).map(({ outcome }) => outcome),
    ['already-there', 'already-there'],
  );
});

for (const [what, world] of [
  ['knows none of its instances', {}],
  ['shows another account’s instances only', { instances: [WEB], owner: '444455556666' }],
  ['may not be asked', { fails: fault('UnauthorizedOperation', 403) }],
  ['does not take the question', { fails: fault('InvalidParameterValue') }],
] as const) {
  test(`where EC2 ${what}, the launch is a gap`, async () => {
    const { run, store, errors } = setUp(world);
    const results = await run([cut(), launch(['i-0def'])]);
    assert.equal(
      results.map(({ outcome, event }) => [outcome, event]),
      [
        ['appended', 'GapFound'],
        ['appended', 'TagRequested'],
      ],
    );
    assert.equal(await typesByResource(store), { 'cut-1': ['GapFound'], 'i-0def': ['TagRequested'] });
    assert.is(errors().length, 'fails' in world ? 1 : 0);
  });
}

for (const name of ['RequestLimitExceeded', 'InternalError', 'SomethingNew']) {
  test(`when EC2 fails with ${name} the call rejects and records nothing, so that it comes again`, async () => {
    const error = fault(name);
    const { run, store } = setUp({ fails: error });
    assert.is(await rejectionOf(run([launch(['i-0def']), cut()])), error);
    assert.equal(await typesByResource(store), {});
  });
}

test('EC2 is asked for nothing else: other calls, failed ones, whole ones, those without a hint', async () => {
  const { run, asked } = setUp({ instances: [WEB] });
  await run([
    launch(['i-0def']),
    cut({ errorCode: 'Client.Nope' }),
    cut({ eventName: 'TerminateInstances', eventID: 'cut-2' }),
    cut({ requestParameters: null, responseElements: CUT, eventID: 'cut-3' }),
  ]);
  assert.equal(asked, []);
});

test.run();
