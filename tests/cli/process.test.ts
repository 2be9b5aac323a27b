import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { makeLedgerFolder } from '../../src/embedded/ledger-folder.ts';
import { arnOf } from '../../src/events/resource-arn.ts';
import { linesOf, temporaryFolder } from '../support/cli/command-line.ts';
import { databaseFile } from '../support/cli/database.ts';
import { type Exited, start } from '../support/cli/spawned.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { fakeDynamoDBServer, LEDGER_TABLE, STATE_TABLE } from '../support/fakes/dynamodb-server.ts';

const test = suite('tagledger as a process');
const folder = temporaryFolder(test);

const ID = 'vol-0a1b2c3d4e5f60718';
const record = sample('CreateVolume', { responseElements: { volumeId: ID } });
const marker = { tagledger: 2, demo: false, settings: { TAG_RULES: '{"Owner":"{who.name}"}' } } as const;

test('standard input is read; stdout is data only and stderr is talk', async () => {
  const ledger = join(folder, 'stdin');
  const input = `${JSON.stringify(record)}\nnonsense\n`;
  const args = [
    'ingest',
    '-',
    '--ledger',
    ledger,
    '--format',
    'ndjson',
    '--rejects',
    join(folder, 'rejects'),
  ];
  const { code, out, said } = await start(args, { input }).exited;
  assert.is(code, 1);
  assert.equal(
    linesOf(out).map(({ file, position, outcome }) => [file, position, outcome]),
    [
      ['-', 'line 2', 'rejected'],
      ['-', 'line 1', 'appended'],
    ],
  );
  assert.match(said, 'rejected: -, line 2: This is not JSON');
  assert.not.match(said, 'Warning');
});

test('while a process writes to a ledger, others read what is stored, and a second writer names the first', async () => {
  const ledger = join(folder, 'busy');
  const running = start(['ingest', '--simulate', '-', '--ledger', ledger], { staysOpen: true });
  const holder = join(ledger, 'db', 'writer.json');
  try {
    while (!existsSync(holder) && running.child.exitCode === null) await delay(10);
    const read = await start(['list', '--ledger', ledger]).exited;
    assert.equal([read.code, read.out], [0, 'no resources\n']);
    assert.is(
      read.said.replace(/^(?:answered from|its archive had|repeat it with:) .*\n/gm, ''),
      'no data yet: everything is unknown\nThis ledger knows no resource. Read a trail into it with `tagledger ingest FILE...`.\n',
    );
    const input = JSON.stringify(record);
    const { code, out, said } = await start(['ingest', '--simulate', '-', '--ledger', ledger], { input })
      .exited;
    assert.equal([code, out], [1, '']);
    assert.match(
      said,
      new RegExp(
        `^tagledger: The ledger in ${ledger} is in use: process ${running.child.pid} \\(tagledger ingest, since \\S+\\) writes to it\\. Try again when it has ended; commands that only read do not have to wait\\.\n$`,
      ),
    );
  } finally {
    running.child.kill('SIGKILL');
    await running.exited;
  }
  const input = JSON.stringify(record);
  const { code } = await start(['ingest', '--simulate', '-', '--ledger', ledger], { input }).exited;
  assert.is(code, 0, 'a process that was killed keeps nobody from writing');
});

test('a damaged ledger is said to be damaged in one line with a remedy, and the process ends', async () => {
  const ledger = join(folder, 'damaged');
  makeLedgerFolder(ledger, marker);
  const file = databaseFile(ledger);
  mkdirSync(dirname(file), { recursive: true });
  for (const [command, bytes, says] of [
    ['list', 'x'.repeat(8_192), 'is damaged or not a tagledger database'],
    ['ingest -', 'SQLite format 3\0'.padEnd(8_192, 'x'), 'is damaged: SQLite cannot read its pages'],
  ] as const) {
    writeFileSync(file, bytes);
    const { code, said } = await start([...command.split(' '), '--ledger', ledger]).exited;
    assert.is(code, 1);
    assert.match(said, new RegExp(`^tagledger: ${file} ${says}[^\n]* Restore it from a backup[^\n]*\n$`));
  }
});

