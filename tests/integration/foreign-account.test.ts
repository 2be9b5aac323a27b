import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { fold } from '../../src/events/resource.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { apply } from '../../src/handlers/apply/apply.ts';
import { askEc2 } from '../../src/handlers/request/instances-of-launch.ts';
import { ec2Clients } from '../../src/handlers/runtime/ec2-clients.ts';
import { readCredentials } from '../../src/handlers/runtime/member-credentials.ts';
import { sweep } from '../../src/handlers/sweep/sweep.ts';
import { request } from '../../src/intake/intake.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { type CredentialsOf, callerCredentials } from '../../src/tagging/ec2/credentials.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { rejectionOf } from '../support/async.ts';
import { launch, sessionOf, tagging } from '../support/cloudtrail/trail.ts';
import { remembering, tickingClock, typesByResource } from '../support/doubles.ts';
import { tags } from '../support/events.ts';
import { DONE, feedOf, MINUTE } from '../support/feed-records.ts';

const test = suite('a resource of an account whose credentials are not there');

const HOME = '111122223333';
const FOREIGN = '444455556666';
const FUNCTION = `arn:aws:lambda:eu-west-1:${HOME}:function:tagledger-request`;
const TAGGER = `arn:aws:iam::${HOME}:role/tagledger-apply`;
const OURS = `arn:aws:ec2:eu-west-1:${HOME}:instance/i-0abc` as ResourceArn;
const THEIRS = `arn:aws:ec2:eu-west-1:${FOREIGN}:instance/i-0abc` as ResourceArn;
const CALL = { resourceId: THEIRS, user: 'eve', tags: { Owner: 'eve' } };
const IN_FOREIGN = { recipientAccountId: FOREIGN };

const ec2 = mockClient(EC2Client);
const sts = mockClient(STSClient);
test.before.each(() => {
  ec2.reset();
  ec2.on(CreateTagsCommand).resolves({ $metadata: { requestId: 'aws-1' } });
  sts.reset();
});
test.after(() => {
  ec2.restore();
  sts.restore();
});

const invocation = () => ({ awsRequestId: 'invocation-1', invokedFunctionArn: FUNCTION });
const credentials = (env: Readonly<Record<string, string>> = {}) => readCredentials(env, invocation);

/** The handlers as they are deployed, over one ledger in memory. */
const setUp = (credentialsOf: CredentialsOf = credentials()) => {
  const store = memoryStore();
  const states = memoryStateStore();
  const seen = remembering();
  const { telemetry } = seen;
  const ledger = {
    store,
    eventFormat: 1 as const,
    now: tickingClock('2026-04-01T12:00:00.000Z'),
    wait: async () => undefined,
  };
  const rules = parseTagRules('{"Owner":"{who.name}"}');
  const sleep = async () => undefined;
  const clients = ec2Clients((client) => client, { maxAttempts: 1, credentialsOf });
  const applying = apply({ ledger, ec2: clients, sleep, telemetry, childRules: rules });
  const sweeping = sweep({
    ledger,
    states,
    coordination: memoryCoordinationStore(),
    ec2: clients,
    sleep,
    telemetry,
  });
  const door = {
    ledger,
    rules,
    telemetry,
    taggerRoleArn: TAGGER,
    instancesOf: askEc2(
      (client) => client,
      () => credentialsOf,
    ),
  };
  return {
    ...seen,
    store,
    run: request({ ...door, home: { account: HOME, region: 'eu-west-1' }, credentialsOf }),
    /** A door that does not know whose credentials there are. */
    runElsewhere: request(door),
    applyAll: async () => {
      const events = [];
      for await (const event of store.readAll()) events.push(event);
      return applying(feedOf(events), MINUTE);
    },
    sweepOver: async (stream: ResourceArn) => {
      await states.save(rowOf(stream, fold(await store.read(stream))));
      return sweeping('sweep 1', () => 60_000);
    },
    types: () => typesByResource(store),
  };
};

test('a direct call for it is refused before anything is recorded, and says what to do', async () => {
  const world = setUp();
  const error = await rejectionOf(world.run(CALL, 'invocation 1'));
  assert.instance(error, InvalidInputError);
  assert.match(String(error), /no credentials of account 444455556666\. Turn on MEMBER_ACCOUNTS and deploy/);
  assert.equal(await world.types(), {});
  const [rejected, appended] = await world.run([CALL, { ...CALL, resourceId: OURS }], 'invocation 2');
  assert.equal([rejected?.outcome, appended?.outcome], ['rejected', 'appended']);
});

