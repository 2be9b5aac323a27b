import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS as ALL_COMMANDS } from '../../src/cli/commands.ts';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('command line');
const folder = temporaryFolder(test);
const nowhere = join(folder, 'nowhere');

const COMMANDS = [
  'demo',
  'ingest',
  'baseline',
  'plan',
  'history',
  'state',
  'list',
  'compliance',
  'why',
  'coverage',
  'completion',
  'rebuild',
  'archive',
  'redrive',
  'consume',
  'seal',
  'prove',
  'verify',
];
const record = join(folder, 'record.json');
const POLICY = 'examples/required-tags.json';
test.before(() => {
  const id = 'vol-0a1b2c3d4e5f60718';
  writeFileSync(record, JSON.stringify(sample('CreateVolume', { responseElements: { volumeId: id } })));
});

for (const args of [['help'], ['--help'], ['-h']]) {
  test(`\`${args.join(' ')}\` names every command on stdout`, async () => {
    const { code, out, said } = await run(args);
    assert.is(code, 0);
    assert.is(said, '');
    for (const command of COMMANDS) assert.match(out, new RegExp(`^  ${command} `, 'm'));
  });
}

/** What the built command line loads: for each of its files the bytes and packages that come with it. */
const built = build({
  entryPoints: { tagledger: 'src/cli/tagledger.ts', 'verify-thread': 'src/cli/commands/verify/thread.ts' },
  outdir: folder,
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  metafile: true,
  write: false,
});

