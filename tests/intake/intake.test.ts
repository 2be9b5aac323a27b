import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { EventTooLargeError } from '../../src/events/event-store.ts';
import { currentTags, fold } from '../../src/events/resource.ts';
import type { TagEvent, TagRequested } from '../../src/events/tag-event.ts';
import { type RequestDeps, request } from '../../src/intake/intake.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { rejectionOf } from '../support/async.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { envelope, launch, sessionOf, tagging, termination, untagging } from '../support/cloudtrail/trail.ts';
import { GONE, remembering, tickingClock, typesByResource, watched } from '../support/doubles.ts';
import { streamOf, tags } from '../support/events.ts';

const test = suite('request');

const TAGGER_ROLE_ARN = 'arn:aws:iam::111122223333:role/service/tagledger-apply';
const HOME = { account: '111122223333', region: 'eu-west-1' };

/** The handler over an empty ledger. */
const setUp = (
  rules = '{"Owner":"{who.name}"}',
  context: Partial<Pick<RequestDeps, 'home' | 'taggerRoleArn' | 'recordAll'>> = {
    home: HOME,
    taggerRoleArn: TAGGER_ROLE_ARN,
  },
) => {
  const store = watched(memoryStore());
  const { telemetry, counts } = remembering();
  const ledger = {
    store,
    eventFormat: 1 as const,
    now: tickingClock('2026-04-01T12:00:00.000Z'),
    wait: async () => undefined,
  };
  const run = request({ ledger, rules: parseTagRules(rules), telemetry, ...context });
  const eventsOf = async (id: string) => (await store.read(streamOf(id))).map(({ event }) => event);
  return {
    store,
    counts,
    run: (input: unknown, invocationId = 'invocation 1') => run(input, invocationId),
    eventsOf,
    tagsAskedFor: async (id: string) => ((await eventsOf(id))[0] as TagRequested).tags,
    only: async (id: string): Promise<TagEvent> => {
      const events = await eventsOf(id);
      assert.is(events.length, 1);
      return events[0] as TagEvent;
    },
  };
};

/** What a wrong input is refused with: one sentence on what was got, what was expected and what to do. */
const refusalOf = async (input: unknown, world = setUp()): Promise<string> => {
  const error = await rejectionOf(world.run(input));
  assert.instance(error, InvalidInputError);
  assert.is(world.store.calls.append, 0);
  return (error as Error).message;
};

test('a direct call by id means the account and Region of the function', async () => {
  const { run, only } = setUp();
  const call = { resourceId: 'i-0abc', user: 'ana' };
  assert.equal(await run(call), [
    {
      input: 0,
      outcome: 'appended',
      cause: 'invocation 1',
      resource: streamOf('i-0abc'),
      event: 'TagRequested',
      seq: 1,
    },
  ]);
  const event = (await only('i-0abc')) as TagRequested;
  assert.equal(event.tags, tags('Owner=ana'));
  assert.equal(event.who, { name: 'ana', kind: 'Direct' });
  assert.equal(event.cause, { source: 'direct', id: 'invocation 1' });
  assert.is(event.effectiveAt.slice(0, 16), '2026-04-01T12:00');
});

test('a direct call by ARN means the account and Region in it', async () => {
  const { run, store } = setUp();
  const arn = 'arn:aws:ec2:us-east-1:444455556666:volume/vol-0abc';
  const [result] = await run({ resourceId: arn, user: 'ana', requestId: 'mine' });
  assert.equal([result?.resource, result?.cause], [arn, 'mine']);
  assert.is((await store.read(arn as Parameters<typeof store.read>[0])).length, 1);
});

test('the tags of a direct call beat the rules, and come beside them', async () => {
  const { run, tagsAskedFor } = setUp('{"Owner":"{who.name}","Team":"core"}');
  await run({ resourceId: 'i-0abc', user: 'ana', tags: { Owner: 'bea', App: 'shop' } });
  assert.equal(await tagsAskedFor('i-0abc'), tags('App=shop Owner=bea Team=core'));
});

