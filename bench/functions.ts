import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { buildFunctions, FUNCTIONS } from '../scripts/build.ts';

/**
 * Size and import time of each Lambda function, with the AWS SDK in the bundle and with the SDK left to the
 * machine, each in a new process, in turn. `npm run bench:functions [-- RUNS]`
 */
const RUNS = Number(process.argv[2] ?? 9);

const ENV = {
  ...process.env,
  AWS_REGION: 'eu-west-1',
  LEDGER_TABLE: 'ledger',
  STATE_TABLE: 'state',
  TAG_RULES: '{"Owner":"{who.name}"}',
  TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply',
  ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts',
  ARCHIVE_BUCKET: 'archive',
  LOG_BUCKET: 'tagledger-log-111122223333',
  LOG_NAME: 'tagledger.example.com/prod',
  SEAL_KEY_ID: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  POWERTOOLS_TRACE_ENABLED: 'false',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

const SCRIPT = `
const begin = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - begin));
`;

const importMs = (file: string): number =>
  Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT, file], {
      env: ENV,
      encoding: 'utf8',
    }),
  );

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const kB = (bytes: number): string => `${Math.round(bytes / 1024)} kB`;

await buildFunctions('dist/lambda', []);
await buildFunctions('dist/lambda-external', ['@aws-sdk/*', '@smithy/*']);

console.log('function  SDK       size      gzip      import (median)');
for (const name of FUNCTIONS) {
  const variants = ['lambda', 'lambda-external'].map((folder) => ({
    file: `${process.cwd()}/dist/${folder}/${name}/index.mjs`,
    times: [] as number[],
  }));
  for (let run = 0; run < RUNS; run++) for (const { file, times } of variants) times.push(importMs(file));
  variants.forEach(({ file, times }, i) => {
    const bytes = readFileSync(file);
    const row = [
      name.padEnd(8),
      i === 0 ? 'bundled ' : 'external',
      kB(bytes.length).padEnd(8),
      kB(gzipSync(bytes).length).padEnd(8),
      `${Math.round(median(times))} ms`,
    ];
    console.log(row.join('  '));
  });
}
