import type { AssumeRoleCommandInput, Credentials } from '@aws-sdk/client-sts';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memberCredentials, readCredentials } from '../../../src/handlers/runtime/member-credentials.ts';
import { InvalidInputError } from '../../../src/shared/errors.ts';
import type { Provider } from '../../../src/tagging/ec2/credentials.ts';
import { rejectionOf } from '../../support/async.ts';

const test = suite('member credentials');

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:tagledger-apply';
const MEMBER = '444455556666';
const SESSION: Credentials = {
  AccessKeyId: 'made up',
  SecretAccessKey: 'made up',
  SessionToken: 'made up',
  Expiration: new Date('2026-03-31T13:00:00.000Z'),
};

/** Credentials by a service that gives these answers in turn, the last of them from then on. */
const setUp = (...answers: (Credentials | Error | undefined)[]) => {
  const asked: AssumeRoleCommandInput[] = [];
  const world = { ms: 0, requestId: 'invocation-1', functionArn: FUNCTION };
  const of = memberCredentials({
    roleName: 'tagledger-tagger',
    externalId: 'x-1',
    invocation: () => ({ awsRequestId: world.requestId, invokedFunctionArn: world.functionArn }),
    now: () => world.ms,
    async assume(input) {
      asked.push(input);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const provider = (): Provider => {
    const credentials = of(MEMBER);
    if (typeof credentials === 'string')
      throw new Error(`got ${credentials} credentials of a member account`);
    return credentials;
  };
  return { of, asked, world, provider };
};

const refusal = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

const nameOf = (error: unknown): string => (error as Error).name;

test('the function’s own account is called with its own credentials', () => {
  const { of, asked } = setUp(SESSION);
  assert.is(of('111122223333'), 'own');
  assert.equal(asked, []);
});

test('another account is called by its member role, in a session that the invocation names', async () => {
  const { asked, provider } = setUp(SESSION);
  assert.equal(await provider()(), {
    accessKeyId: 'made up',
    secretAccessKey: 'made up',
    sessionToken: 'made up',
    expiration: new Date('2026-03-31T13:00:00.000Z'),
  });
  assert.equal(asked, [
    {
      RoleArn: 'arn:aws:iam::444455556666:role/tagledger-tagger',
      RoleSessionName: 'invocation-1',
      ExternalId: 'x-1',
      DurationSeconds: 3_600,
    },
  ]);
});

test('a session that is opened again is named by the invocation that opens it', async () => {
  const { asked, world, provider } = setUp(SESSION);
  await provider()();
  world.requestId = 'invocation-2';
  await provider()();
  assert.equal(
    asked.map(({ RoleSessionName }) => RoleSessionName),
    ['invocation-1', 'invocation-2'],
  );
});

test('the role is of the partition that the function is in', async () => {
  const { asked, world, provider } = setUp(SESSION);
  world.functionArn = 'arn:aws-cn:lambda:cn-north-1:111122223333:function:tagledger-apply';
  await provider()();
  assert.is(asked[0]?.RoleArn, 'arn:aws-cn:iam::444455556666:role/tagledger-tagger');
});

test('a refusal is believed for a minute, and each caller hears it', async () => {
  const { asked, world, provider } = setUp(refusal('AccessDenied', 403), SESSION);
  for (let i = 0; i < 3; i++) assert.is(nameOf(await rejectionOf(provider()())), 'AccessDenied');
  assert.is(asked.length, 1);
  world.ms = 60_000;
  assert.is((await provider()()).accessKeyId, 'made up');
});

test('what passes with time is asked for again at once', async () => {
  const { provider } = setUp(refusal('Throttling', 400), SESSION);
  assert.is(nameOf(await rejectionOf(provider()())), 'Throttling');
  assert.is((await provider()()).accessKeyId, 'made up');
});

test('an answer without credentials is an error that names the role', async () => {
  const { provider } = setUp(undefined);
  assert.match(
    String(await rejectionOf(provider()())),
    'without credentials for arn:aws:iam::444455556666:role/tagledger-tagger',
  );
});

test('member accounts are off unless they are switched on, and then need the role and its external id', () => {
  const invocation = () => ({ awsRequestId: 'invocation-1', invokedFunctionArn: FUNCTION });
  const own = readCredentials({ MEMBER_ROLE_NAME: 'tagledger-tagger' }, invocation);
  assert.equal(['111122223333', MEMBER].map(own), ['own', 'none']);
  assert.throws(
    () => readCredentials({ MEMBER_ACCOUNTS: 'on', MEMBER_ROLE_NAME: 'tagledger-tagger' }, invocation),
    (error: unknown) => error instanceof InvalidInputError && /MEMBER_EXTERNAL_ID/.test(error.message),
  );
  const credentialsOf = readCredentials(
    { MEMBER_ACCOUNTS: 'on', MEMBER_ROLE_NAME: 'tagledger-tagger', MEMBER_EXTERNAL_ID: 'x-1' },
    invocation,
  );
  assert.is(credentialsOf('111122223333'), 'own');
  assert.type(credentialsOf(MEMBER), 'function');
});

test.run();
