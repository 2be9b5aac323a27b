import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { databaseFile, inDatabase } from '../support/cli/database.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('completion by a shell');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');

const IDS = ['vol-0a1b2c3d4e5f60718', 'vol-0a1ffffffffffffff', 'vol-0bbbbbbbbbbbbbbbb'];
const ARN = 'arn:aws:ec2:eu-west-1:111122223333:volume/';

test.before(async () => {
  const trail = join(folder, 'trail.json');
  const records = IDS.map((volumeId, i) =>
    sample('CreateVolume', { eventID: `creation-${i}`, responseElements: { volumeId } }),
  );
  writeFileSync(trail, JSON.stringify(records));
  assert.is((await run(['ingest', trail, '--ledger', ledger])).code, 0);
});

/** The answer to the words of a command line, of which the last one is completed: its kind and its lines. */
const answer = async (
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<{ readonly kind: string | undefined; readonly lines: readonly string[] }> => {
  const { code, out, said } = await run(['__complete', '--', ...words], env);
  assert.equal([code, said], [0, '']);
  const [kind, ...lines] = out.trimEnd().split('\n');
  return { kind, lines };
};

/** The words that can stand in the last place. */
const wordsAfter = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { kind, lines } = await answer(words);
  assert.is(kind, 'words');
  return lines.map((line) => line.split('\t')[0] ?? '');
};

test('the first word is a command, and each comes with its sentence', async () => {
  const { lines } = await answer(['']);
  for (const { name, brief } of COMMANDS) assert.ok(lines.includes(`${name}\t${brief}`), name);
  assert.equal(await wordsAfter('comp'), ['completion', 'compliance']);
  assert.equal(await wordsAfter('help', 'li'), ['list']);
  assert.not.ok((await wordsAfter('')).includes('__complete'));
});

test('an option comes with its sentence, and a hidden or old spelling does not come', async () => {
  assert.equal((await answer(['list', '--st'])).lines, ['--status\tOnly resources of this status.']);
  const all = await wordsAfter('export', '--');
  assert.ok(all.includes('--out') && all.includes('--ledger'));
  for (const old of ['--since', '--until', '--format']) assert.not.ok(all.includes(old), old);
});

test('an option that was given does not come again, unless it can be repeated', async () => {
  assert.equal(await wordsAfter('list', '--status', 'open', '--stat'), []);
  assert.equal(await wordsAfter('list', '-q', '--qu'), []);
  assert.equal(await wordsAfter('verify', '--trail', 'a', '--trai'), ['--trail', '--trail-keys']);
});

test('the value of an option is one of its choices, also behind = and -o', async () => {
  assert.equal(await wordsAfter('list', '--status', 'o'), ['open', 'observed']);
  assert.equal(await wordsAfter('list', '--status=o'), ['--status=open', '--status=observed']);
  assert.equal(await wordsAfter('list', '-o', ''), ['text', 'wide', 'json', 'ndjson', 'csv']);
  assert.ok((await wordsAfter('compliance', '--format', '')).includes('ocsf'));
  assert.equal(await wordsAfter('list', '--stauts=o'), []);
});

test('the value of an option without choices is not known, and no argument', async () => {
  assert.equal(await wordsAfter('state', '--as-of', ''), []);
  assert.equal(await wordsAfter('archive', '--profile', ''), []);
});

test('an argument is one of its choices, and what follows it is the next argument', async () => {
  assert.equal(await wordsAfter('archive', ''), ['check', 'rebuild']);
  assert.equal(await wordsAfter('archive', '-q', '--ledger', 'x', 're'), ['rebuild']);
  assert.equal(await wordsAfter('completion', 'z'), ['zsh']);
  for (const words of [
    ['policy', 'check', ''],
    ['policy', 'check', 'a.json', ''],
    ['ingest', '--', '-'],
    ['ingest', '-', ''],
  ])
    assert.is((await answer(words)).kind, 'files', words.join(' '));
});

test('where no argument can follow, there are options', async () => {
  assert.ok((await wordsAfter('list', '')).includes('--status'));
  assert.ok((await wordsAfter('archive', 'check', '')).includes('--ledger'));
});

