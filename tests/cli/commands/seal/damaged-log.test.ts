import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { launch } from '../../../support/cloudtrail/trail.ts';

const test = suite('commands on a damaged log');
const folder = temporaryFolder(test);
const whole = join(folder, 'whole');
const ID = 'i-0a1b2c3d4e5f60718';

test.before(async () => {
  for (const ids of [[ID], ['i-0a1b2c3d4e5f60719']]) {
    const trail = join(folder, 'trail.json');
    writeFileSync(trail, JSON.stringify([launch(ids)]));
    assert.is((await run(['ingest', trail, '--ledger', whole])).code, 0);
    assert.is((await run(['seal', '--ledger', whole])).code, 0);
  }
});

/** A copy of the ledger, and the paths of its log in it. */
const copyOf = (name: string) => {
  const ledger = join(folder, name);
  cpSync(whole, ledger, { recursive: true });
  const [id = ''] = readdirSync(join(ledger, 'log', 'logs'));
  const on = (...args: readonly string[]) => run([...args, '--ledger', ledger]);
  return {
    on,
    record: join(ledger, 'log', 'logs', id),
    log: join(ledger, 'log', id),
    verify: () => on('verify', '--key', join(ledger, 'seal.vkey')),
  };
};

test('F9: a lost record of the log is found by verify and doctor, and seal puts it back', async () => {
  const { on, record, verify } = copyOf('without-record');
  const bytes = readFileSync(record);
  rmSync(record);
  const { code, out } = await verify();
  assert.is(code, 3);
  assert.match(out, /^damaged .* no object logs\/\w+, which names the log and its key$/m);
  const doctor = await on('doctor');
  assert.is(doctor.code, 3, doctor.out);
  assert.match(doctor.out, /^FAILED +seal.* no object logs/m);
  assert.is((await on('seal')).code, 0);
  assert.equal(readFileSync(record), bytes);
  assert.is((await verify()).code, 0);
});

for (const [what, change] of [
  ['origin', (text: string) => text.replace('tagledger/embedded', 'tagledger/embeddee')],
  ['time', (text: string) => text.replace('"2', '"3')],
  ['key', (text: string) => text.replace(/\+A/, '+B')],
] as const) {
  test(`F9: a record with another ${what} is found, and seal stops`, async () => {
    const { on, record, verify } = copyOf(`other-${what}`);
    const before = readFileSync(record, 'utf8');
    writeFileSync(record, change(before));
    assert.is.not(readFileSync(record, 'utf8'), before);
    const { code, out } = await verify();
    assert.is(code, 3, out);
    assert.match(out, /^damaged .* the object logs\/\w+, which names another log, key or time$/m);
    const sealed = await on('seal');
    assert.is(sealed.code, 1);
    assert.match(
      sealed.said,
      /^tagledger: The object logs\/\w+ does not name the log .+ Restore it from its store\./,
    );
  });
}

test('F9: a checkpoint under the name of another size proves nothing', async () => {
  const { on, log, verify } = copyOf('renamed');
  const [small = '', large = ''] = readdirSync(join(log, 'checkpoints')).sort(
    (a, b) => Number(a) - Number(b),
  );
  cpSync(join(log, 'checkpoints', small), join(log, 'checkpoints', large));
  const proof = await on('prove', '--from-size', large);
  assert.equal([proof.code, proof.out], [1, '']);
  assert.match(proof.said, `the object checkpoints/${large} is not the checkpoint of ${large} leaves`);
  assert.is((await verify()).code, 3);
});

test('F9: a missing tile is named with what to do, by prove and by what seals new events', async () => {
  const { on, log } = copyOf('without-tiles');
  rmSync(join(log, 'tile', '0'), { recursive: true });
  const more = join(folder, 'more.json');
  writeFileSync(more, JSON.stringify([launch(['i-0a1b2c3d4e5f60720'])]));
  for (const command of [
    ['prove', ID],
    ['ingest', more],
  ]) {
    const { code, said } = await on(...command);
    assert.is(code, 1, command[0]);
    assert.match(
      said,
      /^tagledger: The sealed log cannot be relied on: the object tile\/0\S+ of the log is missing\. Find out more with/,
    );
  }
});

test.run();
