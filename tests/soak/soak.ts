import { env, exit } from 'node:process';
import { parseArgs } from 'node:util';
import { startDynamoDBLocal } from '../conformance/servers/dynamodb-local.ts';
import { startMoto } from '../conformance/servers/moto.ts';
import type { Server } from '../conformance/servers/server.ts';
import { runSoak } from './run-soak.ts';

/**
 * `npm run soak -- [--minutes N] [--seed N]`: the product for N minutes (1), with ledger and change feed in DynamoDB
 * Local and the rest in moto. In the end all that tagledger promises must hold, and no process may have grown. Exit code
 * 1 when something does not hold.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const [minutes, seed] = [Number(values.minutes ?? 1), Number(values.seed ?? 1)];
if (!(minutes > 0 && Number.isSafeInteger(seed))) {
  throw new Error(`--minutes ${values.minutes} and --seed ${values.seed} must be numbers, such as 30 and 1.`);
}
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const servers: Server[] = [];
const stopAll = () => Promise.all(servers.map((server) => server.stop()));
const start = async (begin: () => Promise<Server>): Promise<string> => {
  const server = await begin();
  servers.push(server);
  return server.endpoint;
};
process.once('SIGINT', () => void stopAll().then(() => exit(130)));

try {
  const [local, moto] = await Promise.all([start(startDynamoDBLocal), start(startMoto)]);
  const { lines, violations } = await runSoak({
    minutes,
    seed,
    dynamodb: { name: 'DynamoDB Local', endpoint: local },
    cloud: { name: 'moto', endpoint: moto },
  });
  console.log([`soak of ${minutes} minutes, seed ${seed}`, ...lines].join('\n  '));
  for (const violation of violations) console.log(`does not hold: ${violation}`);
  console.log(violations.length === 0 ? 'all invariants hold' : `${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  await stopAll();
}
