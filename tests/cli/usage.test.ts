import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sample } from '../cloudtrail/samples.ts';
import { run, temporaryFolder } from './command-line.ts';

const test = suite('command line');
const folder = temporaryFolder(test);
const nowhere = join(folder, 'nowhere');

const COMMANDS = [
  'demo',
  'ingest',
  'plan',
  'history',
  'state',
  'list',
  'compliance',
  'why',
  'coverage',
  'rebuild',
  'archive',
  'redrive',
  'seal',
  'prove',
  'verify',
];
const record = join(folder, 'record.json');
test.before(() => {
  const id = 'vol-0a1b2c3d4e5f60718';
  writeFileSync(record, JSON.stringify(sample('CreateVolume', { responseElements: { volumeId: id } })));
});

for (const args of [['help'], ['--help'], ['-h']]) {
  test(`\`${args.join(' ')}\` names every command on stdout`, async () => {
    const { code, out, said } = await run(args);
    assert.is(code, 0);
    assert.is(said, '');
    for (const command of COMMANDS) {
      assert.match(out, `tagledger ${command}`);
    }
  });
}

test('what every command, and the thread of plan, loads has no client of AWS and no embedded one in it', async () => {
  const { metafile } = await build({
    entryPoints: ['src/cli/tagledger.ts', 'src/cli/plan-thread.ts'],
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const packages = new Set<string>();
  const isEntry = (path: string) => /\/(?:tagledger|plan-thread)\.js$/.test(path);
  const reached = new Set(Object.keys(metafile.outputs).filter(isEntry));
  assert.is(reached.size, 2);
  // A set gives out what is added to it on the way. What `import()` names is loaded by who needs it.
  for (const path of reached)
    for (const { path: name, kind, external } of metafile.outputs[path]?.imports ?? [])
      if (kind === 'import-statement') (external ? packages : reached).add(name);
  assert.ok(packages.has('valibot'));
  assert.equal(
    [...packages].filter((name) => /aws|dynalite/.test(name)),
    [],
  );
});

test('nothing at all is wrong usage, and the help is talk then', async () => {
  const { code, out, said } = await run([]);
  assert.is(code, 2);
  assert.is(out, '');
  assert.match(said, 'tagledger ingest FILE...');
});

for (const command of COMMANDS) {
  test(`\`${command} --help\` says how it is typed, and does nothing`, async () => {
    const { code, out } = await run([command, '--help', '--ledger', nowhere]);
    assert.is(code, 0);
    assert.match(out, `tagledger ${command}`);
    assert.not.ok(existsSync(nowhere));
  });
}

for (const [args, words] of [
  [['lst'], ['"lst"', 'did you mean "list"?']],
  [['constructor'], ['"constructor"', 'did you mean']],
  [
    ['list', '--staus', 'open'],
    ['"--staus"', 'did you mean "--status"?', 'tagledger list --help'],
  ],
  [
    ['ingest', '--reject', 'x'],
    ['"--reject"', 'did you mean "--rejects"?'],
  ],
  [
    ['list', '-f', 'json'],
    ['"-f"', 'did you mean'],
  ],
  [
    ['list', '--ledger'],
    ['--ledger', 'argument missing', 'tagledger list --help'],
  ],
  [
    ['list', '--format', 'jsn'],
    ['jsn', 'text, json, ndjson'],
  ],
  [
    ['list', '--status', 'aplied'],
    ['aplied', 'open, retrying, failed, applied, observed, retired'],
  ],
  [
    ['list', 'i-0abc'],
    ['i-0abc', 'options only'],
  ],
  [['list', '--ledger', ''], ['empty --ledger']],
  [
    ['demo', 'file.json'],
    ['file.json', 'tagledger ingest'],
  ],
  [['demo', '--ledger', 'dynamodb:ledger,state'], ['touches nothing in AWS']],
  [['ingest'], ['no file', 'standard input']],
  [['state'], ['0 resources', 'tagledger state i-0abc']],
  [['why'], ['0 resources', 'tagledger why i-0abc']],
  [
    ['history', 'i-0a', 'i-0b'],
    ['2 resources', 'tagledger history i-0abc'],
  ],
  [
    ['list', '--ledger', 'dynamodb:'],
    ['dynamodb:LEDGER_TABLE', 'STATE_TABLE'],
  ],
  [['list', '--ledger', 'dynamodb:ledger'], ['STATE_TABLE in the environment']],
] as const) {
  test(`\`${args.join(' ')}\` is wrong usage, said in one line`, async () => {
    const { code, out, said } = await run([...args]);
    assert.is(code, 2);
    assert.is(out, '');
    assert.is(said.trim().split('\n').length, 1, said);
    for (const word of ['tagledger: ', ...words]) assert.match(said, word);
  });
}

/** Asserts that a command line fails with code 1 and one line that holds these words. */
const fails = async (
  args: readonly string[],
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<void> => {
  const { code, out, said } = await run(args, env);
  assert.is(code, 1);
  assert.is(out, '');
  assert.is(said.trim().split('\n').length, 1, said);
  for (const word of ['tagledger: ', ...words]) assert.match(said, word);
  assert.not.match(said, 'TAGLEDGER_DEBUG');
};

for (const command of [['list'], ['state', 'i-0abc'], ['history', 'i-0abc']]) {
  test(`\`${command.join(' ')}\` where no ledger is makes none`, async () => {
    await fails([...command, '--ledger', nowhere], [nowhere, 'tagledger demo', '--ledger']);
    assert.not.ok(existsSync(nowhere));
  });
}

test('TAGLEDGER names the ledger, and --ledger wins over it', async () => {
  await fails(['list'], [nowhere], { TAGLEDGER: nowhere });
  await fails(['list', '--ledger', `${nowhere}-2`], [`${nowhere}-2`], { TAGLEDGER: nowhere });
});

test('a folder that is no ledger, and a file, are refused and stay as they are', async () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'thesis.txt'), 'precious');
  for (const command of [['list'], ['demo'], ['ingest', record]]) {
    await fails([...command, '--ledger', other], [other, 'holds other things']);
    await fails([...command, '--ledger', join(other, 'thesis.txt')], ['expected a folder']);
  }
  assert.equal(readdirSync(other), ['thesis.txt']);
  assert.is(readFileSync(join(other, 'thesis.txt'), 'utf8'), 'precious');
});

