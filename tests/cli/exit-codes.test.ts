import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT_CODES, type Exit, exitOf } from '../../src/cli/exit-codes.ts';
import { main } from '../../src/cli/main.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { editEvent, inDatabase, removeRow, tamper } from '../support/cli/database.ts';
import { ingestUnsealed } from '../support/cli/unsealed.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('exit codes');
const folder = temporaryFolder(test);

const VOLUME = 'vol-0a1b2c3d4e5f60718';
const ARN = `arn:aws:ec2:eu-west-1:111122223333:volume/${VOLUME}` as ResourceArn;
const UNKNOWN = 'vol-0ffffffffffffffff';
const at = (name: string): string => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

const creation = sample('CreateVolume', { responseElements: { volumeId: VOLUME } });
const tagging = sample('CreateTags', {
  eventID: 'tagging',
  requestParameters: {
    resourcesSet: { items: [{ resourceId: UNKNOWN.replace('f', 'e') }] },
    tagSet: { items: [{ key: 'Owner', value: 'bob' }] },
  },
});
const TRAIL = write('trail.json', JSON.stringify([creation]));
const POLICY = write('policy.json', JSON.stringify({ tagledger: 1, rules: [{ key: 'Owner' }] }));
const STRICT = write('strict.json', JSON.stringify({ tagledger: 1, rules: [{ key: 'CostCentre' }] }));
const NO_POLICY = write('no-policy.json', '{"tagledger":1,"rulez":[]}');
const NO_RECORDS = write('no-records.json', '{"Records":[]}');
const VOLUMES = write('volumes.json', JSON.stringify({ Volumes: [{ VolumeId: VOLUME }] }));
const NO_VOLUMES = write('no-volumes.json', JSON.stringify({ Volumes: [{ VolumeId: UNKNOWN }] }));
const TAKEN = ['--account', '111122223333', '--region', 'eu-west-1', '--taken-at', '2026-03-31T09:00Z'];
const NO_JSON = write('torn.ndjson', '{"half":\n');
const [SEALED, BROKEN, NOWHERE] = [at('sealed'), at('broken'), at('nowhere')];
const [OLD, FILE, BAD_FILE] = [at('unseen'), at('all.ndjson.gz'), at('bad.ndjson.gz')];
const KEY = join(SEALED, 'seal.vkey');
const PERIOD = at('period.ndjson.gz');
const BUNDLE = at('bundle.json');
const BAD_BUNDLE = at('bad-bundle.json');
const OTHER = at('other');
const TABLES = 'dynamodb:ledger,state';

/** What somebody did who may write the database of a ledger. */
const changeHash = (ledger: string) =>
  tamper(ledger, (database) => editEvent(database, { stream: ARN, seq: 1 }, 'hash', Buffer.alloc(32)));

const loseRow = (ledger: string) => inDatabase(ledger, (database) => removeRow(database, ARN));

const copyOf = (ledger: string, name: string): string => {
  cpSync(ledger, at(name), { recursive: true });
  return at(name);
};

const succeeds = async (...args: readonly string[]): Promise<string> => {
  const { code, out, said } = await run(args);
  assert.is(code, 0, said);
  return out;
};

test.before(async () => {
  mkdirSync(OTHER);
  write('other/thesis.txt', 'precious');
  await succeeds('ingest', '--simulate', TRAIL, '--ledger', SEALED);
  await succeeds('seal', '--ledger', SEALED);
  await succeeds('export', '--out', FILE, '--ledger', SEALED);
  await succeeds('export', '--out', PERIOD, '--to', '2099-01-01', '--ledger', SEALED);
  const bundle = write('bundle.json', await succeeds('prove', VOLUME, '--ledger', SEALED));
  assert.is(bundle, BUNDLE);
  write(
    'bad-bundle.json',
    (await succeeds('prove', VOLUME, '--ledger', SEALED)).replace('CreateVolume', 'createVolume'),
  );

  await ingestUnsealed(OLD, [tagging]);
  const unsealed = copyOf(SEALED, 'unsealed');
  const news = sample('CreateVolume', { eventID: 'more', responseElements: { volumeId: UNKNOWN } });
  await ingestUnsealed(unsealed, [news]);

  await changeHash(copyOf(SEALED, 'broken'));
  copyOf(BROKEN, 'broken-to-seal');
  assert.is((await run(['export', '--out', BAD_FILE, '--ledger', BROKEN])).code, 3);
  await loseRow(copyOf(SEALED, 'rowless'));
  copyOf(at('rowless'), 'rowless-too');
  const segments = join(copyOf(SEALED, 'misfiled'), 'archive', 'segments');
  const partials = readdirSync(segments).find((name) => name.endsWith('.outlines.gz')) as string;
  writeFileSync(join(segments, partials), 'damaged');
  const archive = join(copyOf(SEALED, 'archiveless'), 'archive', 'segments');
  for (const name of readdirSync(archive)) {
    rmSync(join(archive, name));
    mkdirSync(join(archive, name));
  }
});