test('a direct call with tags needs no rule for its type', async () => {
  const { run, only } = setUp('{"Owner":{"value":"x","include":["volume"]}}');
  const [skipped] = await run({ resourceId: 'i-0abc', user: 'ana' });
  assert.equal([skipped?.outcome, skipped?.why], ['skipped', 'no-rule']);
  await run({ resourceId: 'i-0abc', user: 'ana', tags: { App: 'shop' } });
  const event = (await only('i-0abc')) as TagRequested;
  assert.equal([event.tags, event.rules], [tags('App=shop'), undefined]);
});

test('a direct call is known again by its own id, else by that of the invocation', async () => {
  const { run, only } = setUp();
  const outcomes = async (input: unknown, invocation: string) =>
    (await run(input, invocation)).map(({ outcome }) => outcome);
  const call = { resourceId: 'i-0abc', user: 'ana' };
  assert.equal(await outcomes(call, 'one'), ['appended']);
  assert.equal(await outcomes(call, 'one'), ['already-there']);
  assert.equal(await outcomes({ ...call, requestId: 'one' }, 'two'), ['already-there']);
  await only('i-0abc');
});

test('the direct calls of one array are told apart', async () => {
  const { run } = setUp();
  const calls = ['bea', 'cleo'].map((Owner) => ({ resourceId: 'i-0abc', user: 'ana', tags: { Owner } }));
  const results = await run(calls);
  assert.equal(
    results.map(({ outcome, seq, cause }) => [outcome, seq, cause]),
    [
      ['appended', 1, 'invocation 1/0'],
      ['appended', 2, 'invocation 1/1'],
    ],
  );
  const again = await run(calls);
  assert.equal(
    again.map(({ outcome }) => outcome),
    ['already-there', 'already-there'],
  );
});

test('a record and the same record in EventBridge’s envelope are one event', async () => {
  const { run, only } = setUp();
  const record = launch(['i-0abc']);
  const [first] = await run(record);
  assert.equal([first?.outcome, first?.event, first?.name], ['appended', 'TagRequested', 'RunInstances']);
  assert.equal(
    (await run(envelope(record))).map(({ outcome }) => outcome),
    ['already-there'],
  );
  const { who, effectiveAt, ...event } = (await only('i-0abc')) as TagRequested;
  assert.equal([who.name, effectiveAt, event.tags], ['ada', '2026-03-31T23:59:00.000Z', tags('Owner=ada')]);
});

test('an event that comes again after others is recognised', async () => {
  const { run, eventsOf } = setUp();
  const record = launch(['i-0abc']);
  await run([record, tagging('i-0abc', { Owner: 'bob' }), termination(['i-0abc'])]);
  assert.equal(
    (await run(record, 'invocation 2')).map(({ outcome }) => outcome),
    ['already-there'],
  );
  assert.is((await eventsOf('i-0abc')).length, 3);
});

test('one creation of many instances is one event for each, and one write each', async () => {
  const { run, store, counts } = setUp();
  const ids = Array.from({ length: 60 }, (_, n) => `i-${String(n).padStart(8, '0')}`);
  const results = await run(launch(ids));
  assert.equal(
    results.map(({ resource, outcome, seq }) => [resource, outcome, seq]),
    ids.map((id) => [streamOf(id), 'appended', 1]),
  );
  assert.equal([store.calls.append, store.calls.read, store.calls.find], [60, [], []]);
  assert.is(counts.EventsAppended, 60);
});

test('a resource that is born with what the rules want is observed, and nothing is asked', async () => {
  const { run, only } = setUp();
  const requestParameters = {
    tagSpecificationSet: {
      items: [{ resourceType: 'instance', tags: [{ key: 'Owner', value: 'bob' }] }],
    },
  };
  const [result] = await run(launch(['i-0abc'], { requestParameters }));
  assert.is(result?.event, 'TagObserved');
  const event = await only('i-0abc');
  assert.equal(event.type === 'TagObserved' && [event.how, event.set], ['birth', tags('Owner=bob')]);
});

test('the events of one resource keep the order in which they came in', async () => {
  const { run, eventsOf, store } = setUp();
  const results = await run([
    launch(['i-0abc']),
    launch(['i-0def']),
    tagging('i-0abc', { Owner: 'bob' }),
    untagging('i-0abc', ['Owner']),
    termination(['i-0abc', 'i-0def']),
  ]);
  assert.equal(store.calls.read, [], 'each act builds on what the one before it saw');
  assert.equal(
    (await eventsOf('i-0abc')).map(({ type }) => type),
    ['TagRequested', 'TagObserved', 'TagObserved', 'ResourceRetired'],
  );
  assert.equal(
    results.map(({ input, seq }) => [input, seq]),
    [
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [4, 2],
    ],
  );
});

