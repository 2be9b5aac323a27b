import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arnOf, isResourceArn, parseArn } from '../../src/events/resource-arn.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';

const test = suite('the ARN of a resource');

const ACCOUNT = '111122223333';
const IN_REGION: Readonly<Record<string, string>> = {
  'eu-west-1': 'aws',
  'ap-southeast-5': 'aws',
  'us-east-1': 'aws',
  'mx-central-1': 'aws',
  'cn-north-1': 'aws-cn',
  'us-gov-west-1': 'aws-us-gov',
  'us-iso-east-1': 'aws-iso',
  'us-isob-east-1': 'aws-iso-b',
  'eu-isoe-west-1': 'aws-iso-e',
  'us-isof-south-1': 'aws-iso-f',
  'eusc-de-east-1': 'aws-eusc',
};
for (const [region, partition] of Object.entries(IN_REGION)) {
  test(`in ${region} it begins with arn:${partition}`, () => {
    const arn = arnOf({ region, account: ACCOUNT, type: 'volume', id: 'vol-0abc' });
    assert.is(arn, `arn:${partition}:ec2:${region}:111122223333:volume/vol-0abc`);
    assert.equal(parseArn(arn), { arn, region, account: ACCOUNT, type: 'volume', id: 'vol-0abc' });
    assert.ok(isResourceArn(arn));
  });
}

test('it has the account also for images and snapshots', () => {
  const image = arnOf({ region: 'eu-west-1', account: ACCOUNT, type: 'image', id: 'ami-0abc' });
  assert.is(image, 'arn:aws:ec2:eu-west-1:111122223333:image/ami-0abc');
});

test('any resource comes back from its ARN', () => {
  const identity = fc.record({
    region: fc.constantFrom(...Object.keys(IN_REGION)),
    account: fc.stringMatching(/^\d{12}$/),
    type: fc.constantFrom('instance', 'vpc-flow-log', 'ipv4pool-ec2', 'natgateway'),
    id: fc.stringMatching(/^[a-z]{1,9}-[0-9a-f]{1,17}$/),
  });
  fc.assert(
    fc.property(identity, (identity) => {
      const arn = arnOf(identity);
      assert.equal(parseArn(arn), { arn, ...identity });
    }),
  );
});

const NO_ARNS: readonly (readonly [what: string, text: string])[] = [
  ['nothing', ''],
  ['an id', 'i-0abc'],
  ['another service', 'arn:aws:s3:eu-west-1:111122223333:instance/i-0abc'],
  ['no account', 'arn:aws:ec2:eu-west-1::image/ami-0abc'],
  ['no Region', 'arn:aws:ec2::111122223333:instance/i-0abc'],
  ['a short account', 'arn:aws:ec2:eu-west-1:11112222333:instance/i-0abc'],
  ['no type', 'arn:aws:ec2:eu-west-1:111122223333:i-0abc'],
  ['no id', 'arn:aws:ec2:eu-west-1:111122223333:instance/'],
  ['a wildcard', 'arn:aws:ec2:eu-west-1:111122223333:instance/*'],
  ['a second slash', 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc/x'],
  ['a line feed at its end', 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc\n'],
  ['a blank before it', ' arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc'],
  ['capitals in the Region', 'arn:aws:ec2:EU-WEST-1:111122223333:instance/i-0abc'],
  ['the partition of another Region', 'arn:aws-cn:ec2:eu-west-1:111122223333:instance/i-0abc'],
  ['the common partition for a Chinese Region', 'arn:aws:ec2:cn-north-1:111122223333:instance/i-0abc'],
];
for (const [what, text] of NO_ARNS) {
  test(`a text with ${what} is none`, () => {
    assert.not.ok(isResourceArn(text));
    assert.throws(
      () => parseArn(text),
      (error: unknown) =>
        error instanceof InvalidInputError &&
        error.message.startsWith(`${JSON.stringify(text)} is not the ARN of an EC2 resource.`),
    );
  });
}

test.run();
