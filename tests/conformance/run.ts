import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { argv, env, execPath, exit } from 'node:process';
import { startReport } from '../runner/report.ts';
import { startDynamoDBLocal } from './servers/dynamodb-local.ts';
import { startMoto } from './servers/moto.ts';
import type { Server } from './servers/server.ts';
import { type Targets, VARIABLE } from './targets.ts';

/**
 * `npm run conformance [-- NAME ...]`: the suites beside this file, against servers that nobody here wrote. DynamoDB
 * Local and moto are installed and started where `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB` and
 * `AWS_ENDPOINT_URL_EC2` name no others. A server that cannot be had is a failure.
 */
const started: Server[] = [];
const stopAll = () => Promise.all(started.map((server) => server.stop()));

const start = async (begin: () => Promise<Server>): Promise<string> => {
  const server = await begin();
  started.push(server);
  return server.endpoint;
};

const findTargets = async (): Promise<Targets> => {
  const named = (service: string) => env.AWS_ENDPOINT_URL ?? env[`AWS_ENDPOINT_URL_${service}`];
  const [dynamodb, cloud] = [named('DYNAMODB'), named('EC2')];
  const [local, moto] = await Promise.all([
    dynamodb === undefined ? start(startDynamoDBLocal) : undefined,
    dynamodb === undefined || cloud === undefined ? start(startMoto) : undefined,
  ]);
  const motoTarget = { name: 'moto', ...(moto && { endpoint: moto }) };
  return {
    dynamodbs: local
      ? [
          { name: 'DynamoDB Local', endpoint: local },
          { ...motoTarget, oneAtATime: true },
        ]
      : [{ name: `the DynamoDB at ${dynamodb}` }],
    cloud: cloud === undefined ? motoTarget : { name: `the AWS at ${cloud}` },
  };
};

const runSuites = async (targets: Targets): Promise<number> => {
  const suites = ['--dir', 'tests/conformance', '--suffix', '.conformance.ts'];
  const child = spawn(execPath, ['--import', 'tsx', 'tests/run.ts', ...suites, ...argv.slice(2)], {
    stdio: 'inherit',
    env: { ...env, [VARIABLE]: JSON.stringify(targets) },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

// The suites get the signal too, and end.
process.on('SIGINT', () => void stopAll());

try {
  const code = await runSuites(await findTargets());
  await stopAll();
  exit(code);
} catch (error) {
  await stopAll();
  const report = startReport(0);
  report.fail('tests/conformance/run.ts', error);
  exit(report.finish());
}
