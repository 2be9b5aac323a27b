import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openFolderRuntime } from '../../src/cli/ledger/open-runtime.ts';
import { type EmbeddedAws, embeddedAws } from '../../src/embedded/embedded-aws.ts';
import { record } from '../../src/events/recorded-event.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { run, temporaryFolder, withoutProvenance } from '../support/cli/command-line.ts';
import { contentsOf } from '../support/cli/contents.ts';
import { inDatabase } from '../support/cli/database.ts';
import { launch, tagging } from '../support/cloudtrail/trail.ts';
import { at, failed, requested, streamOf } from '../support/events.ts';

const test = suite('reading never writes');
const folder = temporaryFolder(test);
const demo = join(folder, 'demo');
const healthy = join(folder, 'healthy');
/** With what a process leaves that was killed between its appends and the consumers. */
const killed = join(folder, 'killed');
const due = join(folder, 'due');
const archiveless = join(folder, 'archiveless');

const NEW = 'i-0a1b2c3d4e5f60718';
const WAITING = streamOf('i-0a1b2c3d4e5f60719');
const TRAIL = 'examples/trail/111122223333_CloudTrail_eu-west-1_20260330T1300Z_6bmmgWcILtEO6sI8.json.gz';
const POLICY = ['--policy', 'examples/required-tags.json'];
const KNOWN = 'i-0a1b2c3d4e5f60717';
/** How the commands end that are asked about it. */
let usual: readonly number[] = [];

const copyTo = (ledger: string): void => cpSync(healthy, ledger, { recursive: true });

/** Does something in a ledger's folder with its pipeline; nothing is consumed by opening or closing it. */
const inPipeline = async (path: string, work: (aws: EmbeddedAws) => Promise<unknown>): Promise<void> => {
  const rules = parseTagRules('{"Owner":"{who.name}"}');
  const aws = await embeddedAws({ folder: path, rules });
  try {
    await work(aws);
  } finally {
    aws.close();
  }
};

test.before(async () => {
  const trail = join(folder, 'trail.json');
  writeFileSync(trail, JSON.stringify(launch([KNOWN])));
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', healthy])).code, 0);
  assert.is((await run(['seal', '--ledger', healthy])).code, 0);
  const codes: number[] = [];
  for (const args of questions(KNOWN)) codes.push((await run([...args, '--ledger', healthy])).code);
  usual = codes;

  copyTo(killed);
  await inPipeline(killed, (aws) => aws.request([launch([NEW]), tagging(NEW, { Team: 'shop' })], 'killed'));

  copyTo(due);
  const asked = record(WAITING, requested('r1'), undefined, new Date(at(1)));
  const throttled = failed('f1', { class: 'throttled', retryAt: at(10) });
  await inPipeline(due, async ({ store, settle }) => {
    await store.append(asked);
    await store.append(record(WAITING, throttled, asked, new Date(at(2))));
    await settle();
  });

  copyTo(archiveless);
  rmSync(join(archiveless, 'archive'), { recursive: true });
});

/** Every file of a ledger but SQLite's own beside the database, with its digest. */
const filesOf = (ledger: string): readonly string[] =>
  readdirSync(ledger, { recursive: true })
    .map(String)
    .filter((name) => !/-(?:wal|shm)$/.test(name) && statSync(join(ledger, name)).isFile())
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(ledger, name)))
          .digest('hex')}`,
    )
    .sort();

/** Every command that answers from a ledger, asked about a resource. */
const questions = (resource: string): readonly (readonly string[])[] => [
  ['list'],
  ['history', resource],
  ['state', resource],
  ['state', resource, '--as-of', '2026-06-01T00:00:00Z'],
  ['compliance', ...POLICY],
  ['compliance', ...POLICY, '--from', '2026-03-30', '--to', '2026-03-31', '--step', '1d'],
  ['why', resource],
  ['why', resource, '--trail', TRAIL],
  ['timeline', resource],
  ['changes'],
  ['changes', '--resource', resource],
  ['prove', resource],
  ['verify'],
  ['verify', '--key', join(healthy, 'seal.vkey')],
];

test('a ledger that is just being made lacks no archive', async () => {
  const begun = join(folder, 'begun');
  await (await openFolderRuntime(begun, {}, { create: 'observed' })).close();
  rmSync(join(begun, 'archive'), { recursive: true });
  const { code, said } = await run(['list', '--ledger', begun]);
  assert.is(code, 0);
  assert.not.match(said, 'archive');
});

/** Commands that only check: what is unfinished may be a finding of theirs. */
const CHECKS = [['doctor'], ['rebuild', '--check'], ['archive', 'check']];

const CASES: readonly (readonly [what: string, ledger: string, says: RegExp])[] = [
  [
    'a feed that was not consumed',
    killed,
    /^2 events are not projected yet and 1 tag request is not applied yet: /,
  ],
  ['an attempt that is due', due, /^1 attempt is due: /],
  ['a removed archive', archiveless, /^the archive is missing: /],
];

for (const [what, ledger, says] of CASES) {
  test(`${what} is said in one line with its remedy, and every command leaves all as it is`, async () => {
    const before = { files: filesOf(ledger), items: (await contentsOf(ledger)).raw };
    for (const [i, args] of questions(KNOWN).entries()) {
      const { code, said } = await run([...args, '--ledger', ledger]);
      const name = args.slice(0, 2).join(' ');
      assert.is(code, usual[i], `${name}: ${said}`);
      const lines = said.split('\n').filter((line) => line.includes('tagledger consume'));
      // verify reads the events alone, and nothing that consumers make of them.
      assert.is(lines.length, args[0] === 'verify' ? 0 : 1, name);
      for (const line of lines) {
        assert.match(line, says);
        assert.ok(line.endsWith(`: run \`tagledger consume --ledger ${ledger}\``), line);
      }
      assert.equal(filesOf(ledger), before.files, name);
    }
    for (const args of CHECKS) {
      await run([...args, '--ledger', ledger]);
      assert.equal(filesOf(ledger), before.files, args.join(' '));
    }
    assert.equal((await contentsOf(ledger)).raw, before.items);
  });
}

