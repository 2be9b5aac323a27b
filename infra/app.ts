import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { configIn } from './config.ts';
import { endOnMistakes } from './end-on-mistakes.ts';
import { TaggingLedger } from './tagging-ledger.ts';

/**
 * The app for `npx cdk`: one ledger in the account and Region of the shell. `npm run build` must run first.
 */
const app = new App();
const config = endOnMistakes(() => configIn(app.node.getAllContext()));
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
  // Source maps are not deployed: they would double the size of the code.
  code: (fn) => Code.fromAsset(`dist/lambda/${fn}`, { exclude: ['*.map'] }),
});
