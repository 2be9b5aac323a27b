import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { startDynamoDBLocal } from '../tests/conformance/servers/dynamodb-local.ts';
import { startMoto } from '../tests/conformance/servers/moto.ts';
import type { Server } from '../tests/conformance/servers/server.ts';
import { aboutThisRun } from './peers/about-this-run.ts';
import { readingTrails } from './peers/reading-trails.ts';
import { taggingInstances } from './peers/tagging-instances.ts';

/**
 * tagledger beside what would be picked in its place: the same new instances tagged by tagledger, by Cloud Custodian and
 * with a call for each, on one moto server in one run; and a trail read by `tagledger plan` and by plain Python.
 * `npm run bench:peers [-- INSTANCES,... MB]`, 100,1000,5000 and 200 unless told. Needs what `npm run conformance` needs.
 */
const [sizes = '100,1000,5000', megabytes = '200'] = argv.slice(2);
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const servers: Server[] = [];
const start = async (begin: () => Promise<Server>): Promise<Server> => {
  const server = await begin();
  servers.push(server);
  return server;
};
const folder = mkdtempSync(join(tmpdir(), 'tagledger-peers-'));
const clear = async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
};
process.once('SIGINT', () => void clear().then(() => exit(130)));

try {
  execFileSync('npm', ['run', '--silent', 'build:cli'], { stdio: 'inherit' });
  console.log(aboutThisRun());

  const [local, moto] = await Promise.all([start(startDynamoDBLocal), start(startMoto)]);
  for (const size of sizes.split(',').map(Number)) {
    console.log(await taggingInstances({ instances: size, folder, dynamodb: local, moto }));
  }
  console.log(await readingTrails(folder, Number(megabytes)));
} finally {
  await clear();
}