for (const [what, why, record] of [
  ['a failed call', 'failed-call', launch(['i-0abc'], { errorCode: 'Client.UnauthorizedOperation' })],
  ['a dry run', 'dry-run', launch(['i-0abc'], { errorCode: 'Client.DryRunOperation' })],
  ['a read', 'not-a-change', sample('DescribeInstances')],
  ['another service', 'not-ec2', sample('CreateBucket', { eventSource: 's3.amazonaws.com' })],
] as const) {
  test(`${what} is skipped, with the reason`, async () => {
    const { run, store } = setUp();
    const results = await run(record);
    assert.equal(
      results.map(({ outcome, why: because, name, cause }) => [outcome, because, name, cause]),
      [['skipped', why, record.eventName, record.eventID]],
    );
    assert.ok(results[0]?.reason);
    assert.is(store.calls.append, 0);
  });
}

const OWN = { userIdentity: sessionOf('tagledger-apply', 'tagledger-apply'), requestID: 'aws-1' };

test('a call of tagledger itself heals an outcome that was lost, once', async () => {
  const { run, eventsOf } = setUp();
  await run(launch(['i-0abc']));
  const back = tagging('i-0abc', { Owner: 'ada' }, { ...OWN, eventTime: '2026-04-01T12:00:05Z' });
  const [healed] = await run(back);
  assert.equal([healed?.outcome, healed?.event], ['appended', 'TagApplied']);
  assert.equal(
    (await run([back, { ...back, eventID: 'another' }])).map(({ outcome, why }) => [outcome, why]),
    [
      ['skipped', 'own-call'],
      ['skipped', 'own-call'],
    ],
  );
  const [, outcome] = await eventsOf('i-0abc');
  assert.equal(outcome?.type === 'TagApplied' && [outcome.effectiveAt, outcome.awsRequestId, outcome.tags], [
    '2026-04-01T12:00:05.000Z',
    'aws-1',
    tags('Owner=ada'),
  ]);
  assert.is((await eventsOf('i-0abc')).length, 2);
});

test('a call that tagledger makes by the role of a member account heals an outcome as well', async () => {
  const taggerRoleArn = `${TAGGER_ROLE_ARN},arn:aws:iam::*:role/tagledger-tagger`;
  const { run, eventsOf } = setUp(undefined, { home: HOME, taggerRoleArn });
  const inMember = { recipientAccountId: '444455556666' };
  await run(launch(['i-0abc'], inMember));
  const userIdentity = sessionOf('tagledger-tagger', 'invocation-1', '444455556666');
  const back = tagging(
    'i-0abc',
    { Owner: 'ada' },
    { ...inMember, userIdentity, eventTime: '2026-04-01T12:00:05Z' },
  );
  const [healed] = await run(back);
  assert.equal([healed?.outcome, healed?.event], ['appended', 'TagApplied']);
  assert.match(healed?.resource ?? '', ':444455556666:');
  assert.equal(await eventsOf('i-0abc'), []);
});

test('a call of tagledger itself that CloudTrail cut is no gap', async () => {
  const { run, store } = setUp();
  const [result] = await run(tagging('i-0abc', {}, { ...OWN, requestParameters: { omitted: true } }));
  assert.equal([result?.outcome, result?.why], ['skipped', 'own-call']);
  assert.is(store.calls.append, 0);
});

test('calls of tagledger itself that come back a thousand times add nothing after the first', async () => {
  const { run, store } = setUp();
  await run(launch(['i-0abc']));
  for (let round = 1; round <= 1_000; round++) {
    const eventTime = new Date(Date.UTC(2026, 3, 1, 12, 0, round)).toISOString();
    await run(tagging('i-0abc', { Owner: 'ada' }, { ...OWN, eventID: `round ${round}`, eventTime }));
  }
  assert.is(store.calls.append, 2);
});

