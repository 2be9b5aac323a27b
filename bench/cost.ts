import { readFileSync, writeFileSync } from 'node:fs';
import { argv, env, exit } from 'node:process';
import * as v from 'valibot';
import { buildFunctions } from '../scripts/build.ts';
import { startDynamoDBLocal } from '../tests/conformance/servers/dynamodb-local.ts';
import { startMoto } from '../tests/conformance/servers/moto.ts';
import type { Server } from '../tests/conformance/servers/server.ts';
import { costText } from './cost/cost-text.ts';
import { measure } from './cost/measure.ts';
import { MeasurementSchema } from './cost/measurement.ts';

/**
 * What a million tagged resources cost in AWS: counts and times are of the deployed functions over DynamoDB Local and
 * moto, and are kept in bench/cost/measured.json; bench/cost.md is written from them and the list prices.
 * `npm run bench:cost`, or `npm run bench:cost -- --again` to write it from what was measured before, with other prices.
 */
const [MEASURED, TEXT] = ['bench/cost/measured.json', 'bench/cost.md'];

const measureNow = async (): Promise<void> => {
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const servers: Server[] = [];
  const stopAll = () => Promise.all(servers.map((server) => server.stop()));
  process.once('SIGINT', () => void stopAll().then(() => exit(130)));
  try {
    await buildFunctions('dist/lambda', []);
    for (const start of [startDynamoDBLocal, startMoto]) servers.push(await start());
    const [dynamodb, moto] = servers as [Server, Server];
    const measured = await measure(dynamodb, moto, (line) => console.error(`measuring: ${line}`));
    writeFileSync(MEASURED, `${JSON.stringify(measured, null, 2)}\n`);
  } finally {
    await stopAll();
  }
};

if (!argv.includes('--again')) await measureNow();
const text = costText(v.parse(MeasurementSchema, JSON.parse(readFileSync(MEASURED, 'utf8'))));
writeFileSync(TEXT, text);
console.log(text);