test('of the demo, with nothing unfinished, nothing is said, and nothing is changed', async () => {
  assert.is((await run(['demo', '--ledger', demo])).code, 0);
  const { raw: items, views } = await contentsOf(demo);
  const sealed = views.find(({ status }) => status === 'applied');
  const files = filesOf(demo);
  for (const args of [...questions(sealed?.arn ?? ''), ...CHECKS]) {
    const { said } = await run([...args, '--ledger', demo]);
    assert.not.match(said, 'tagledger consume');
    assert.equal(filesOf(demo), files, args.join(' '));
  }
  assert.equal((await contentsOf(demo)).raw, items);
});

test('a removed archive is not made again by a reader, and is by consume', async () => {
  const ledger = join(folder, 'archive-again');
  cpSync(archiveless, ledger, { recursive: true });
  for (const args of questions(KNOWN)) await run([...args, '--ledger', ledger]);
  assert.not.ok(existsSync(join(ledger, 'archive')));
  assert.is((await run(['consume', '--ledger', ledger])).code, 0);
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 0);
});

test('answers are those of the events, also of those that nobody projected', async () => {
  const knownAt = ['--known-at', new Date().toISOString()];
  for (const [what, ledger] of CASES) {
    const file = `${ledger}.ndjson.gz`;
    assert.is((await run(['export', '--out', file, '--ledger', ledger])).code, 0);
    for (const args of [
      ['list'],
      ['compliance', ...POLICY, '--as-of', '2026-06-01', ...knownAt],
      ['changes', ...knownAt],
    ]) {
      const ask = async (where: string) => {
        const { out } = await run([...args, '--format', 'json', '--ledger', where]);
        return withoutProvenance(out);
      };
      assert.equal(await ask(ledger), await ask(file), `${what}: ${args[0]}`);
    }
  }
});

test('a resource that nobody projected is found by id and by ARN', async () => {
  for (const resource of [NEW, streamOf(NEW)]) {
    for (const args of [
      ['history', resource],
      ['state', resource],
      ['timeline', resource],
      ['why', resource],
    ]) {
      const { code, out, said } = await run([...args, '--ledger', killed]);
      assert.is(code, 0, said);
      assert.match(out, NEW);
    }
  }
  assert.match((await run(['state', NEW, '--ledger', killed])).out, /Team +shop/);
});

test('consume finishes it all, and says what it did', async () => {
  const ledger = join(folder, 'finished');
  cpSync(killed, ledger, { recursive: true });
  const { code, out } = await run(['consume', '--ledger', ledger, '--format', 'json']);
  assert.is(code, 0);
  const { apply, project, raised, dropped } = JSON.parse(out);
  assert.ok(apply >= 1 && project > 3);
  assert.equal([raised, dropped], [0, 0]);
  const { said } = await run(['list', '--ledger', ledger]);
  assert.match(said, /^data until \S+Z\n$/);
  assert.is((await run(['rebuild', '--check', '--ledger', ledger])).code, 0);
});

test('consume raises the attempts that are due', async () => {
  const ledger = join(folder, 'raised');
  cpSync(due, ledger, { recursive: true });
  const { out } = await run(['consume', '--ledger', ledger, '--format', 'json']);
  assert.is(JSON.parse(out).raised, 1);
});

test('batches that were given up are said with their remedy, and no archive is trusted that may lack them', async () => {
  const ledger = join(folder, 'given-up');
  copyTo(ledger);
  await inDatabase(ledger, (database) => database.run('INSERT INTO dead_letters (message) VALUES (?)', '{}'));
  // Who answers from the archive cannot read this.
  rmSync(join(ledger, 'archive', 'segments'), { recursive: true });
  const { code, said } = await run(['compliance', ...POLICY, '--ledger', ledger]);
  assert.is(code, 0, said);
  assert.match(said, `1 batch was given up: run \`tagledger redrive --ledger ${ledger}\``);
});

test.run();
