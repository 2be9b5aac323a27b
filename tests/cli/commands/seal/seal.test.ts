import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sqliteStore } from '../../../../src/adapters/sqlite/event-store.ts';
import { type RecordedEvent, record } from '../../../../src/events/recorded-event.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { editEvent, tamper } from '../../../support/cli/database.ts';
import { ingestUnsealed } from '../../../support/cli/unsealed.ts';
import { launch, tagging } from '../../../support/cloudtrail/trail.ts';
import { requested, streamOf } from '../../../support/events.ts';

const test = suite('sealing on the command line');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const key = join(ledger, 'seal.vkey');
const bundle = join(folder, 'bundle.json');
const on = (...args: readonly string[]) => run([...args, '--ledger', ledger]);

const ingest = (...records: readonly unknown[]) => ingestUnsealed(ledger, records);
const proven = async (...args: readonly string[]) => {
  const { code, out, said } = await on('prove', ...args);
  assert.is(code, said.includes('left out') ? 4 : 0, said);
  writeFileSync(bundle, out);
  return { ...JSON.parse(out), said };
};
const verify = (...args: readonly string[]) => run(['verify', '--bundle', bundle, '--key', key, ...args]);

/** Overwrites the events of a resource in the database. */
const overwrite = (act: (events: RecordedEvent[]) => RecordedEvent[]) =>
  tamper(ledger, async (database) => {
    for (const event of act(await sqliteStore(database).read(streamOf('i-01')))) {
      editEvent(database, event, 'prev', Buffer.from(event.prev, 'hex'));
      editEvent(database, event, 'hash', Buffer.from(event.hash, 'hex'));
      editEvent(database, event, 'body', event.body);
    }
  });

test.before(() => ingest(launch(['i-01', 'i-02'])));

test('before anything is sealed there is nothing to prove, and it is said what to do', async () => {
  const { code, said } = await on('prove', 'i-01');
  assert.is(code, 1);
  assert.match(said, 'Seal a ledger in a folder with `tagledger seal`');
});

test('seal puts all events into a log, whose signing key only its owner may read', async () => {
  const { code, out } = await on('seal');
  assert.is(code, 0);
  assert.match(out, /^log +tagledger\/embedded\/[0-9a-f]{16}$/m);
  const [, sealed] = /^sealed +(\d+) events$/m.exec(out) ?? [];
  assert.ok(Number(sealed) >= 4);
  assert.is(statSync(join(ledger, 'seal.key')).mode & 0o777, 0o600);
  assert.match(readFileSync(key, 'utf8'), /^tagledger\/embedded\/[0-9a-f]{16}\+[0-9a-f]{8}\+[\w+/=]+\n$/);
  assert.match((await on('seal')).out, /^sealed +0 events$/m);
});

test('a proof of all events of a resource, or of one, is checked without the ledger', async () => {
  const { events } = await proven('i-01');
  const { code, out } = await verify();
  assert.is(code, 0);
  assert.match(out, /^holds +yes$/m);
  assert.match(out, new RegExp(`^events +seq 1 to ${events.length}$`, 'm'));
  const one = await proven('i-01', '--seq', '2');
  assert.equal(
    one.events.map(({ seq }: { seq: number }) => seq),
    [2],
  );
  const json = JSON.parse((await verify('--format', 'json')).out);
  assert.is(json.holds, true);
  assert.is(json.events[0].body, one.events[0].body);
});

test('a proof does not hold with another key, or once a byte of it is another one: exit code 3', async () => {
  await proven('i-01');
  const other = join(folder, 'other');
  await ingestUnsealed(other, [launch(['i-01', 'i-02'])]);
  assert.is((await run(['seal', '--ledger', other])).code, 0);
  const strange = await run(['verify', '--bundle', bundle, '--key', join(other, 'seal.vkey')]);
  assert.is(strange.code, 3);
  assert.match(strange.out, /^does not hold: unknown-key: /);
  writeFileSync(bundle, readFileSync(bundle, 'utf8').replace('RunInstances', 'runInstances'));
  const edited = await verify();
  assert.is(edited.code, 3);
  assert.match(edited.out, /^does not hold: bad-hash: the event 1 of arn:/);
});