type Case = readonly [args: readonly string[], exit: Exit, env?: Readonly<Record<string, string>>];

const asked = (...args: string[]) => ['compliance', '--ledger', SEALED, ...args];
const verifying = (...args: string[]) => ['verify', '--ledger', SEALED, ...args];
const about = (command: string): readonly Case[] => [
  [[command, VOLUME, '--ledger', SEALED], 'done'],
  [[command, VOLUME, '--ledger', FILE], 'done'],
  [[command, VOLUME, '--ledger', NOWHERE], 'failed'],
  [[command, '--ledger', SEALED], 'usage'],
  [[command, 'arn:aws:s3:::bucket', '--ledger', SEALED], 'usage'],
  [[command, UNKNOWN, '--ledger', SEALED], 'unknown'],
];

const shown = (file: string, ledger: string) => ['baseline', file, ...TAKEN, '--ledger', at(ledger)];

/** Command lines, and how each ends. A command has one at least for every way in which it says that it can end. */
const CASES: readonly Case[] = [
  [['demo', '--ledger', at('demo')], 'done'],
  [['demo', '--ledger', OTHER], 'failed'],
  [['demo', 'file.json'], 'usage'],
  [shown(VOLUMES, 'baseline'), 'done'],
  [[...shown(NO_VOLUMES, 'baseline'), '--taken-at', '2026-03-31T10:00Z'], 'finding'],
  [shown(NO_JSON, 'baseline'), 'failed'],
  [shown(TRAIL, 'baseline'), 'unknown'],
  [['baseline', '--ledger', at('baseline')], 'usage'],
  [['baseline', VOLUMES, '--ledger', at('baseline')], 'usage'],
  [['ingest', '--simulate', TRAIL, '--ledger', SEALED], 'done'],
  [['ingest', '--simulate', NO_JSON, '--ledger', at('rejecting'), '--rejects', at('rejects')], 'failed'],
  [['ingest'], 'usage'],
  [['ingest', NO_RECORDS, '--ledger', at('of-nothing')], 'unknown'],
  [['ingest', TRAIL, '--ledger', at('observed')], 'done'],
  [['ingest', TRAIL, '--simulate', '--ledger', at('observed')], 'usage'],
  [['ingest', TRAIL, '--request-tags', '--ledger', SEALED], 'usage'],
  [['ingest', TRAIL, '--simulate', '--ledger', 'dynamodb:ledger,state'], 'usage'],
  [['plan', TRAIL], 'done'],
  [['plan', NO_JSON], 'failed'],
  [['plan'], 'usage'],
  [['plan', NO_RECORDS], 'unknown'],
  ...about('history'),
  ...about('state'),
  [['state', VOLUME, '--as-of', 'yesterday', '--ledger', SEALED], 'usage'],
  [['list', '--ledger', SEALED], 'done'],
  [['list', '--ledger', NOWHERE], 'failed'],
  [['list', '--status', 'aplied', '--ledger', SEALED], 'usage'],
  [asked('--policy', POLICY, '--fail-on', 'unknown'), 'done'],
  [asked('--policy', NO_POLICY), 'failed'],
  [asked('--policy', POLICY, '--by', 'colour'), 'usage'],
  [asked(), 'unknown'],
  [asked('--policy', STRICT), 'done'],
  [asked('--policy', STRICT, '--fail-on', 'violating'), 'finding'],
  [asked('--policy', POLICY, '--creator', 'nobody'), 'done'],
  [asked('--policy', POLICY, '--creator', 'nobody', '--fail-on', 'violating'), 'unknown'],
  [asked('--policy', POLICY, '--account', '444455556666', '--fail-on', 'violating'), 'unknown'],
  [asked('--policy', POLICY, '--region', 'eu-wst-1', '--fail-on', 'unknown'), 'unknown'],
  [asked('--policy', POLICY, '--account', '12345', '--fail-on', 'violating'), 'usage'],
  [asked('--policy', POLICY, '--type', 'instnce', '--fail-on', 'violating'), 'usage'],
  [asked('--policy', POLICY, '--as-of', '2026-03-31T23:59'), 'usage'],
  [asked('--as-of', '2020-01-01'), 'unknown'],
  [['compliance', '--ledger', OLD, '--policy', POLICY, '--fail-on', 'violating'], 'done'],
  [['compliance', '--ledger', OLD, '--policy', POLICY, '--fail-on', 'unknown'], 'unknown'],
  [['changes', '--ledger', SEALED], 'done'],
  [['changes', '--ledger', NOWHERE], 'failed'],
  [['changes', '--from', 'soon', '--ledger', SEALED], 'usage'],
  [['changes', '--resource', UNKNOWN, '--ledger', SEALED], 'unknown'],
  ...about('timeline'),
  [['timeline', VOLUME, '--width', '7', '--ledger', SEALED], 'usage'],
  ...about('why'),
  [['coverage'], 'done'],
  [['coverage', 'ec2'], 'usage'],
  [['completion', 'bash'], 'done'],
  [['completion', 'tcsh'], 'usage'],
  [['rebuild', '--ledger', at('rowless')], 'done'],
  [['rebuild', '--ledger', NOWHERE], 'failed'],
  [['rebuild', '--check', '--prune', '--ledger', SEALED], 'usage'],
  [['rebuild', '--check', '--ledger', at('rowless-too')], 'finding'],
  [['archive', 'check', '--ledger', SEALED], 'done'],
  [['archive', 'check', '--ledger', FILE], 'failed'],
  [['archive', 'look'], 'usage'],
  [['archive', 'check', '--ledger', at('misfiled')], 'finding'],
  [['redrive', '--ledger', SEALED], 'done'],
  [['redrive', at('missing'), '--ledger', SEALED], 'failed'],
  [['redrive', '--limit', '3', '--ledger', SEALED], 'usage'],
  [['doctor', '--ledger', SEALED], 'done'],
  [['doctor', '--ledger', FILE], 'usage'],
  [['doctor', '--ledger', NOWHERE], 'finding'],
  [['doctor', '--ledger', at('archiveless')], 'unknown'],
  [['seal', '--ledger', SEALED], 'done'],
  [['seal', '--ledger', NOWHERE], 'failed'],
  [['seal', '--ledger', TABLES], 'usage'],
  [['seal', '--ledger', at('broken-to-seal')], 'finding'],
  [['prove', VOLUME, '--ledger', SEALED], 'done'],
  [['prove', VOLUME, '--ledger', OLD], 'failed'],
  [['prove', VOLUME, '--seq', 'x', '--ledger', SEALED], 'usage'],
  [['prove', UNKNOWN, '--ledger', at('unsealed')], 'unknown'],
  [['policy', 'check', POLICY], 'done'],
  [['policy', 'check', NO_POLICY], 'failed'],
  [['policy', 'chek', POLICY], 'usage'],
  [['export', '--out', at('again.ndjson.gz'), '--ledger', SEALED], 'done'],
  [['export', '--out', FILE, '--ledger', SEALED], 'failed'],
  [['export', '--out', at('x.json'), '--ledger', SEALED], 'usage'],
  [['export', '--out', at('bad-again.ndjson.gz'), '--ledger', BROKEN], 'finding'],
  [['import', FILE, '--ledger', at('imported')], 'done'],
  [['import', FILE, '--ledger', SEALED], 'failed'],
  [['import', '--ledger', at('imported')], 'usage'],
  [verifying('--key', KEY), 'done'],
  [['verify', '--ledger', FILE, '--key', KEY, '--log', join(SEALED, 'log')], 'done'],
  [['verify', '--bundle', BUNDLE, '--key', KEY], 'done'],
  [verifying('--key', at('missing')), 'failed'],
  [verifying('--trail', NO_JSON), 'failed'],
  [['verify', '--trail', NO_JSON, '--ledger', BROKEN], 'failed'],
  [['verify', '--bundle', POLICY, '--key', KEY], 'failed'],
  [['verify', '--bundle', BUNDLE], 'usage'],
  [['verify', '--ledger', BROKEN], 'finding'],
  [['verify', '--ledger', BAD_FILE], 'finding'],
  [['verify', '--bundle', BAD_BUNDLE, '--key', KEY], 'finding'],
  [verifying(), 'done'],
  [verifying('--trail', TRAIL), 'done'],
  [verifying('--at-size', 'x'), 'usage'],
  [['verify', '--ledger', OLD], 'unknown'],
  [['verify', '--ledger', PERIOD, '--key', KEY, '--log', join(SEALED, 'log')], 'unknown'],
  [['verify', '--ledger', FILE], 'unknown'],
  [['consume', '--ledger', TABLES], 'failed'],
  [['consume', 'all', '--ledger', SEALED], 'usage'],
  [['consume', '--ledger', SEALED], 'done'],
];

