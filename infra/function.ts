import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type Code,
  FunctionUrlAuthType,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionSpec } from './functions.ts';
import type { Grant, Need, Use } from './need.ts';
import type { Parts } from './parts.ts';
import { traces } from './uses.ts';

/** The role of a function, which can do nothing yet: the ledger's policy names it before the ledger is there. */
export const roleOf = (scope: Construct, prefix: string, { name, does }: FunctionSpec): Role =>
  new Role(scope, `${idOf(name)}Role`, {
    roleName: `${prefix}-${name}`,
    description: `tagledger: ${does}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });

/** What a function is made with. */
export interface FunctionProps {
  readonly role: Role;
  /** The function's code by its name. */
  readonly code: (name: string) => Code;
  readonly logsKey: IKey;
  readonly logRetention: RetentionDays;
}

/**
 * A function with its log group, its variables and what its role may do. Both come from `uses`, so no function has a
 * grant without the variable that it is for. Its policy is there before it, as Lambda asks when it connects a stream.
 */
export const functionOf = (
  scope: Construct,
  spec: FunctionSpec,
  parts: Parts,
  { role, code, logsKey, logRetention }: FunctionProps,
): LambdaFunction => {
  const { name, does, memoryMb, timeoutSeconds, uses, single, url } = spec;
  const functionName = `${parts.name}-${name}`;
  const logGroup = new LogGroup(scope, `${idOf(name)}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    encryptionKey: logsKey,
    retention: logRetention,
    // A first deployment that fails takes them away again, so that the next one can make them.
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  const writesLogs: Use = () => ({
    grants: [
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      },
    ],
  });
  const needs = [...uses, writesLogs, traces].map((use) => use(parts));
  const policy = new ManagedPolicy(scope, `${idOf(name)}Policy`, {
    description: `tagledger: ${does}`,
    statements: grantsIn(needs).map(statementOf),
    roles: [role],
  });
  const made = new LambdaFunction(scope, idOf(name), {
    functionName,
    description: `tagledger: ${does}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: code(name),
    memorySize: memoryMb,
    timeout: Duration.seconds(timeoutSeconds),
    ...(single && { reservedConcurrentExecutions: 1 }),
    role: role.withoutPolicyUpdates(),
    logGroup,
    tracing: Tracing.ACTIVE,
    environment: Object.assign({}, ...needs.map(({ env }) => env)),
  });
  made.node.addDependency(policy);
  if (url) made.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
  return made;
};

/** The part of a logical id that stands for a function. */
export const idOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** What is granted on the same resources under the same conditions, together and once. */
const grantsIn = (needs: readonly Need[]): readonly Grant[] => {
  const merged = new Map<string, Grant>();
  for (const grant of needs.flatMap(({ grants = [] }) => grants)) {
    const key = JSON.stringify([grant.resources, grant.conditions]);
    const actions = [...new Set([...(merged.get(key)?.actions ?? []), ...grant.actions])].sort();
    merged.set(key, { ...grant, actions });
  }
  return [...merged.values()];
};

const statementOf = ({ actions, resources, conditions }: Grant): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions && { conditions }),
  });
