import { App, DefaultStackSynthesizer, type IStackSynthesizer, Stack, type StackProps } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { configIn, contextOfApp } from './config.ts';
import { memberStack } from './member-stack.ts';
import { parametersOf } from './parameters.ts';
import { TaggingLedger } from './tagging-ledger.ts';

/** The templates for people without CDK: plain CloudFormation, whose settings and code are parameters. */
export interface Templates {
  readonly app: App;
  /** A ledger for its own account. */
  readonly ledger: Stack;
  /** A ledger for an organization. */
  readonly hub: Stack;
  /** What each member account and Region has. */
  readonly member: Stack;
}

/**
 * Makes the stacks of all templates; nothing of them depends on a machine, an account or a Region. Rules,
 * keys of tags and member accounts are parameters, of which the first two have the configuration's as
 * defaults; everything else is as configured. Synthesis checks the templates by CloudFormation's schemas
 * where it is told to, which takes ten times as long as all else.
 */
export const templates = (
  context: Readonly<Record<string, unknown>> = contextOfApp(),
  builtinCloudFormationValidation = false,
): Templates => {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation, context });
  const { members: _, ...configured } = configIn(context);
  /** A synthesizer serves one stack. */
  const plain = (description: string): StackProps => ({
    analyticsReporting: false,
    description,
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
  });
  const ledgerOf = (id: string, description: string, isHub: boolean): Stack => {
    const stack = new Stack(app, id, plain(description));
    const { text, list } = parametersOf(stack);
    const rules = text('TagRules', 'TAG_RULES: which tags to ask for, as JSON', configured.rules);
    const tagKeys = list(
      'TagKeys',
      'The keys of these tags, with commas between them',
      configured.tagKeys.join(),
    );
    const codeBucket = text('CodeBucket', 'The bucket with the code of the functions, in this Region');
    const codePrefix = text(
      'CodePrefix',
      'Where NAME.zip of each function is in it, such as tagledger/0.1.0/: another one for each version',
    );
    const bucket = Bucket.fromBucketName(stack, 'Code', codeBucket) as IBucket;
    new TaggingLedger(stack, 'Ledger', {
      ...configured,
      rules,
      tagKeys,
      code: (name) => Code.fromBucketV2(bucket, `${codePrefix}${name}.zip`),
      ...(isHub && {
        members: {
          organizationId: text(
            'OrganizationId',
            'The organization whose accounts are tagged, such as o-a1b2c3d4e5',
          ),
          externalId: text('ExternalId', 'The text that the roles in the member accounts ask for'),
        },
      }),
    });
    return stack;
  };
  return {
    app,
    ledger: ledgerOf('tagledger', 'tagledger: an append-only ledger of AWS resource tags', false),
    hub: ledgerOf(
      'tagledger-hub',
      'tagledger: an append-only ledger of the resource tags of an organization',
      true,
    ),
    member: memberStack(
      app,
      'tagledger-member',
      plain('tagledger: what a member account of an organization has, in each of its Regions'),
    ),
  };
};