const runs: (readonly [command: string, exit: Exit])[] = [];
const holds = async ([args, exit, env]: Case): Promise<void> => {
  const { code, said } = await run(args, env);
  assert.is(code, EXIT_CODES[exit].code, said);
  runs.push([args[0] as string, exit]);
};

for (const one of CASES) {
  const typed = one[0].join(' ').replaceAll(`${folder}/`, '');
  test(`\`${typed}\` ends as ${one[1]}`, () => holds(one));
}

const AT_ONCE = ['consume', '--once', '--ledger', TABLES];
const SETTINGS = { ALERT_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alerts', TAG_CHILDREN: 'off' };

/** Does something at an empty change feed; `onTurn` is called whenever a consumer looks at it. */
const atEmptyFeed = async (onTurn: () => void, work: () => Promise<void>): Promise<void> => {
  const mocks = [
    mockClient(DynamoDBClient),
    mockClient(DynamoDBStreamsClient),
    mockClient(SNSClient),
    mockClient(STSClient),
  ] as const;
  const [dynamodb, streams, sns, sts] = mocks;
  dynamodb.onAnyCommand().resolves({});
  dynamodb.on(DescribeTableCommand).resolves({
    Table: { LatestStreamArn: 'arn:stream', StreamSpecification: { StreamEnabled: true } },
  });
  streams.on(DescribeStreamCommand).callsFake(() => {
    onTurn();
    return { StreamDescription: { Shards: [] } };
  });
  sns.onAnyCommand().resolves({});
  sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333' });
  try {
    await work();
  } finally {
    for (const mock of mocks) mock.restore();
  }
};

test('`consume --once` at a change feed that is empty ends as done', () =>
  atEmptyFeed(
    () => {},
    () => holds([AT_ONCE, 'done', SETTINGS]),
  ));

test('consume ends by itself when it is interrupted: not done with --once, and done without', () => {
  // What a signal calls, without the signal, which would end the tests.
  let isListening = false;
  const interrupt = () => {
    const listener = process.listeners('SIGINT').find((one) => !others.has(one));
    isListening = listener !== undefined;
    listener?.('SIGINT');
  };
  const others = new Set(process.listeners('SIGINT'));
  return atEmptyFeed(interrupt, async () => {
    assert.is((await run(AT_ONCE, SETTINGS)).code, EXIT_CODES.interrupted.code);
    assert.ok(isListening);
    const forEver = AT_ONCE.filter((arg) => arg !== '--once');
    assert.is((await run(forEver, SETTINGS)).code, EXIT_CODES.done.code);
  });
});

test('every command was seen to end in every way in which it says that it can, and in no other', () => {
  const seen = (command: string) => [
    ...new Set(runs.filter(([name]) => name === command).map(([, exit]) => exit)),
  ];
  for (const { name, exits } of COMMANDS) {
    assert.equal(seen(name).sort(), [...exits].sort(), name);
  }
});

test('of several things that are true, what could not be done comes first, then what was found', () => {
  assert.is(exitOf({}), 'done');
  assert.is(exitOf({ unknown: true }), 'unknown');
  assert.is(exitOf({ unknown: true, finding: true }), 'finding');
  assert.is(exitOf({ unknown: true, finding: true, failed: true }), 'failed');
});

test('what nobody expected is a failure, said in one sentence', async () => {
  const said: string[] = [];
  const console = {
    stdout: () => {
      throw new TypeError('broken');
    },
    stderr: (line: string) => said.push(line),
    note: () => {},
    progress: () => {},
    style: PLAIN_TEXT,
  };
  assert.is(await main(['coverage'], {}, () => console), EXIT_CODES.failed.code);
  assert.equal(said, [
    'tagledger: The command failed with TypeError: broken. Set TAGLEDGER_DEBUG=1 to see where.',
  ]);
});

const TABLE = Object.values(EXIT_CODES).map(({ code, means }) => [String(code), means]);

test('the reference has the table of exit codes as it is in the code', () => {
  const page = readFileSync('docs/reference/exit-codes.md', 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, means]) => [code, means]);
  assert.equal(rows, TABLE);
});

test('the help has the exit codes', async () => {
  const { out } = await run(['help']);
  const words = out.replace(/\s+/g, ' ');
  for (const [code = '', means = ''] of TABLE) assert.ok(words.includes(` ${code} ${means}`), code);
});

test.run();
