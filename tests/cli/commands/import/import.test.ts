import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { importEvents } from '../../../../src/cli/commands/import/import-events.ts';
import { openStores } from '../../../../src/embedded/embedded-stores.ts';
import { recordIncidents } from '../../../../src/handlers/project/tamper-incidents.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { ingestUnsealed } from '../../../support/cli/unsealed.ts';
import { launch, tagging } from '../../../support/cloudtrail/trail.ts';
import { streamOf } from '../../../support/events.ts';

const test = suite('tagledger import');
const folder = temporaryFolder(test);
const old = join(folder, 'old');
const exported = join(folder, 'old.ndjson.gz');
const IDS = ['i-0a1b2c3d4e5f60717', 'i-0a1b2c3d4e5f60718'];

const at = (name: string): string => join(folder, name);
const succeeds = async (...args: readonly string[]): Promise<string> => {
  const { code, out, said } = await run(args);
  assert.is(code, 0, said);
  return out;
};
const linesOf = (file: string): string => gunzipSync(readFileSync(file)).toString();

test.before(async () => {
  const trail = at('trail.json');
  writeFileSync(trail, JSON.stringify([launch(IDS), tagging(IDS[0] ?? '', { Team: 'shop' })]));
  await succeeds('ingest', '--simulate', trail, '--ledger', old);
  await succeeds('policy', 'record', 'examples/required-tags.json', '--ledger', old);
  await succeeds('seal', '--ledger', old);
  await succeeds('export', '--out', exported, '--ledger', old);
});

test('the new ledger has the same lines, rows and answers, and nothing is left to do', async () => {
  const to = at('new');
  const out = await succeeds('import', exported, '--ledger', to);
  assert.match(out, /^events +\d+$/m);
  await succeeds('export', '--out', at('again.ndjson.gz'), '--ledger', to);
  assert.is(linesOf(at('again.ndjson.gz')), linesOf(exported));
  for (const args of [
    ['list', '--format', 'ndjson'],
    ['history', IDS[0] ?? '', '--format', 'json'],
  ])
    assert.is(await succeeds(...args, '--ledger', to), await succeeds(...args, '--ledger', old), args[0]);
  const { said } = await run(['list', '--ledger', to]);
  assert.match(said, /^data until \S+Z\n$/);
  await succeeds('rebuild', '--check', '--ledger', to);
  await succeeds('archive', 'check', '--ledger', to);
});

test('with --from, the log goes on where it ended, with its key and settings', async () => {
  const to = at('moved');
  const out = await succeeds('import', exported, '--previous', old, '--ledger', to);
  assert.match(out, /^carried over +log, seal.key, seal.vkey$/m);
  assert.match(out, /^sealed +\d+ events, as in the log$/m);
  assert.is(statSync(join(to, 'seal.key')).mode & 0o777, 0o600);
  const settingsOf = (path: string) =>
    JSON.parse(readFileSync(join(path, 'tagledger.json'), 'utf8')).settings;
  assert.equal(settingsOf(to), settingsOf(old));

  await ingestUnsealed(to, [launch(['i-0a1b2c3d4e5f60719'])]);
  const sealed = JSON.parse(await succeeds('seal', '--ledger', to, '--format', 'json'));
  assert.is(
    sealed.sealed,
    7,
    'the events of the new instance and its volume, the coverage, and no old one again',
  );
  await succeeds('verify', '--key', join(old, 'seal.vkey'), '--ledger', to);
});

test('events that are not those of the log are refused, and nothing passes for a ledger', async () => {
  const later = at('later');
  cpSync(old, later, { recursive: true });
  const trail = at('later.json');
  writeFileSync(trail, JSON.stringify([tagging(IDS[1] ?? '', { Team: 'web' })]));
  await succeeds('ingest', '--simulate', trail, '--ledger', later);
  await succeeds('seal', '--ledger', later);
  const to = at('rolled-back');
  const { code, said } = await run(['import', exported, '--previous', later, '--ledger', to]);
  assert.is(code, 1);
  assert.match(said, /^tagledger: The exported events are not those that the log in .*later has sealed: /);
  assert.match((await run(['list', '--ledger', to])).said, 'was interrupted. Repeat the same');
});

test('a folder that holds a ledger or other things is refused, and left as it is', async () => {
  for (const [name, make] of [
    ['ledger', () => cpSync(old, at('ledger'), { recursive: true })],
    ['thesis', () => cpSync('examples', at('thesis'), { recursive: true })],
  ] as const) {
    make();
    const { code, said } = await run(['import', exported, '--ledger', at(name)]);
    assert.is(code, 1);
    assert.match(said, /is not empty: it has [^ ]+\. import writes only to a new folder/);
  }
  assert.not.ok(existsSync(join(at('thesis'), 'db')));
});