for (const [who, userIdentity] of [
  ['a person', undefined],
  ['another role', sessionOf('tagledger-apply-2', 'tagledger-apply')],
  ['a role of the same name in another account', sessionOf('tagledger-apply', 's', '444455556666')],
  ['a session that calls itself as the role', sessionOf('admin', 'tagledger-apply')],
] as const) {
  test(`a tagging call of ${who} is observed`, async () => {
    const { run, only } = setUp();
    await run(tagging('i-0abc', { Owner: 'bob' }, userIdentity && { userIdentity }));
    const event = await only('i-0abc');
    assert.equal(event.type === 'TagObserved' && [event.how, event.set], ['change', tags('Owner=bob')]);
  });
}

test('a removal of tags is observed', async () => {
  const { run, only } = setUp();
  await run(untagging('i-0abc', ['Owner', 'App']));
  const event = await only('i-0abc');
  assert.equal(event.type === 'TagObserved' && [event.set, event.removed], [[], ['App', 'Owner']]);
});

test('a deletion retires its resources, once', async () => {
  const { run, only } = setUp();
  await run(termination(['i-0abc', 'i-0def']));
  assert.is((await only('i-0abc')).type, 'ResourceRetired');
  const again = await run(termination(['i-0abc', 'i-0def']));
  assert.equal(
    again.map(({ outcome }) => outcome),
    ['already-there', 'already-there'],
  );
  await only('i-0abc');
});

test('a direct call for a resource that is gone is skipped, with the reason', async () => {
  const { run } = setUp();
  await run(termination(['i-0abc']));
  const [result] = await run({ resourceId: 'i-0abc', user: 'ana' });
  assert.equal([result?.outcome, result?.why], ['skipped', 'retired']);
});

test('a direct call for tags that a person set otherwise is skipped, with the reason', async () => {
  const { run } = setUp();
  await run(tagging('i-0abc', { Owner: 'bob' }));
  const [result] = await run({ resourceId: 'i-0abc', user: 'ana' });
  assert.equal([result?.outcome, result?.why], ['skipped', 'nothing-to-set']);
});

test('the creation of a resource of a type that no rule is for is recorded, and no tag is requested', async () => {
  const { run, store } = setUp('{"Owner":{"value":"{who.name}","exclude":["network-interface"]}}');
  const results = await run(
    launch([], {
      responseElements: {
        instancesSet: {
          items: [
            {
              instanceId: 'i-0abc',
              networkInterfaceSet: { items: [{ networkInterfaceId: 'eni-0abc' }] },
            },
          ],
        },
      },
    }),
  );
  assert.equal(
    results.map(({ outcome, why, resource }) => [outcome, why, resource?.split('/').at(-1)]),
    [
      ['appended', undefined, 'i-0abc'],
      ['appended', undefined, 'eni-0abc'],
    ],
  );
  assert.equal(await typesByResource(store), { 'eni-0abc': ['TagObserved'], 'i-0abc': ['TagRequested'] });
});

test('where only what is asked for is recorded, such a creation is skipped with the reason', async () => {
  const { run, store } = setUp('{"Owner":{"value":"x","include":["volume"]}}', { recordAll: false });
  const [result] = await run(launch(['i-0abc']));
  assert.equal([result?.outcome, result?.why], ['skipped', 'no-rule']);
  assert.equal(await typesByResource(store), {});
});