/** Where `import()` begins, each with all that it loads at once. */
const loadedBy = async (source: string): Promise<{ packages: string[]; bytes: number }> => {
  const { outputs } = (await built).metafile;
  const begin = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source);
  assert.ok(begin, source);
  const packages = new Set<string>();
  // A set gives out what is added to it on the way. What `import()` names is loaded by who needs it.
  const reached = new Set([begin]);
  for (const path of reached)
    for (const { path: name, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') (external ? packages : reached).add(name);
  const bytes = [...reached].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  return { packages: [...packages].filter((name) => !name.startsWith('node:')).sort(), bytes };
};

test('the version is there without any package', async () => {
  const { packages, bytes } = await loadedBy('src/cli/tagledger.ts');
  assert.equal(packages, []);
  assert.ok(bytes < 12_000, `${bytes}`);
});

/** The most that a command loads before it reads its first input: that of the largest, and a little room. */
const MOST_KB = 350;

for (const source of [
  'src/cli/command-line.ts',
  'src/cli/commands/verify/thread.ts',
  ...COMMANDS.map((name) => `src/cli/commands/${name}/${name}.ts`),
]) {
  test(`${source} loads no client of AWS, no database, and not more than it needs`, async () => {
    const { packages, bytes } = await loadedBy(source);
    assert.equal(
      packages.filter((name) => /aws|sqlite/.test(name)),
      [],
    );
    assert.ok(bytes < MOST_KB * 1_000, `${bytes}`);
  });
}

/** Completion knows the words of every command. */
const MOST_OF_A_COMMAND = 4_340;

test('the answer to a shell that completes a word needs neither the parser nor a database', async () => {
  const { packages, bytes } = await loadedBy('src/cli/complete.ts');
  assert.equal(packages, ['fastest-levenshtein', 'valibot']);
  assert.ok(bytes < ALL_COMMANDS.length * MOST_OF_A_COMMAND, `${bytes}`);
});

test('nothing at all is wrong usage, and the help is talk then', async () => {
  const { code, out, said } = await run([]);
  assert.is(code, 2);
  assert.is(out, '');
  assert.match(said, 'Usage: tagledger COMMAND [OPTIONS]');
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
  [['lst'], ['Unknown command "lst". Did you mean "list"?']],
  [['constructor'], ['Unknown command "constructor". Run `tagledger help` for all commands.']],
  [['frobnicate'], ['Unknown command "frobnicate". Run `tagledger help`']],
  [
    ['list', '--staus', 'open'],
    ['Unknown option "--staus". Did you mean "--status"?', 'tagledger list --help'],
  ],
  [['ingest', '--reject', 'x'], ['Unknown option "--reject". Did you mean "--rejects"?']],
  [['list', '-f', 'json'], ['Unknown option "-f". Run `tagledger list --help`']],
  [
    ['list', '--ledger'],
    ['--ledger needs a value.', 'tagledger list --help'],
  ],
  [['list', '--format', 'jsn'], ['Unknown value for --output: "jsn". Did you mean "json"?']],
  [['list', '--status', 'aplied'], ['Unknown value for --status: "aplied". Did you mean "applied"?']],
  [
    ['list', '--status', 'everyone'],
    ['The known ones are "open", "retrying", "failed", "applied", "observed", "unknown", "retired", "gap".'],
  ],
  [
    ['compliance', '--format', 'yaml'],
    ['The known ones are "text", "wide", "json", "ndjson", "csv", "ocsf", "asff".'],
  ],
  [['compliance', '--frmo', '2026-03-01'], ['Unknown option "--frmo". Did you mean "--from"?']],
  [['compliance', '--everything'], ['Unknown option "--everything". Run `tagledger compliance --help`']],
  [['compliance', '--type', 'instnce'], ['Unknown resource type "instnce". Did you mean "instance"?']],
  [
    ['compliance', '--type', 'bucket'],
    ['Unknown resource type "bucket". Run `tagledger coverage` for all resource types.'],
  ],
  [
    ['compliance', '--region', 'Ireland'],
    ['The value "Ireland" of --region is not the name of a Region, such as eu-west-1.'],
  ],
  [
    ['compliance', '--account', '1111'],
    ['The value "1111" of --account is not the 12 digits of an account.'],
  ],
  [
    ['compliance', '--product-arn', 'mine'],
    ['The value "mine" of --product-arn is not the ARN of a product of Security Hub.'],
  ],
  [
    ['compliance', '--as-of', 'yesterday'],
    ['The value "yesterday" of --as-of is not a ', 'such as 2026-03-31'],
  ],
  [['compliance', '--known-at', '2026-02-30'], ['The value "2026-02-30" of --known-at is not a ']],
  [['compliance', '--policy-at', 'then'], ['The value "then" of --policy-at is not a ']],
  [
    ['compliance', '--from', '2026-03-01', '--to', '2026-03-02', '--step', '1y'],
    ['The value "1y" of --step is not a ', 'such as 30m'],
  ],
  [['state', 'i-0abc', '--as-of', '12:00'], ['The value "12:00" of --as-of is not a ']],
  [
    ['state', 'i-0abc', '--as-of', '2026-03-31T23:59'],
    ['The time "2026-03-31T23:59" of --as-of has no zone. Add Z or +02:00, such as 2026-03-31T23:59Z.'],
  ],
  [['changes', '--to', '2026-03-31T23:59:30.5'], ['"2026-03-31T23:59:30.5" of --to has no zone']],
  [['compliance', '--from', 'soon', '--to', '2026-03-31'], ['The value "soon" of --from is not a ']],
  [['compliance', '--policy-at', '2026-03-31T01:00'], ['of --policy-at has no zone']],
  [['timeline', 'i-0abc', '--known-at', 'now'], ['The value "now" of --known-at is not a ']],
  [['export', '--out', 'x.ndjson.gz', '--from', 'march'], ['The value "march" of --from is not a ']],
  [['policy', 'record', POLICY, '--from', '2026-03-31T01:00:00'], ['of --from has no zone']],
  [
    ['state', 'arn:aws:s3:::bucket'],
    ['arn:aws:s3:::bucket', 'such as arn:'],
  ],
  [
    ['redrive', '--queue', 'failures', '--ledger', 'dynamodb:a,b'],
    ['The value "failures" of --queue is not the URL of an SQS queue.'],
  ],
  [['prove', 'i-0abc', '--log', 's3://'], ['"s3://" names no bucket']],
  [
    ['list', 'i-0abc'],
    ['i-0abc', 'takes no arguments'],
  ],
  [['list', '--ledger', ''], ['--ledger is empty. Name a folder']],
  [['demo', 'file.json'], ['Unexpected argument "file.json": `tagledger demo` takes no arguments.']],
  [
    ['demo', '--ledger', 'dynamodb:ledger,state'],
    ['dynamodb:ledger,state is not a folder. Name one with --ledger.'],
  ],
  [['ingest'], ['`tagledger ingest` needs FILE', 'standard input']],
  [
    ['state'],
    ['`tagledger state` needs RESOURCE: The id, ARN, tag Name or beginning of the id of a resource.'],
  ],
  [['why'], ['`tagledger why` needs RESOURCE']],
  [['history', 'i-0a', 'i-0b'], ['Unexpected argument "i-0b": `tagledger history` takes one argument.']],
  [
    ['list', '--ledger', 'dynamodb:'],
    ['dynamodb:LEDGER_TABLE', 'STATE_TABLE'],
  ],
  [
    ['list', '--ledger', 'dynamodb:ledger'],
    ['does not name both tables. Write dynamodb:LEDGER_TABLE,STATE_TABLE'],
  ],
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
    await fails([...command, '--ledger', other], [other, 'is not a ledger']);
    await fails(
      [...command, '--ledger', join(other, 'thesis.txt')],
      ['is a file, and a ledger is a folder.'],
    );
  }
  assert.equal(readdirSync(other), ['thesis.txt']);
  assert.is(readFileSync(join(other, 'thesis.txt'), 'utf8'), 'precious');
});