test('files and folders are left to the shell', async () => {
  assert.is((await answer(['compliance', '--policy', ''])).kind, 'files');
  assert.is((await answer(['compliance', '--policy=ex'])).kind, 'files');
  assert.is((await answer(['list', '--ledger', ''])).kind, 'files');
  assert.is((await answer(['import', 'x.ndjson.gz', '--previous', ''])).kind, 'folders');
});

test('every option and argument has choices, or a name that says what its value is', async () => {
  for (const { name, args, flags } of COMMANDS) {
    const values = Object.entries(flags).filter(([, { hidden, value }]) => !hidden && value);
    for (const [flag] of values) await answer([name, `--${flag}`, '']);
    for (const [argument, { choices }] of Object.entries(args))
      assert.ok(choices ?? ['FILE', 'FOLDER', 'RESOURCE'].includes(argument), `${name} ${argument}`);
  }
});

test('a resource is one of the ledger that --ledger or TAGLEDGER names', async () => {
  const two = [IDS[0], IDS[1]].map((id) => `${id}\tvolume in 111122223333 eu-west-1`);
  assert.equal((await answer(['why', '--ledger', ledger, 'vol-0a1'])).lines, two);
  assert.equal((await answer(['why', `--ledger=${ledger}`, 'vol-0a1'])).lines, two);
  assert.equal((await answer(['history', 'vol-0a1'], { TAGLEDGER: ledger })).lines, two);
  assert.equal(await wordsAfter('changes', '--ledger', ledger, '--resource=vol-0b'), [
    `--resource=${IDS[2]}`,
  ]);
  assert.equal(await wordsAfter('state', '--ledger', ledger, `${ARN}vol-0b`), [`${ARN}${IDS[2]}`]);
});

test('nothing is said where there is no ledger, or none that is quick to read', async () => {
  const other = join(folder, 'other');
  mkdirSync(join(other, 'db'), { recursive: true });
  writeFileSync(databaseFile(other), 'precious');
  for (const where of [join(folder, 'nowhere'), other, '', 'dynamodb:a,b', join(folder, 'x.ndjson.gz'), '\0'])
    assert.equal(await wordsAfter('why', '--ledger', where, ''), [], where);
  assert.not.ok(existsSync(join(folder, 'nowhere')));
  assert.is(readFileSync(databaseFile(other), 'utf8'), 'precious');
});

test('asking for a resource does not change the ledger', async () => {
  const file = databaseFile(ledger);
  const before = [readdirSync(ledger), readFileSync(file), statSync(file).mtimeMs];
  await wordsAfter('why', '--ledger', ledger, '');
  assert.equal([readdirSync(ledger), readFileSync(file), statSync(file).mtimeMs], before);
});

test('an unknown command has nothing to offer, and neither have the names of every object', async () => {
  assert.equal(await wordsAfter('lst', '--'), []);
  assert.equal(await wordsAfter('constructor', ''), []);
  assert.equal(await wordsAfter('list', '--constructor', ''), await wordsAfter('list', ''));
});

test('at most 200 resources are offered, and those with a name that a shell could run are not', async () => {
  const many = join(folder, 'many');
  execFileSync('cp', ['-R', ledger, many]);
  await inDatabase(many, (database) => {
    for (let i = 0; i < 300; i++) addRow(`${ARN}vol-1${String(i).padStart(4, '0')}`);
    addRow(`${ARN}vol-2$(touch pwned)`);
    addRow(`${ARN}vol-2\`touch pwned\``);
    function addRow(resource: string) {
      database.run(
        'INSERT INTO states (resource, item) VALUES (?, ?)',
        resource,
        JSON.stringify({ resource }),
      );
    }
  });
  assert.is((await wordsAfter('why', '--ledger', many, 'vol-1')).length, 200);
  assert.equal(await wordsAfter('why', '--ledger', many, 'vol-2'), []);
});

const hasBash = spawnSync('bash', ['--version']).status === 0;
if (!hasBash) console.log('There is no bash on this machine: the script for bash was not run.');

interface Asked {
  /** The words before the cursor as bash cuts them. */
  readonly words: readonly string[];
  readonly line: string;
  /** What bash takes for the word to complete. */
  readonly part: string;
  /** What the program answers. */
  readonly answer: readonly string[];
}

/** Completes the line `$1` as bash does: it gives the words up to the cursor, and the part of the last that it took. */
const COMPLETE_LINE = `source ./script
COMP_LINE=$1
COMP_POINT=$(printf %s "$1" | wc -c)
part=$2
shift 2
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tagledger tagledger "$part" ""
printf "%s\\n" "\${COMPREPLY[@]}"`;

