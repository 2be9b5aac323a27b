import { DescribeTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ec2Clients } from '../../../src/handlers/runtime/ec2-clients.ts';
import { classifyFailure } from '../../../src/tagging/ec2/classify-failure.ts';
import { type CredentialsOf, ownCredentials } from '../../../src/tagging/ec2/credentials.ts';
import { rejectionOf } from '../../support/async.ts';

const test = suite('clients of EC2');

const HOME = '111122223333';

/** The clients, and how often credentials were asked for. */
const setUp = (credentialsOf: CredentialsOf) => {
  const made: EC2Client[] = [];
  const clients = ec2Clients(
    (client) => {
      made.push(client);
      return client;
    },
    { maxAttempts: 1, credentialsOf },
  );
  return { made, clients: (account: string, region: string) => clients(account, region) as EC2Client };
};

/** Credentials for all accounts but the home account, which end an hour from now. */
const members = () => {
  const asked: string[] = [];
  const credentialsOf: CredentialsOf = (account) =>
    account === HOME
      ? 'own'
      : async () => {
          asked.push(account);
          const expiration = new Date(Date.now() + 3_600_000);
          return { accessKeyId: account, secretAccessKey: 'made up', sessionToken: 'made up', expiration };
        };
  return { asked, credentialsOf };
};

test('without member accounts there is one client for each Region of the function’s own account', async () => {
  const { clients, made } = setUp(ownCredentials(() => HOME));
  assert.is(clients(HOME, 'eu-west-1'), clients(HOME, 'eu-west-1'));
  assert.is.not(clients(HOME, 'eu-west-1'), clients(HOME, 'us-east-1'));
  assert.equal(await Promise.all(made.map(({ config }) => config.region())), ['eu-west-1', 'us-east-1']);
});

test('without member accounts no client is made for another account, and its calls fail for good, with a remedy', async () => {
  const { clients, made } = setUp(ownCredentials(() => HOME));
  const error = await rejectionOf(clients('444455556666', 'eu-west-1').send(new DescribeTagsCommand()));
  assert.equal(made, []);
  const { code, class: failureClass, message } = classifyFailure(error);
  assert.equal([code, failureClass], ['ForeignAccount', 'denied']);
  assert.match(message, /account 444455556666 .*turn on MEMBER_ACCOUNTS and deploy the member stack/);
});

test('with them there is one for each account and Region, and each is made once', () => {
  const { clients, made } = setUp(members().credentialsOf);
  const places = ['444455556666', '777788889999'].flatMap((account) =>
    ['eu-west-1', 'us-east-1'].map((region) => [account, region] as const),
  );
  const first = places.map(([account, region]) => clients(account, region));
  assert.equal(
    places.map(([account, region]) => clients(account, region)),
    first,
  );
  clients(HOME, 'eu-west-1');
  assert.is(new Set(first).size, 4);
  assert.is(made.length, 5);
});

test('a client asks for its account’s credentials once, and keeps them while they last', async () => {
  const { asked, credentialsOf } = members();
  const { clients } = setUp(credentialsOf);
  for (let i = 0; i < 3; i++) {
    const { accessKeyId } = await clients('444455556666', 'eu-west-1').config.credentials();
    assert.is(accessKeyId, '444455556666');
  }
  assert.equal(asked, ['444455556666']);
});

test('a role that cannot be assumed is a failure of the call, by the name that STS gives it', async () => {
  const refused = Object.assign(new Error('not authorized to perform sts:AssumeRole'), {
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  const { clients } = setUp(() => () => Promise.reject(refused));
  const error = await rejectionOf(clients('444455556666', 'eu-west-1').send(new DescribeTagsCommand()));
  assert.is(classifyFailure(error).class, 'denied');
});

test.run();