for (const [what, rules, words] of [
  ['no JSON', '{Owner', ['TAG_RULES that is not JSON', 'such as']],
  ['no object', '["Owner"]', ['TAG_RULES that is not an object']],
  [
    'wrong in two places',
    '{"Owner":"{who.nam}","aws:x":"y"}',
    ['{who.nam}', 'did you mean {who.name}?', '"aws:x"'],
  ],
] as const) {
  test(`TAG_RULES that is ${what} makes no ledger`, async () => {
    await fails(['ingest', record, '--ledger', nowhere], words, { TAG_RULES: rules });
    assert.not.ok(existsSync(nowhere));
  });
}

test('TAG_CHILDREN that is neither on nor off makes no ledger', async () => {
  await fails(['ingest', record, '--ledger', nowhere], ['TAG_CHILDREN="no"', 'expected on or off'], {
    TAG_CHILDREN: 'no',
  });
  assert.not.ok(existsSync(nowhere));
});

test('all settings that a ledger in AWS lacks are named at once', async () => {
  await fails(
    ['ingest', record, '--ledger', 'dynamodb:ledger,state'],
    ['TAG_RULES (such as', 'TAGGER_ROLE_ARN (such as'],
  );
});

test('a text that is no ARN is refused with an example', async () => {
  const ledger = join(folder, 'ledger');
  assert.is((await run(['ingest', record, '--ledger', ledger])).code, 0);
  await fails(['state', 'arn:aws:s3:::bucket', '--ledger', ledger], ['arn:aws:s3:::bucket', 'such as arn:']);
  await fails(['history', 'i-0abc', '--ledger', ledger], ['i-0abc', 'does not know', 'tagledger list']);
});

test('an argument with control characters cannot write on the terminal', async () => {
  for (const args of [['\u001b[31mlist'], ['list', '--\u009b2J'], ['list', '--format', '\u001b[2J']]) {
    assert.not.match((await run(args)).said.trimEnd(), /\p{C}/u);
  }
});

test.run();
