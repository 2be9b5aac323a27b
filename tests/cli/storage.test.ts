import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { launch } from '../support/cloudtrail/trail.ts';

const test = suite('the storage of an embedded ledger');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const ID = 'i-0a1b2c3d4e5f60717';

const succeeds = async (...args: readonly string[]): Promise<string> => {
  const { code, out, said } = await run(args);
  assert.is(code, 0, said);
  return out;
};
const copyOf = (name: string): string => {
  cpSync(ledger, join(folder, name), { recursive: true });
  return join(folder, name);
};

test.before(async () => {
  chmodSync(folder, 0o755);
  const trail = join(folder, 'trail.json');
  writeFileSync(trail, JSON.stringify(launch([ID])));
  await succeeds('ingest', '--simulate', trail, '--ledger', ledger);
  await succeeds('seal', '--ledger', ledger);
});

/** Runs the command line as a user who owns nothing. */
const asNobody = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/tagledger.ts', ...args], {
    uid: 65_534,
    gid: 65_534,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
const canBeNobody =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['--import', 'tsx', '-e', ''], { uid: 65_534, gid: 65_534 }).status === 0;

/** Every file and folder with its size and the time of its last change. */
const timesIn = (path: string): readonly string[] =>
  ['.', ...readdirSync(path, { recursive: true }).map(String)]
    .map((name) => `${name} ${statSync(join(path, name)).size} ${statSync(join(path, name)).mtimeMs}`)
    .sort();

(canBeNobody ? test : test.skip)('a user without write permission reads, and changes nothing', () => {
  const before = timesIn(ledger);
  for (const args of [
    ['list'],
    ['history', ID],
    ['state', ID],
    ['compliance', '--policy', 'examples/required-tags.json'],
    ['why', ID],
    ['timeline', ID],
    ['changes'],
    ['prove', ID],
    ['verify', '--key', join(ledger, 'seal.vkey')],
  ]) {
    const { status, stderr } = asNobody(...args, '--ledger', ledger);
    assert.is(status, 0, `${args[0]}: ${stderr}`);
  }
  assert.equal(timesIn(ledger), before);
});

(canBeNobody ? test : test.skip)('a user without write permission is told so when a command writes', () => {
  const { status, stderr } = asNobody('consume', '--ledger', ledger);
  assert.is(status, 1);
  assert.match(stderr, /^tagledger: No permission to use .*db\. Run the command as its owner/);
});

test('a folder that version 0.1 made is refused in one sentence, with what to do', async () => {
  const old = copyOf('old');
  const settings = { TAG_RULES: '{"Owner":"{who.name}"}' };
  writeFileSync(join(old, 'tagledger.json'), JSON.stringify({ tagledger: 1, demo: false, settings }));
  for (const args of [['list'], ['ingest', '--simulate', join(folder, 'trail.json')], ['verify'], ['seal']]) {
    const { code, said } = await run([...args, '--ledger', old]);
    assert.is(code, 1);
    assert.match(
      said,
      /^tagledger: The ledger in .*old was made by tagledger 0\.1, .*tagledger import [^\n]*\n$/,
    );
  }
});

test('a lost key is named, and no new one is made in its place', async () => {
  const lost = copyOf('lost-key');
  rmSync(join(lost, 'seal.key'));
  const { code, said } = await run(['seal', '--ledger', lost]);
  assert.is(code, 1);
  assert.match(
    said,
    /^tagledger: The key of the log [^ ]+ is missing: .*seal\.key\. Restore it from a backup/,
  );
  assert.not.ok(existsSync(join(lost, 'seal.key')));
});

test('a file that holds no key is named', async () => {
  const broken = copyOf('broken-key');
  writeFileSync(join(broken, 'seal.key'), 'x');
  const { code, said } = await run(['seal', '--ledger', broken]);
  assert.is(code, 1);
  assert.match(said, /^tagledger: .*seal\.key does not hold a private key\. Restore it from a backup/);
});

test('the next command that writes removes what a killed one left', async () => {
  const killed = copyOf('killed');
  const left = [join(killed, 'archive', `~${randomUUID()}`), join(killed, 'archive', 'rebuild')];
  mkdirSync(join(killed, 'archive', 'rebuild', randomUUID()), { recursive: true });
  writeFileSync(left[0] ?? '', 'half');
  await succeeds('list', '--ledger', killed);
  for (const path of left) assert.ok(existsSync(path), 'a reader removes nothing');
  await succeeds('consume', '--ledger', killed);
  for (const path of left) assert.not.ok(existsSync(path), path);
});

test('the next export removes what a killed one left, and leaves alone what others have', async () => {
  const to = join(folder, 'exports');
  mkdirSync(to);
  const nobody = spawnSync(process.execPath, ['-e', '']).pid;
  const names = {
    killed: `.tagledger-export-${hostname()}-${nobody}-a1b2c3`,
    running: `.tagledger-export-${hostname()}-${process.pid}-a1b2c3`,
    elsewhere: `.tagledger-export-another-host-${nobody}-a1b2c3`,
    other: '.tagledger-exported',
  };
  for (const name of Object.values(names)) writeFileSync(join(to, name), 'x');
  await succeeds('export', '--out', join(to, 'new.ndjson.gz'), '--ledger', ledger);
  assert.equal(readdirSync(to).sort(), [names.running, names.elsewhere, names.other, 'new.ndjson.gz'].sort());
});

test('errors of the operating system are named in plain words', async () => {
  const { code, said } = await run([
    'export',
    '--out',
    join(folder, 'none', 'x.ndjson.gz'),
    '--ledger',
    ledger,
  ]);
  assert.is(code, 1);
  assert.match(said, /^tagledger: .*none.* does not exist\. Check the name\.\n$/);
});

test.run();