test('a request for it that got into the ledger fails for good, and EC2 is not called', async () => {
  const world = setUp();
  await world.runElsewhere(CALL, 'invocation 1');
  assert.equal(await world.applyAll(), DONE);
  const [, outcome] = (await world.store.read(THEIRS)).map(({ event }) => event);
  assert.equal(outcome?.type === 'TagFailed' && [outcome.code, outcome.class, outcome.retryAt], [
    'ForeignAccount',
    'denied',
    undefined,
  ]);
  assert.match(outcome?.type === 'TagFailed' ? outcome.message : '', /turn on MEMBER_ACCOUNTS and deploy/);
  assert.is(ec2.calls().length, 0);
});

test('a record of CloudTrail of that account is recorded, its request fails, and no child of it is looked for', async () => {
  const world = setUp();
  await world.run(launch(['i-0abc'], IN_FOREIGN), 'invocation 1');
  await world.applyAll();
  assert.equal(await world.types(), { 'i-0abc': ['TagRequested', 'TagFailed'] });
  assert.is(ec2.calls().length, 0);
  assert.ok(Number(world.counts.ChildLookupsFailed) > 0);
});

test('a sweep does not compare it with a resource of its own account', async () => {
  const world = setUp();
  await world.run(launch(['i-0abc'], IN_FOREIGN), 'invocation 1');
  const { compared, differing, unclear, failed } = await world.sweepOver(THEIRS);
  assert.equal([compared, differing, unclear, failed], [0, 0, 0, 1]);
  assert.is(ec2.calls().length, 0);
});

test('of a launch there that CloudTrail cut EC2 is not asked here: it is a gap', async () => {
  const world = setUp();
  const cut = launch(['i-0abc'], {
    ...IN_FOREIGN,
    responseElements: { omitted: true, originalSize: 200_000, reason: 'responseElements too large' },
    requestParameters: { clientToken: 'token-1' },
  });
  const [result] = await world.run(cut, 'invocation 1');
  assert.is(result?.event, 'GapFound');
  assert.equal(world.errors(), ['EC2 does not name the instances of a launch that CloudTrail left out']);
  assert.is(ec2.calls().length, 0);
});

test('with MEMBER_ACCOUNTS it is tagged with credentials of the role in its own account', async () => {
  const asked: unknown[] = [];
  sts.callsFake(({ RoleArn }) => {
    asked.push(RoleArn);
    const Expiration = new Date(Date.now() + 3_600_000);
    return {
      Credentials: { AccessKeyId: 'member', SecretAccessKey: 'made up', SessionToken: 'x', Expiration },
    };
  });
  const users: unknown[] = [];
  ec2.on(CreateTagsCommand).callsFake(async (_, getClient) => {
    users.push((await getClient().config.credentials()).accessKeyId);
    return { $metadata: { requestId: 'aws-1' } };
  });
  const env = { MEMBER_ACCOUNTS: 'on', MEMBER_ROLE_NAME: 'tagledger-tagger', MEMBER_EXTERNAL_ID: 'x-1' };
  const world = setUp(credentials(env));
  await world.run(CALL, 'invocation 1');
  await world.applyAll();
  assert.equal(await world.types(), { 'i-0abc': ['TagRequested', 'TagApplied'] });
  assert.equal(asked, [`arn:aws:iam::${FOREIGN}:role/tagledger-tagger`]);
  assert.equal(users, ['member']);
});

test('the command line has the account that AWS STS names, and no other', async () => {
  sts.on(GetCallerIdentityCommand).resolves({ Account: HOME });
  const credentialsOf = await callerCredentials();
  assert.equal([HOME, FOREIGN].map(credentialsOf), ['own', 'none']);
  assert.is(sts.calls().length, 1);
});

const OWN = { userIdentity: sessionOf('tagledger-apply', 'tagledger-apply'), requestID: 'aws-1' };

test('a call of tagledger’s role that nobody asked for in its stream is observed, once, by the session', async () => {
  const world = setUp();
  await world.run(launch(['i-0abc']), 'invocation 1');
  await world.applyAll();
  const late = { ...OWN, eventTime: '2026-04-01T13:00:00Z' };
  const echo = tagging('i-0abc', { Owner: 'ada' }, late);
  const foreign = tagging('i-0abc', { Owner: 'eve' }, late);
  for (let times = 0; times < 2; times++) await world.run([echo, foreign], 'invocation 2');
  const events = (await world.store.read(OURS)).map(({ event }) => event);
  assert.equal(
    events.map(({ type }) => type),
    ['TagRequested', 'TagApplied', 'TagObserved'],
  );
  const observed = events.at(-1);
  assert.equal(observed?.type === 'TagObserved' && [observed.set, observed.who?.arn], [
    tags('Owner=eve'),
    OWN.userIdentity.arn,
  ]);
});

test.run();