/** Completes a line in bash with a program that answers as it is told: the words it was asked for, and what bash is given. */
const inBash = async ({ words, line, part, answer: lines }: Asked) => {
  const place = mkdtempSync(join(folder, 'bash-'));
  const script = (await run(['completion', 'bash'])).out;
  writeFileSync(join(place, 'script'), script);
  writeFileSync(join(place, 'answer'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(place, 'tagledger'),
    `#!/bin/sh\nfor word; do printf '%s\\n' "$word"; done > '${place}/asked'\ncat '${place}/answer'\necho talk >&2\n`,
  );
  chmodSync(join(place, 'tagledger'), 0o755);
  const { stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', COMPLETE_LINE, 'bash', line, part, ...words],
    { cwd: place, encoding: 'utf8', env: { PATH: `${place}:${process.env.PATH}` } },
  );
  assert.is(stderr, '');
  assert.equal(readdirSync(place).sort(), ['answer', 'asked', 'script', 'tagledger']);
  return {
    asked: readFileSync(join(place, 'asked'), 'utf8').trimEnd().split('\n'),
    offered: stdout.split('\n').filter(Boolean),
  };
};

if (hasBash) {
  test('in bash, the words are asked for, and answers are offered without their sentences', async () => {
    const { asked, offered } = await inBash({
      words: ['tagledger', 'list', '--st'],
      line: 'tagledger  list --st',
      part: '--st',
      answer: ['words', '--status\tOnly resources of this status.'],
    });
    assert.equal(asked, ['__complete', '--', 'list', '--st']);
    assert.equal(offered, ['--status']);
  });

  test('in bash, a word that is empty is asked for, too', async () => {
    const { asked } = await inBash({
      words: ['tagledger', 'list', ''],
      line: 'tagledger list ',
      part: '',
      answer: ['words'],
    });
    // The last, empty, line is trimmed.
    assert.equal(asked, ['__complete', '--', 'list']);
  });

  test('in bash, what it cuts at = and : is one word, and what stands in the line is not offered again', async () => {
    const status = await inBash({
      words: ['tagledger', 'list', '--status', '=', 'o'],
      line: 'tagledger list --status=o',
      part: 'o',
      answer: ['words', '--status=open', '--status=observed'],
    });
    assert.equal(status, {
      asked: ['__complete', '--', 'list', '--status=o'],
      offered: ['open', 'observed'],
    });
    const arn = await inBash({
      words: ['tagledger', 'why', 'arn', ':', 'aws', ':', 'ec'],
      line: 'tagledger why arn:aws:ec',
      part: 'ec',
      answer: ['words', 'arn:aws:ec2:x'],
    });
    assert.equal(arn, { asked: ['__complete', '--', 'why', 'arn:aws:ec'], offered: ['ec2:x'] });
    const { offered } = await inBash({
      words: ['tagledger', 'list', '--status', '='],
      line: 'tagledger list --status=',
      part: '',
      answer: ['words', '--status=open'],
    });
    assert.equal(offered, ['open']);
  });

  test('in bash, nothing in a line or an answer is run or expanded', async () => {
    const hostile = ['$(touch pwned)', '`touch pwned`', '*', '$HOME', "'; touch pwned; '", '\\x'];
    const { asked, offered } = await inBash({
      words: ['tagledger', 'why', '$(touch pwned)', '*', ''],
      line: 'tagledger why $(touch pwned) * ',
      part: '',
      answer: ['words', ...hostile],
    });
    assert.equal(asked, ['__complete', '--', 'why', '$(touch pwned)', '*']);
    assert.equal(offered, hostile);
  });

  test('in bash, files are left to the shell', async () => {
    const { offered } = await inBash({
      words: ['tagledger', 'plan', ''],
      line: 'tagledger plan ',
      part: '',
      answer: ['files'],
    });
    assert.equal(offered, []);
  });
}

test('no script has the shell evaluate or expand anything', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await run(['completion', shell]);
    assert.is(code, 0);
    assert.match(out, 'tagledger __complete --');
    assert.not.match(out, /\beval\b|compgen|\(e\)|\(P\)/, shell);
  }
});

test.run();