test('an array may hold anything; what is wrong is rejected by itself, and each answer says for which input', async () => {
  const { run, store } = setUp();
  const wrong = [null, 7, 'RunInstances', [], {}, { eventName: 'RunInstances' }, { resourceId: '' }];
  const inputs = [
    launch(['i-0abc']),
    ...wrong,
    envelope(launch(['i-0def'])),
    { resourceId: 'i-0123', user: 'ana' },
  ];
  const results = await run(inputs);
  assert.equal(
    results.map(({ input, outcome }) => [input, outcome]),
    inputs.map((_, i) => [i, i >= 1 && i <= wrong.length ? 'rejected' : 'appended']),
  );
  for (const { outcome, reason } of results) {
    if (outcome === 'rejected') assert.match(reason ?? '', /^[A-Z"].+\. [A-Z].+\.$/s);
  }
  assert.equal(Object.keys(await typesByResource(store)).sort(), ['i-0123', 'i-0abc', 'i-0def']);
});

for (const [what, input, sentence] of [
  ['nothing', undefined, /^This is not a CloudTrail record: nothing was given\. Give /],
  ['a text', 'hello', /^This is not a CloudTrail record: it is "hello", not an object\. Give /],
  [
    'a record without a name',
    { eventSource: 'ec2.amazonaws.com' },
    /^This is not a CloudTrail record: it has no eventName\. Give /,
  ],
  [
    'another event of EventBridge',
    { 'detail-type': 'Scheduled Event', detail: {} },
    /^This is an EventBridge event of the detail-type "Scheduled Event", and "AWS API Call.+" was expected\. Give /,
  ],
  [
    'a call without a user',
    { resourceId: 'i-0abc' },
    /^This is not a direct call that can be used \(user: .+\)\. Give one such as /,
  ],
  [
    'an unknown kind of id',
    { resourceId: 'zzz-0abc', user: 'ana' },
    /^"zzz-0abc" is not the id of an EC2 resource, such as i-0abc, and not an ARN\. Check it, or give/,
  ],
  [
    'the ARN of something else',
    { resourceId: 'arn:aws:s3:::bucket', user: 'ana' },
    /^"arn:aws:s3:::bucket" is not the ARN of an EC2 resource\. Write one with Region and account, such as /,
  ],
] as const) {
  test(`${what} alone is refused with a sentence that says what to do`, async () => {
    assert.match(await refusalOf(input), sentence);
  });
}

test('an id alone is refused where its account and Region are not known', async () => {
  const world = setUp(undefined, {});
  assert.match(await refusalOf({ resourceId: 'i-0abc', user: 'ana' }, world), /Give its whole ARN\.$/);
});

test('when the ledger fails half-way the call rejects, and the same call again completes it', async () => {
  const { run, store } = setUp();
  const ids = ['i-01', 'i-02', 'i-03', 'i-04'];
  const inputs = [launch(ids), tagging('i-03', { Owner: 'bob' }), termination(['i-04'])];
  store.failAppend = ({ stream, seq }) => (stream === streamOf('i-03') && seq === 2 ? GONE : undefined);
  assert.is(await rejectionOf(run(inputs)), GONE);
  store.failAppend = undefined;
  const results = await run(inputs);
  assert.equal(
    results
      .map(({ outcome }) => outcome)
      .filter((outcome) => outcome === 'skipped' || outcome === 'rejected'),
    [],
  );
  assert.equal(await typesByResource(store), {
    'i-01': ['TagRequested'],
    'i-02': ['TagRequested'],
    'i-03': ['TagRequested', 'TagObserved'],
    'i-04': ['TagRequested', 'ResourceRetired'],
  });
});

test('when a reply of the ledger is lost the same call again records nothing twice', async () => {
  const { run, store } = setUp();
  store.loseReply = () => GONE;
  assert.is(await rejectionOf(run(launch(['i-0abc']))), GONE);
  store.loseReply = undefined;
  assert.equal(
    (await run(launch(['i-0abc']))).map(({ outcome }) => outcome),
    ['already-there'],
  );
  assert.equal(await typesByResource(store), { 'i-0abc': ['TagRequested'] });
});

test('a birth that comes again does not hide from the next input what happened since', async () => {
  const { run, store, eventsOf } = setUp();
  const requestParameters = {
    tagSpecificationSet: { items: [{ resourceType: 'instance', tags: [{ key: 'Owner', value: 'ana' }] }] },
  };
  const birth = launch(['i-0abc'], { requestParameters });
  await run([birth, untagging('i-0abc', ['Owner'])]);
  // The resource was born with Owner=ana, which somebody removed: now there is something to ask for.
  const results = await run([birth, { resourceId: 'i-0abc', user: 'ana' }], 'invocation 2');
  assert.equal(
    results.map(({ outcome }) => outcome),
    ['already-there', 'appended'],
  );
  assert.equal((await eventsOf('i-0abc')).at(-1)?.type, 'TagRequested');
  assert.equal(currentTags(fold(await store.read(streamOf('i-0abc')))), []);
});

const HUGE = 'x'.repeat(10 * 1024 * 1024);

for (const [what, input] of [
  ['resource id', { resourceId: HUGE, user: 'ana' }],
  ['ARN', { resourceId: `arn:aws:ec2:eu-west-1:111122223333:instance/i-${HUGE}`, user: 'ana' }],
  ['user', { resourceId: 'i-0abc', user: HUGE }],
  ['tag key', { resourceId: 'i-0abc', user: 'ana', tags: { [HUGE]: 'x' } }],
  ['tag value', { resourceId: 'i-0abc', user: 'ana', tags: { Owner: HUGE } }],
  ['request id', { resourceId: 'i-0abc', user: 'ana', requestId: HUGE }],
  ['unknown member', { resourceId: 'i-0abc', user: 'ana', [HUGE]: HUGE }],
  ['detail type', { 'detail-type': HUGE }],
  ['event time', launch(['i-0abc'], { eventTime: HUGE })],
] as const) {
  test(`a ${what} of 10 MB is refused, and the answer is short`, async () => {
    assert.ok((await refusalOf(input)).length < 1_000);
    const [result] = await setUp().run([input]);
    assert.is(result?.outcome, 'rejected');
    assert.ok(JSON.stringify(result).length < 1_000);
  });
}

test('a hundred thousand wrong tags are refused, and the answer is short', async () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`aws:${n}`, n]));
  assert.ok((await refusalOf({ resourceId: 'i-0abc', user: 'ana', tags: many })).length < 2_000);
});

