import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { databaseFile } from '../support/cli/database.ts';
import { launch } from '../support/cloudtrail/trail.ts';

const test = suite('a ledger whose database is gone');
const folder = temporaryFolder(test);
const healthy = join(folder, 'healthy');
const blank = join(folder, 'blank');
const trail = join(folder, 'trail.json');
const nothing = join(folder, 'nothing.json');

test.before(async () => {
  writeFileSync(trail, JSON.stringify(launch(['i-01', 'i-02'])));
  writeFileSync(nothing, '{"Records":[]}');
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', healthy])).code, 0);
  assert.is((await run(['seal', '--ledger', healthy])).code, 0);
  assert.is((await run(['ingest', '--simulate', nothing, '--ledger', blank])).code, 4, 'nothing was read');
});

const remove = (ledger: string, ...names: readonly string[]) => {
  for (const name of names) rmSync(join(ledger, name), { recursive: true, force: true });
};

const SEALED = /a sealed log of \d+ events/;
const HARMS: readonly (readonly [
  what: string,
  harm: (ledger: string) => void,
  held: RegExp,
  database: string,
])[] = [
  ['without db/', (ledger) => remove(ledger, 'db'), SEALED, 'missing'],
  [
    'with an empty db/',
    (ledger) => {
      remove(ledger, 'db');
      mkdirSync(join(ledger, 'db'));
    },
    SEALED,
    'missing',
  ],
  [
    'with an empty file as its database',
    (ledger) => {
      remove(ledger, 'db');
      mkdirSync(join(ledger, 'db'));
      writeFileSync(databaseFile(ledger), '');
    },
    SEALED,
    'empty',
  ],
  [
    'with a new database',
    (ledger) => {
      remove(ledger, 'db');
      cpSync(join(blank, 'db'), join(ledger, 'db'), { recursive: true });
    },
    SEALED,
    'empty',
  ],
  [
    'with a new database beside an archive',
    (ledger) => {
      remove(ledger, 'db', 'log');
      cpSync(join(blank, 'db'), join(ledger, 'db'), { recursive: true });
    },
    /an archive of events/,
    'empty',
  ],
];

for (const [n, [what, harm, held, database]] of HARMS.entries()) {
  test(`${what} it is named by every command, and none makes a new database`, async () => {
    const ledger = join(folder, `harmed-${n}`);
    cpSync(healthy, ledger, { recursive: true });
    harm(ledger);
    const was = existsSync(join(ledger, 'db'));
    const says = new RegExp(
      `The ledger in ${ledger} has ${held.source}, but its database is ${database}. Restore ${databaseFile(ledger)} from a backup`,
    );
    const policy = ['--policy', 'examples/required-tags.json'];
    for (const args of [
      ['list'],
      ['compliance', ...policy],
      ['ingest', '--simulate', trail],
      ['seal'],
      ['rebuild'],
      ['archive', 'check'],
    ]) {
      const { code, out, said } = await run([...args, '--ledger', ledger]);
      assert.equal([code, out], [1, ''], args.join(' '));
      assert.match(said, says);
    }
    const verified = await run(['verify', '--ledger', ledger]);
    assert.is(verified.code, 3);
    assert.match(verified.out, new RegExp(`${held.source} +a database that is ${database}: restore db/`));
    const recorded = await run(['verify', '--record', '--ledger', ledger]);
    assert.is(recorded.code, 1);
    assert.match(recorded.said, says);
    const { code, out } = await run(['doctor', '--ledger', ledger]);
    assert.is(code, 3);
    assert.match(out, new RegExp(`${held.source}, but its database is ${database}`));
    const to = join(folder, `export-${n}.ndjson.gz`);
    const exported = await run(['export', '--out', to, '--ledger', ledger]);
    assert.equal([exported.code, existsSync(to)], [1, false]);
    assert.match(exported.said, `a database that is ${database}: restore db/ from a backup`);
    assert.is(existsSync(join(ledger, 'db')), was);
  });
}

test('a folder that never held an event is a new ledger, with and without a database', async () => {
  for (const names of [[], ['db']]) {
    const ledger = join(folder, `blank-${names.length}`);
    cpSync(blank, ledger, { recursive: true });
    remove(ledger, ...names);
    assert.is((await run(['list', '--ledger', ledger])).code, 0);
    assert.is((await run(['ingest', '--simulate', trail, '--ledger', ledger])).code, 0);
  }
});

test('of a ledger that holds no event nothing is verified', async () => {
  const { code, out, said } = await run(['verify', '--ledger', blank]);
  assert.is(code, 4);
  assert.match(out, /^integrity +NOT CHECKED +0 events in 0 streams$/m);
  assert.match(said, `${blank} holds no events, so nothing was verified`);
});

test('an export of no event answers nothing, and one of 0 bytes is none', async () => {
  const empty = join(folder, 'empty.ndjson.gz');
  assert.is((await run(['export', '--out', empty, '--ledger', blank])).code, 0);
  const verified = await run(['verify', '--ledger', empty]);
  assert.is(verified.code, 4);
  assert.match(verified.said, 'holds no events, so nothing was verified');
  const [zero, plain] = ['zero.ndjson.gz', 'zero.ndjson'].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  for (const file of [zero, plain]) {
    writeFileSync(file, '');
    assert.is((await run(['verify', '--ledger', file])).code, 1);
  }
  for (const args of [
    ['list'],
    ['changes'],
    ['state', 'i-01'],
    ['compliance', '--policy', 'examples/required-tags.json'],
  ]) {
    const ofNone = await run([...args, '--ledger', empty]);
    assert.equal([ofNone.code, ofNone.out], [1, ''], args.join(' '));
    assert.match(ofNone.said, `${empty} holds no events, so it cannot answer.`);
    for (const file of [zero, plain]) {
      const { code, out, said } = await run([...args, '--ledger', file]);
      assert.equal([code, out], [1, ''], args.join(' '));
      assert.match(said, `${file} cannot be read to its end (it is empty).`);
    }
  }
});

test.run();