for (const [what, args, words] of [
  ['a bundle that is not there', ['--bundle', 'nowhere', '--key', 'x'], 'nowhere cannot be read'],
  ['a bundle that is none', ['--bundle', 'package.json', '--key', 'KEY'], 'it has the unknown member '],
  [
    'a key that is none',
    ['--bundle', 'BUNDLE', '--key', 'package.json'],
    'package.json: This is not a public key',
  ],
] as const) {
  test(`${what} cannot be checked: exit code 1`, async () => {
    const files = args.map((arg) => (arg === 'KEY' ? key : arg === 'BUNDLE' ? bundle : arg));
    const { code, out, said } = await run(['verify', ...files]);
    assert.is(code, 1);
    assert.is(out, '');
    assert.match(said, words);
  });
}

test('events that came later are left out and said, and proven after the next seal', async () => {
  await ingest(tagging('i-01', { Team: 'shop' }));
  const before = await proven('i-01');
  assert.match(before.said, /^1 of \d+ events of arn:\S+ are not sealed yet, so they are left out\.$/m);
  const { code, said } = await on('prove', 'i-01', '--seq', String(before.events.length + 1));
  assert.is(code, 4);
  assert.match(said, 'not sealed yet. Try again after the next seal.');
  await on('seal');
  assert.is((await proven('i-01')).events.length, before.events.length + 1);
});

test('that the log was only added to is proven from one of its checkpoints to another', async () => {
  const [before] = /\d+(?= in the log)/.exec((await on('seal')).out) ?? [];
  await ingest(tagging('i-02', { Team: 'shop' }));
  await on('seal');
  const { earlier } = await proven('--from-size', String(before));
  assert.is(earlier.length, 1);
  const { code, out } = await verify();
  assert.is(code, 0);
  assert.match(out, new RegExp(`^extends +the log of ${before} leaves, signed at `, 'm'));
  await proven('--from-size', String(before), '--at-size', String(before));
  assert.is((await verify()).code, 0);
  const none = await on('prove', '--from-size', '2');
  assert.is(none.code, 1);
  assert.match(none.said, 'Use the size that a kept checkpoint names');
});

/** The file with the newest checkpoint of the log of this key. */
const checkpointOf = (file: string): string =>
  join(ledger, 'log', /[0-9a-f]{16}/.exec(readFileSync(file, 'utf8'))?.[0] ?? '', 'checkpoint');

test('verify compares a ledger, or its export, with its log, and tells what is not sealed yet', async () => {
  const clean = await on('verify', '--key', key);
  assert.is(clean.code, 0, clean.out);
  assert.match(
    clean.out,
    /^sealed +OK +\d+ events are in the sealed log, signed \S+Z; 0 are not sealed yet$/m,
  );
  await ingest(tagging('i-02', { Stage: 'prod' }));
  const { code, out } = await on('verify', '--key', key, '--format', 'json');
  assert.is(code, 0);
  assert.is(JSON.parse(out).sealed.unsealed, 2, 'the tags, and the coverage');
  const file = join(folder, 'export.ndjson.gz');
  assert.is((await on('export', '--out', file)).code, 0);
  const exported = await run(['verify', '--ledger', file, '--key', key, '--log', join(ledger, 'log')]);
  assert.is(exported.code, 4, exported.said);
  assert.is(
    exported.said,
    `UNPROVEN: 2 events of ${file} are not in the sealed log. Seal the ledger, and export it again.\n`,
  );
  assert.match(exported.out, /; 2 are not sealed yet, the first \d+ minutes ago$/m);
  await on('seal');
  const later = await run(['verify', '--ledger', file, '--key', key, '--log', join(ledger, 'log')]);
  assert.is(later.code, 4, 'others may have been left out that were sealed after the checkpoint of the file');
  assert.match(later.said, 'and the file holds 2 later events, which may not be all');
  const newest = readFileSync(checkpointOf(key), 'utf8').split('\n')[1] ?? '';
  const whole = ['verify', '--ledger', file, '--key', key, '--log', join(ledger, 'log'), '--at-size', newest];
  const judged = await run(whole);
  assert.equal([judged.code, judged.said], [0, '']);
});