test('a record that makes an event too large for the ledger is rejected by itself', async () => {
  const { run, store } = setUp();
  const vast = { ...launch(['i-0abc']), userIdentity: { type: 'IAMUser', userName: HUGE } };
  const results = await run([vast, launch(['i-0def'])]);
  assert.equal(
    results.map(({ outcome }) => outcome),
    ['rejected', 'appended'],
  );
  assert.match(results[0]?.reason ?? '', /^The event of .+ has \d+ bytes, and at most \d+ can be stored\. /);
  assert.equal(await typesByResource(store), { 'i-0def': ['TagRequested'] });
});

test('a record alone that makes an event too large rejects the call, so that it is not lost unnoticed', async () => {
  const vast = { ...launch(['i-0abc']), userIdentity: { type: 'IAMUser', userName: HUGE } };
  assert.instance(await rejectionOf(setUp().run(vast)), EventTooLargeError);
});

for (const [what, call, sentence] of [
  [
    '51 tags',
    Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ''])),
    /51 tags are more than 50/,
  ],
  ['a value that is a number', { Owner: 7 }, /the tag "Owner" has a value that is not a string/],
  ['a value that is null', { Owner: null }, /the tag "Owner" has a value that is not a string/],
  ['an empty key', { '': 'x' }, /the tag key "" is empty/],
  ['a key of AWS', { 'AWS:x': 'x' }, /begins with "aws:"/],
  ['half a character', { Owner: '\ud800' }, /does not take/],
  ['a list', [{ key: 'Owner', value: 'x' }], /tags: /],
  ['a text', 'Owner=ana', /tags: /],
] as const) {
  test(`${what} for tags are refused`, async () => {
    assert.match(await refusalOf({ resourceId: 'i-0abc', user: 'ana', tags: call }), sentence);
  });
}

test('__proto__ and constructor are tag keys like others, and change nothing else', async () => {
  const { run, tagsAskedFor } = setUp();
  const call = JSON.parse('{"resourceId":"i-0abc","user":"ana","tags":{"__proto__":"a","constructor":"b"}}');
  await run(call);
  assert.equal(await tagsAskedFor('i-0abc'), tags('Owner=ana __proto__=a constructor=b'));
  assert.is(({} as Record<string, unknown>).a, undefined);
});

test('__proto__ as a member does not lend a record or a call what it has not', async () => {
  const { run, store } = setUp();
  const inputs = JSON.parse(
    '[{"__proto__":{"resourceId":"i-0abc","user":"ana"}},{"resourceId":"i-0abc","__proto__":{"user":"ana"}},{"eventName":"RunInstances","__proto__":{"eventSource":"ec2.amazonaws.com"}}]',
  );
  assert.equal(
    (await run(inputs)).map(({ outcome }) => outcome),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.is(store.calls.append, 0);
  assert.is(({} as Record<string, unknown>).user, undefined);
});

test.run();