for (const [what, rules, words] of [
  ['no JSON', '{Owner', ['TAG_RULES is not JSON', 'such as']],
  ['no object', '["Owner"]', ['TAG_RULES is not a JSON object']],
  [
    'wrong in two places',
    '{"Owner":"{who.nam}","aws:x":"y"}',
    ['{who.nam}', 'did you mean {who.name}?', '"aws:x"'],
  ],
] as const) {
  test(`TAG_RULES that is ${what} makes no ledger`, async () => {
    await fails(['ingest', record, '--simulate', '--ledger', nowhere], words, { TAG_RULES: rules });
    assert.not.ok(existsSync(nowhere));
  });
}

test('TAG_CHILDREN that is neither on nor off makes no ledger', async () => {
  await fails(
    ['ingest', record, '--simulate', '--ledger', nowhere],
    ['TAG_CHILDREN is "no", which is neither on nor off.'],
    {
      TAG_CHILDREN: 'no',
    },
  );
  assert.not.ok(existsSync(nowhere));
});

test('all settings that a ledger in AWS lacks are named at once', async () => {
  await fails(
    ['ingest', record, '--request-tags', '--ledger', 'dynamodb:ledger,state'],
    ['TAG_RULES (such as', 'TAGGER_ROLE_ARN (such as'],
  );
});

test('a resource that the ledger does not know is not known, and that is said with what to do', async () => {
  const ledger = join(folder, 'ledger');
  assert.is((await run(['ingest', record, '--ledger', ledger])).code, 0);
  for (const command of ['history', 'state', 'timeline']) {
    const { code, out, said } = await run([command, 'i-0abc', '--ledger', ledger]);
    assert.equal([code, out], [4, '']);
    assert.match(
      said,
      /^tagledger: This ledger does not know i-0abc\. Look for it with `tagledger list`[^\n]+\n$/,
    );
  }
});

for (const command of ['ingest', 'plan']) {
  test(`${command} of a trail without a record says so, and is no answer`, async () => {
    const file = join(folder, 'empty.json');
    writeFileSync(file, '{"Records":[]}');
    const { code, said } = await run([command, file, '--ledger', join(folder, 'of-nothing')]);
    assert.is(code, 4);
    assert.match(said, `No record was found in ${file}. Check that these are the files of the trail.`);
  });
}

test('an argument with control characters cannot write on the terminal', async () => {
  for (const args of [['\u001b[31mlist'], ['list', '--\u009b2J'], ['list', '--format', '\u001b[2J']]) {
    assert.not.match((await run(args)).said.trimEnd(), /\p{C}/u);
  }
});

test.run();
