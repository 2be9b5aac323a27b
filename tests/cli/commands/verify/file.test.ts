import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildCli } from '../../../../scripts/build.ts';
import { startThread } from '../../../../src/cli/commands/verify/start-thread.ts';
import { columnsOf, toLine } from '../../../../src/events/ledger-line.ts';
import { sectionChecker } from '../../../../src/verifier/check-section.ts';
import { fileLines } from '../../../../src/verifier/ledger-file.ts';
import { type Section, sectionsOf } from '../../../../src/verifier/sections.ts';
import { type Ran, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { chain, observed, requested, streamOf, tags } from '../../../support/events.ts';

const test = suite('checking an export in two threads');
const folder = temporaryFolder(test);
const file = join(folder, 'ledger.ndjson');
const built = join(folder, 'dist');

/** Some 20 MB, of which the beginning alone is checked in one thread; every hundredth stream is damaged, and one is long. */
test.before(async () => {
  await buildCli(built);
  symlinkSync(
    fileURLToPath(new URL('../../../../node_modules', import.meta.url)),
    join(folder, 'node_modules'),
  );
  const filling = tags(`Note=${'x'.repeat(200)}`);
  const text = Array.from({ length: 1500 }, (_, n) => {
    const observations = Array.from({ length: n === 700 ? 12_000 : 10 }, (_, i) =>
      observed(`o${i}`, { set: filling }),
    );
    const lines = chain(
      [requested('r1'), ...observations],
      streamOf(`i-${n.toString(16).padStart(8, '0')}`),
    ).map((event) => toLine(columnsOf(event)));
    if (n % 100 === 50) lines[3] = (lines[3] as string).replace('xxx', 'xyx');
    if (n % 100 === 51) lines.splice(2, 1);
    if (n % 100 === 52) lines[1] = 'no event';
    return `${lines.join('\n')}\n`;
  });
  writeFileSync(file, `${text.join('')}and no end`);
});

test('another thread finds what this one finds', async () => {
  const options = { tells: true };
  const thread = startThread(pathToFileURL(join(built, 'verify-thread.js')), options);
  const here = sectionChecker(options);
  let [sections, parts] = [0, 0];
  try {
    for await (const section of sectionsOf(fileLines(file))) {
      if ('kind' in section) continue;
      sections += 1;
      if (!section.ends) parts += 1;
      const bytes = new Uint8Array(section.bytes);
      const expected = here(section as Section);
      assert.equal(await thread.check({ ...section, bytes }), expected);
    }
  } finally {
    await thread.close();
  }
  assert.ok(sections > 10 && parts > 0, `${sections} sections, ${parts} of them parts`);
});

test('a thread that dies fails the sections that it has, and all that it is given then', async () => {
  const dying = join(folder, 'dies.mjs');
  writeFileSync(
    dying,
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(7));",
  );
  const thread = startThread(pathToFileURL(dying), { tells: true });
  const failureOf = () =>
    thread.check({ bytes: new Uint8Array(), line: 1, begins: true, ends: true, after: undefined }).then(
      () => 'no failure',
      ({ message }: Error) => message,
    );
  for (const failure of await Promise.all([failureOf(), failureOf()])) assert.match(failure, 'ended with 7');
  assert.match(await failureOf(), 'ended with 7');
  assert.not.ok(thread.isFree());
  await thread.close();
});

const runBuilt = (args: readonly string[]): Ran => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(built, 'tagledger.js'), ...args], {
    env: {},
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { code: status ?? -1, out: stdout, said: stderr, provenance: '' };
};

test('the built command line finds with two threads what one thread finds, in the same order', async () => {
  const chunks = readdirSync(join(built, 'chunks')).map((name) =>
    readFileSync(join(built, 'chunks', name), 'utf8'),
  );
  assert.ok(chunks.some((text) => text.includes('../verify-thread.js')));
  assert.ok(existsSync(join(built, 'verify-thread.js')));
  for (const args of [[], ['--format', 'ndjson']]) {
    const one = await run(['verify', '--ledger', file, ...args]);
    const two = runBuilt(['verify', '--ledger', file, ...args]);
    assert.is(one.code, 3);
    assert.equal(two, one);
    if (args.length > 0) assert.is(one.out.trim().split('\n').length, 61);
  }
});

test.run();
