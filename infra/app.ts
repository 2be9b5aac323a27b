import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { configOf } from './config.ts';
import { TaggingLedger } from './tagging-ledger.ts';

/** The app of `npx cdk`: one ledger in the account and Region of the shell. `npm run build` makes the code. */
const app = new App();
const config = configOf(app.node.tryGetContext('tagledger'));
const { name = 'tagledger' } = config;
const stack = new Stack(app, 'Tagledger', {
  stackName: name,
  description: 'tagledger: an append-only ledger of AWS resource tags',
  terminationProtection: true,
  env: {
    ...(process.env.CDK_DEFAULT_ACCOUNT && { account: process.env.CDK_DEFAULT_ACCOUNT }),
    ...(process.env.CDK_DEFAULT_REGION && { region: process.env.CDK_DEFAULT_REGION }),
  },
});
new TaggingLedger(stack, 'Ledger', {
  ...config,
  // Source maps stay here: they are as large as the code again.
  code: (fn) => Code.fromAsset(`dist/lambda/${fn}`, { exclude: ['*.map'] }),
});