test('a stdout that is closed early, as by head, is no crash', async () => {
  const { child, exited } = start(['help']);
  child.stdout?.destroy();
  const { code, said } = await exited;
  assert.is(code, 0);
  assert.is(said, '');
});

test('a ledger in AWS is reached with the SDK’s own settings', async () => {
  const { client, endpoint, close } = await fakeDynamoDBServer();
  try {
    const env = {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      TAG_RULES: '{"Owner":"{who.name}"}',
      TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagger',
      TAGLEDGER: `dynamodb:${LEDGER_TABLE}`,
      STATE_TABLE,
    };
    const { code, said } = await start(['ingest', '--request-tags', '-'], {
      env,
      input: JSON.stringify(record),
    }).exited;
    assert.is(code, 0, said);
    assert.is(
      said,
      `dynamodb:${LEDGER_TABLE} is a live ledger: tags were requested by TAG_RULES, and the deployed functions apply them\n`,
    );
    const stream = arnOf({ region: 'eu-west-1', account: '111122223333', type: 'volume', id: ID });
    const events = await dynamodbStore(client, LEDGER_TABLE).read(stream);
    assert.equal(
      events.map(({ event }) => event.type),
      ['TagRequested'],
      'the consumers run in AWS, not here',
    );
    assert.is((await start(['list'], { env }).exited).out, 'no resources\n');
    const told = await start(['history', stream], { env }).exited;
    assert.match(told.out, 'TagRequested', 'by its ARN a history needs no projected state');
  } finally {
    await close();
  }
});

const AWS_KEYS = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
const wrong = [
  ['no Region', { ...AWS_KEYS, AWS_CONFIG_FILE: '/dev/null' }, /Region is missing.*Pass --aws-region/],
  [
    'no credentials',
    {
      AWS_REGION: 'eu-west-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    /CredentialsProviderError.*Log in, or name a profile/,
  ],
] as const;
for (const [what, env, expected] of wrong) {
  test(`a ledger in AWS with ${what} says what to do in one sentence`, async () => {
    const { code, said } = await start(['list', '--ledger', 'dynamodb:a,b'], { env }).exited;
    assert.is(code, 1);
    assert.match(said, expected);
    assert.is(said.trim().split('\n').length, 1);
  });
}

/** Interrupts a process once what it begins with is there. */
const interruptedOnce = async (
  { child, exited }: ReturnType<typeof start>,
  path: string,
): Promise<Exited> => {
  while (!existsSync(path) && child.exitCode === null) await delay(10);
  child.kill('SIGINT');
  return exited;
};

test('an interrupted ingest ends with 130, and says what is kept and how to go on; what is there can be read', async () => {
  const ledger = join(folder, 'interrupted');
  const running = start(['ingest', '--simulate', '-', '--ledger', ledger], {
    input: JSON.stringify(record),
    staysOpen: true,
  });
  const { code, signal, out, said } = await interruptedOnce(running, join(ledger, 'tagledger.json'));
  assert.equal([code, signal, out], [130, null, '']);
  assert.is(
    said,
    'tagledger: ingest --simulate was interrupted. All that it recorded is kept. Run the same command again to go on: what is recorded already is not recorded twice.\n',
  );
  assert.is((await start(['list', '--ledger', ledger]).exited).code, 0);
});

test('an interrupted export leaves no file of its name, also while it waits for a named pipe', async () => {
  const [pipe, to] = [join(folder, 'pipe.ndjson'), join(folder, 'never.ndjson.gz')];
  execFileSync('mkfifo', [pipe]);
  const held = openSync(pipe, 'r+');
  try {
    const running = start(['export', '--ledger', pipe, '--out', to]);
    const aside = async () => {
      while (!readdirSync(folder).some((name) => name.startsWith('.tagledger-export-'))) await delay(10);
      running.child.kill('SIGINT');
      return running.exited;
    };
    const { code, signal, said } = await aside();
    // A shell reports the signal as 130.
    assert.equal([code, signal], [null, 'SIGINT']);
    assert.match(said, 'export was interrupted. It left no incomplete file.');
    assert.equal(
      readdirSync(folder).filter((name) => /^never|tagledger-export/.test(name)),
      [],
      'no file, and none that was temporary',
    );
  } finally {
    closeSync(held);
  }
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.is((await start(['--version']).exited).out, `${version}\n`);
});

test.run();