test('a log that does not extend a checkpoint that was kept elsewhere is found', async () => {
  const [id = ''] = /[0-9a-f]{16}/.exec(readFileSync(key, 'utf8')) ?? [];
  const checkpoint = checkpointOf(key);
  const kept = join(folder, 'kept');
  copyFileSync(checkpoint, kept);
  assert.is((await on('verify', '--key', key, '--checkpoint', kept)).code, 0);
  const [first = ''] = readdirSync(join(ledger, 'log', id, 'checkpoints')).sort(
    (a, b) => Number(a) - Number(b),
  );
  copyFileSync(join(ledger, 'log', id, 'checkpoints', first), checkpoint);
  const { code, out } = await on('verify', '--key', key, '--checkpoint', kept);
  assert.is(code, 3);
  assert.match(out, /^cut /m);
  copyFileSync(kept, checkpoint);
});

test('a log can be read from a copy of its folder', async () => {
  const { code } = await on('prove', 'i-01', '--log', join(ledger, 'log'));
  assert.is(code, 0);
  assert.is((await on('prove', 'i-01', '--log', join(folder, 'nowhere'))).code, 1);
});

for (const [args, words] of [
  [['seal', 'i-01'], 'takes no arguments'],
  [['seal', '--ledger', 'dynamodb:a,b'], 'is a ledger in AWS, which its `seal` function seals'],
  [['prove'], 'needs a RESOURCE such as i-0abc, or --from-size'],
  [['prove', 'i-01', '--seq', 'x'], 'The value "x" of --seq is not a whole number'],
  [['prove', 'i-01', '--at-size', '5'], '--at-size is for --from-size'],
  [['prove', 'i-01', '--from-size', '5'], 'Leave out the resource'],
  [['prove', 'i-01', '--ledger', 'dynamodb:a,b'], 'Name it with --log FOLDER'],
  [['verify', '--bundle', 'x'], 'Pass it with --key FILE.'],
  [['verify', '--log', 'x'], 'Pass it with --key FILE: seal.vkey'],
] as const) {
  test(`\`${args.join(' ')}\` is wrong usage`, async () => {
    const hasLedger = (args as readonly string[]).includes('--ledger');
    const { code, said } = await run(hasLedger ? [...args] : [...args, '--ledger', ledger]);
    assert.is(code, 2, said);
    assert.match(said, words);
  });
}

test('a stream that was hashed anew gives no proof and is not sealed: exit code 3', async () => {
  await overwrite((events) => {
    let head: RecordedEvent | undefined;
    return events.map(({ stream, event, recordedAt }, i) => {
      const fact = i === 0 ? requested(event.eventId, { tags: [{ key: 'Owner', value: 'mallory' }] }) : event;
      head = record(stream, fact, head, new Date(recordedAt), 2);
      return head;
    });
  });
  const { code, out, said } = await on('seal');
  assert.is(code, 3);
  assert.match(out, /^not sealed +1 stream whose/m);
  assert.match(said, /not sealed: arn:\S+i-01 from \d+ on: changed: it has the hash/);
  assert.not.match(`${out}${said}`, 'mallory');
  const verified = await on('verify', '--key', key);
  assert.is(verified.code, 3);
  assert.match(verified.out, /^integrity +OK /m);
  assert.match(verified.out, /^changed +arn:\S+i-01 +1 /m);
  const proof = await on('prove', 'i-01', '--seq', '1');
  assert.is(proof.code, 1);
  assert.match(proof.said, /is not what the log has at \d+, so one of the two was changed/);
});

test('a log that does not agree with its head is not sealed on, and a new one names it', async () => {
  const [id = ''] = /[0-9a-f]{16}/.exec(readFileSync(key, 'utf8')) ?? [];
  const checkpoint = join(ledger, 'log', id, 'checkpoint');
  const note = readFileSync(checkpoint, 'utf8');
  writeFileSync(checkpoint, note.replace(/\n\d+\n/, '\n9999\n'));
  const stopped = await on('seal');
  assert.is(stopped.code, 1);
  assert.match(stopped.said, 'To begin a new log that names this one, run `tagledger seal --new-log`.');
  writeFileSync(checkpoint, note);
  assert.is((await on('seal', '--new-log')).code, 0);
  assert.not.match(readFileSync(key, 'utf8'), id);
  assert.ok(existsSync(checkpoint));
  await proven('i-02');
  assert.is((await verify()).code, 0);
});

test.run();
