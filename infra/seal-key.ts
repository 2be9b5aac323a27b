import { RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * The key that signs the checkpoints of the sealed log (Ed25519). Its policy allows only the named roles to
 * sign, whatever other policies say. It outlives the stack, so that its signatures can still be verified.
 */
export const sealKey = (scope: Construct, name: string, signerArns: readonly string[]): Key => {
  const key = new Key(scope, 'SealKey', {
    alias: `alias/${name}-seal`,
    description: `${name}: signs the checkpoints of the sealed log of tagledger`,
    keySpec: KeySpec.ECC_NIST_EDWARDS25519,
    keyUsage: KeyUsage.SIGN_VERIFY,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyTheSealerSigns',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:Sign'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': signerArns } },
    }),
  );
  return key;
};
