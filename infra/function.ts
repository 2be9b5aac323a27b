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
import { capitalized } from '../src/shared/text.ts';
import type { FunctionSpec } from './functions.ts';
import type { Grant, Need, Use } from './need.ts';
import type { Parts } from './parts.ts';
import { traces } from './uses.ts';

/**
 * Creates the role of a function, without permissions: the ledger's policy names it before the ledger exists.
 */
export const roleOf = (scope: Construct, prefix: string, { name, does }: FunctionSpec): Role =>
  new Role(scope, `${idOf(name)}Role`, {
    roleName: `${prefix}-${name}`,
    description: `tagledger: ${does}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });

/** The parts of a function. */
export interface FunctionProps {
  readonly role: Role;
  /** Returns the code of the function with this name. */
  readonly code: (name: string) => Code;
  readonly logsKey: IKey;
  readonly logRetention: RetentionDays;
}

/**
 * Creates a function with its log group, environment variables and permissions. Variables and permissions
 * both come from `uses`, so they always match. The policy is created first, because Lambda checks it when it
 * connects a stream.
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
    // A failed first deployment removes them, so that the next one can create them.
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

/** The part of a logical id that names a function. */
export const idOf = (name: string): string => capitalized(name);

/** Merges grants on the same resources under the same conditions, without duplicates. */
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
