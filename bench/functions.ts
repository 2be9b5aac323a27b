import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildFunctions } from '../scripts/build.ts';
import { FUNCTION_NAMES } from '../src/shared/function-names.ts';
import { bareHandler } from './bare-handler.ts';

/**
 * Size and import time (of the processor, which other work disturbs least) of each Lambda function, with the AWS SDK in the bundle, with the SDK left to the machine, and of a
 * handler that makes the same SDK clients and does nothing else, each in a new process, in turn. A function may take
 * 1.3 times as long as that handler. `npm run bench:functions [-- RUNS]`
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
const begin = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(begin);
process.stdout.write(String((user + system) / 1000));
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

/** As many times as long as the handler that does nothing a function may take. */
const MOST = 1.3;

/** What is loaded with a function: its file, and those that it imports at once. */
const loadedWith = (file: string): Buffer => {
  const files = new Set([file]);
  const parts: Buffer[] = [];
  for (const one of files) {
    const bytes = readFileSync(one);
    parts.push(bytes);
    for (const [, name = ''] of bytes.toString().matchAll(/(?:from|import)\s*"\.\/([^"]+\.mjs)"/g))
      files.add(`${dirname(file)}/${name}`);
  }
  return Buffer.concat(parts);
};

const kB = (bytes: number): string => `${Math.round(bytes / 1024)} kB`;

await buildFunctions('dist/lambda', []);
await buildFunctions('dist/lambda-external', ['@aws-sdk/*', '@smithy/*']);
mkdirSync('dist/bare', { recursive: true });
for (const name of FUNCTION_NAMES) writeFileSync(`dist/bare/${name}.ts`, await bareHandler(name));
await buildFunctions('dist/lambda-bare', [], (name) => `dist/bare/${name}.ts`);

const VARIANTS = [
  ['lambda', 'bundled'],
  ['lambda-external', 'external'],
  ['lambda-bare', 'nothing else'],
] as const;

console.log('function   SDK           size      gzip      import (median)');
for (const name of FUNCTION_NAMES) {
  const variants = VARIANTS.map(([folder, sdk]) => ({
    sdk,
    file: `${process.cwd()}/dist/${folder}/${name}/index.mjs`,
    times: [] as number[],
  }));
  for (let run = 0; run < RUNS; run++) for (const { file, times } of variants) times.push(importMs(file));
  const [own = Number.NaN, , bare = Number.NaN] = variants.map(({ times }) => median(times));
  for (const { sdk, file, times } of variants) {
    const bytes = loadedWith(file);
    const row = [
      name.padEnd(9),
      sdk.padEnd(12),
      kB(bytes.length).padEnd(8),
      kB(gzipSync(bytes).length).padEnd(8),
      `${Math.round(median(times))} ms`,
    ];
    console.log(row.join('  '));
  }
  const ratio = own / bare;
  console.log(
    `${''.padEnd(9)}  ${ratio.toFixed(2)} times the time of nothing else${ratio > MOST ? `: more than ${MOST}` : ''}`,
  );
}
