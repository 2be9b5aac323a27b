import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TaggingLedger } from '../../infra/tagging-ledger.ts';
import { template, templateOf } from './template.ts';

const test = suite('the key of hashed identities');

const KEY = 'arn:aws:kms:eu-west-1:444455556666:key/0987dcba-09fe-87dc-65ba-ab0987654321';

test('with a key, request and redrive know it and may make HMACs by it; nobody else does, and none without', () => {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'hashed', { analyticsReporting: false });
  const code = () => Code.fromInline('exports.handler = async () => undefined');
  const rules = '{"Owner":"{who.name}"}';
  new TaggingLedger(stack, 'Ledger', { rules, tagKeys: ['Owner'], code, identityKeyArn: KEY });
  const hashed = templateOf(app.synth().getStackByName('hashed').template);

  const told = hashed
    .of('AWS::Lambda::Function')
    .filter(([, { Properties }]) => Properties.Environment.Variables.IDENTITY_KEY_ID === KEY);
  assert.equal(
    told.map(([id, { Properties }]) => [id, Properties.Environment.Variables.HASH_IDENTITIES]),
    [
      ['LedgerRequest', 'on'],
      ['LedgerRedrive', 'on'],
    ],
  );
  const granted = hashed
    .of('AWS::IAM::ManagedPolicy')
    .flatMap(([, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(
        ({ Resource }: { Resource: unknown }) => Resource === KEY,
      ).map(({ Action, Effect }: { Action: unknown; Effect: string }) => [
        Properties.Roles[0],
        Effect,
        Action,
      ]),
    );
  assert.equal(granted, [
    ['<LedgerRequestRole>', 'Allow', 'kms:GenerateMac'],
    ['<LedgerRedriveRole>', 'Allow', 'kms:GenerateMac'],
  ]);
  assert.not.match(JSON.stringify([...template('all').resources]), 'GenerateMac');
});

test.run();
