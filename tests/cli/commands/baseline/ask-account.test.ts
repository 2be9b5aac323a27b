import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeVolumesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';

const test = suite('tagledger baseline --ask-account');
const folder = temporaryFolder(test);
const ec2 = mockClient(EC2Client);
const sts = mockClient(STSClient);

const VOLUME = 'vol-0a1b2c3d4e5f60718';

test.before.each(() => {
  ec2.reset();
  sts.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333' });
  ec2.resolves({});
  ec2.on(DescribeVolumesCommand).resolves({ Volumes: [{ VolumeId: VOLUME, State: 'in-use' }] });
});

// All test files run in one process.
test.after(() => {
  ec2.restore();
  sts.restore();
});

const asking = (name: string, ...more: readonly string[]) =>
  run(['baseline', '--ask-account', '--region', 'eu-west-1', '--ledger', join(folder, name), ...more]);

test('what the account shows is known from now on', async () => {
  const before = new Date().toISOString();
  assert.is((await asking('one')).code, 0);
  const { out } = await run(['state', VOLUME, '--ledger', join(folder, 'one'), '-o', 'json']);
  const { foundAt, account, region } = JSON.parse(out);
  assert.ok(foundAt >= before);
  assert.equal([account, region], ['111122223333', 'eu-west-1']);
});

test('each Region that is named is asked', async () => {
  const { out } = await asking('two', '--region', 'us-east-1', '-o', 'json');
  assert.is(JSON.parse(out).shown, 2);
});

test('a call that is denied makes the run fail, and the rest is recorded', async () => {
  ec2
    .on(DescribeVpcsCommand)
    .rejects(Object.assign(new Error('You are not authorized.'), { name: 'UnauthorizedOperation' }));
  const { out, said, code } = await asking('denied', '-o', 'json');
  assert.is(code, 1);
  assert.match(
    said,
    /^DescribeVpcs in 111122223333, eu-west-1 failed with UnauthorizedOperation: You are not/m,
  );
  const { shown, failed } = JSON.parse(out);
  assert.is(shown, 1);
  assert.equal(failed[0], {
    operation: 'DescribeVpcs',
    account: '111122223333',
    region: 'eu-west-1',
    code: 'UnauthorizedOperation',
    message: 'You are not authorized.',
  });
});

test('a volume that the account does not show any more is named', async () => {
  const file = join(folder, 'volumes.json');
  writeFileSync(file, JSON.stringify({ Volumes: [{ VolumeId: VOLUME, AvailabilityZone: 'eu-west-1a' }] }));
  const given = ['--taken-at', '2026-03-31T09:00Z', '--account', '111122223333'];
  assert.is((await run(['baseline', file, ...given, '--ledger', join(folder, 'gone')])).code, 0);
  ec2.on(DescribeVolumesCommand).resolves({ Volumes: [{ VolumeId: VOLUME, State: 'deleting' }] });
  ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-0a1b2c3d4e5f60718' }] });
  const { code, out } = await asking('gone');
  assert.is(code, 3);
  assert.match(out, new RegExp(`volume/${VOLUME} +known since 2026-03-31T09:00:00`));
});

test('credentials of another account than the one that is named are refused before it is asked', async () => {
  const { code, said } = await asking('other', '--account', '444455556666');
  assert.is(code, 2);
  assert.match(said, /are of account 111122223333, and --account names 444455556666/);
  assert.is(ec2.commandCalls(DescribeVolumesCommand).length, 0);
});

test('an account that shows nothing makes no ledger', async () => {
  ec2.reset();
  ec2.resolves({});
  const { code, said } = await asking('nothing');
  assert.is(code, 4);
  assert.match(said, /No resource is shown by the account/);
  assert.is((await run(['list', '--ledger', join(folder, 'nothing')])).code, 1);
});

test('a time is refused, because the account is asked now', async () => {
  assert.match((await asking('time', '--taken-at', '2026-03-31T09:00Z')).said, /--taken-at is for files/);
});

test.run();