test('a damaged export is refused with its first finding', async () => {
  const file = at('edited.ndjson.gz');
  writeFileSync(file, gzipSync(linesOf(exported).replace('shop', 'shoq')));
  const { code, said } = await run(['import', file, '--ledger', at('edited')]);
  assert.is(code, 1);
  assert.match(said, 'is damaged or was changed at event');
});

test('an export of a period is refused: it is no whole ledger', async () => {
  const file = at('part.ndjson.gz');
  const lines = linesOf(exported).split('\n');
  writeFileSync(file, gzipSync(lines.filter((line) => !line.includes('"seq":1,')).join('\n')));
  const { code } = await run(['import', file, '--ledger', at('part')]);
  assert.is(code, 1);
});

test('an export without the beginning of its ledger is refused by what its header says', async () => {
  const file = at('since.ndjson.gz');
  await succeeds('export', '--out', file, '--from', '2026-01-01', '--ledger', old);
  const { code, said } = await run(['import', file, '--ledger', at('since')]);
  assert.is(code, 1);
  assert.match(said, `${file} holds only what was recorded from 2026-01-01T00:00:00.000Z on, so no ledger`);
  assert.not.ok(existsSync(at('since')));
});

test('an interrupted import continues, and one of another file does not', async () => {
  const to = at('interrupted');
  const half = at('half.ndjson.gz');
  const lines = linesOf(exported).trimEnd().split('\n');
  const streams = [...new Set(lines.map((line) => JSON.parse(line).stream))];
  const first = lines.filter((line) => JSON.parse(line).stream === streams[0]);
  writeFileSync(half, gzipSync(`${first.join('\n')}\n`));
  const stores = await openStores(to, () => new Date());
  await importEvents(half, stores, () => {});
  stores.close();
  assert.match((await run(['list', '--ledger', to])).said, 'was interrupted. Repeat the same');

  const out = await succeeds('import', exported, '--ledger', to);
  assert.match(out, new RegExp(`^events +${lines.length} +${first.length} of them by an earlier`, 'm'));
  await succeeds('export', '--out', at('resumed.ndjson.gz'), '--ledger', to);
  assert.is(linesOf(at('resumed.ndjson.gz')), linesOf(exported));

  const other = at('other-ledger');
  const trail = at('other.json');
  writeFileSync(trail, JSON.stringify([launch(IDS, { eventID: 'another launch' })]));
  await succeeds('ingest', '--simulate', trail, '--ledger', other);
  const file = at('other.ndjson.gz');
  await succeeds('export', '--out', file, '--ledger', other);
  rmSync(join(to, 'tagledger.json'));
  const { code, said } = await run(['import', file, '--ledger', to]);
  assert.is(code, 1);
  assert.match(said, 'an import of another file was interrupted there');
});

test('marks of tampering come back from the events', async () => {
  const tampered = at('tampered');
  cpSync(old, tampered, { recursive: true });
  const now = () => new Date('2026-04-02T12:00:00.000Z');
  const stores = await openStores(tampered, now);
  const incident = {
    id: 'one',
    at: now().toISOString(),
    how: 'change-feed' as const,
    what: 'changed',
    seqs: [2],
  };
  const found = { expected: 'the event as it was written', found: 'another one' };
  await recordIncidents({ store: stores.store, eventFormat: 2, now }, [
    { ...incident, ...found, tampered: streamOf(IDS[0] ?? '') },
  ]);
  stores.close();
  const file = at('tampered.ndjson.gz');
  await succeeds('export', '--out', file, '--ledger', tampered);
  await succeeds('import', file, '--ledger', at('tampered-again'));
  const { tampered: mark } = JSON.parse(
    await succeeds('state', IDS[0] ?? '', '--format', 'json', '--ledger', at('tampered-again')),
  );
  assert.equal([mark.count, mark.seqs, mark.first], [1, [2], now().toISOString()]);
});

test('wrong usage is named: no file, two files, no folder', async () => {
  for (const args of [
    ['import', '--ledger', at('x')],
    ['import', exported, exported, '--ledger', at('x')],
    ['import', 'trail.json', '--ledger', at('x')],
    ['import', exported, '--ledger', 'dynamodb:tagledger-ledger'],
  ])
    assert.is((await run(args)).code, 2, args.join(' '));
});

test.run();
