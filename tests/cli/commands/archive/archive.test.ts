import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCatalogue } from '../../../../src/archive/newest-catalogue.ts';
import { objectsOf } from '../../../../src/archive/objects-of.ts';
import { rebuildArchive } from '../../../../src/archive/rebuild-archive.ts';
import { openReadOnly } from '../../../../src/cli/ledger/open-read-only.ts';
import { PLAIN_TEXT } from '../../../../src/cli/text-style.ts';
import { openStores, openStoresToRead } from '../../../../src/embedded/embedded-stores.ts';
import { ledgerFleet } from '../../../../src/projections/ledger-fleet.ts';
import { flatListOf, listOf } from '../../../support/async.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger archive');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const archived = join(ledger, 'archive');
const SILENT = { stdout: () => {}, stderr: () => {}, note: () => {}, progress: () => {}, style: PLAIN_TEXT };
const NOW = { asOf: '2099-01-01T00:00:00.000Z', knownAt: '2099-01-01T00:00:00.000Z' };

test.before(async () => {
  const file = join(folder, 'trail.ndjson');
  const records = Array.from({ length: 20 }, (_, n) =>
    sample('CreateVolume', {
      eventID: `create-${n}`,
      responseElements: { volumeId: `vol-0${String(n).padStart(16, '0')}` },
    }),
  );
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger])).code, 0);
});

/** The fleet as the opened ledger gives it, and as its events do. */
const fleets = async (): Promise<{ fleet: unknown; plain: unknown }> => {
  const open = await openReadOnly({ ledger, env: {}, console: SILENT });
  try {
    return {
      fleet: await flatListOf(open.fleet.at(NOW)),
      plain: await flatListOf(ledgerFleet(open.store).at(NOW)),
    };
  } finally {
    await open.close();
  }
};

test('what was ingested is in the archive, and the fleet is read from it', async () => {
  const { code, out } = await run(['archive', 'check', '--ledger', ledger]);
  assert.is(code, 0);
  assert.match(out, /events +40\narchived +40\ndifferences +0/);
  const { fleet, plain } = await fleets();
  assert.equal(fleet, plain);
  assert.is((fleet as unknown[]).length, 20);
});

test('a ledger without an archive, as an older version left it, is read without one, and gets one by consume', async () => {
  rmSync(archived, { recursive: true });
  const { fleet, plain } = await fleets();
  assert.equal(fleet, plain);
  assert.not.ok(existsSync(archived));
  assert.is((await run(['consume', '--ledger', ledger])).code, 0);
  assert.ok(readdirSync(archived).includes('catalogue'));
});

test('a damaged archive is told with what to do, and made afresh', async () => {
  const name = readdirSync(join(archived, 'segments')).find((file) => file.endsWith('.outlines.gz')) ?? '';
  writeFileSync(join(archived, 'segments', name), 'damaged');
  const { code, out } = await run(['archive', 'check', '--ledger', ledger, '--format', 'ndjson']);
  assert.is(code, 3);
  assert.is(JSON.parse(out).kind, 'object');
  const rebuilt = await run(['archive', 'rebuild', '--ledger', ledger, '--format', 'json']);
  assert.equal(JSON.parse(rebuilt.out), { events: 40, segments: 2, snapshots: 0 });
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 0);
});

const POLICY = join(folder, 'policy.json');
/** A ledger whose archive has snapshots, and a copy of it for each damage. */
const made = join(folder, 'made');
let copies = 0;
const copied = (): string => {
  const copy = join(folder, `copy-${++copies}`);
  cpSync(made, copy, { recursive: true });
  return copy;
};

/** The name of an object that the archive uses, by its folder. */
const objectIn = async (ledger: string, name: string): Promise<string> => {
  const { archived, close } = openStoresToRead(ledger);
  const catalogue = await readCatalogue(archived);
  const catalogues = await listOf(archived.list('catalogue/'));
  close();
  const used = catalogue ? objectsOf(catalogue).map((one) => one.name) : [];
  return [...used, ...catalogues.slice(-1)].find((one) => one.startsWith(`${name}/`)) ?? '';
};

const makeArchived = async () => {
  cpSync(ledger, made, { recursive: true });
  const { store, archived, close } = await openStores(made, () => new Date());
  const policy = { share: 0, least: 1 };
  if (archived) await rebuildArchive({ objects: archived, store, now: () => new Date(), policy });
  close();
  writeFileSync(POLICY, JSON.stringify({ tagledger: 1, rules: [{ key: 'Owner' }] }));
};

/** What a command answers: its exit code, its output without what names the folder and the time, and what it says. */
const answerOf = async (ledger: string, words: readonly string[]) => {
  const { code, out, said } = await run([...words, '--ledger', ledger, '-o', 'json']);
  const { provenance, ...answer } = JSON.parse(out);
  return { code, answer, said, damage: provenance.archive?.damage ?? null };
};

const questions = (knownAt: string): readonly (readonly string[])[] => [
  ['compliance', '--policy', POLICY, '--as-of', '2026-03-31', '--known-at', knownAt],
  ['changes', '--known-at', knownAt],
  ['list'],
  ['state', 'vol-00000000000000003', '--known-at', knownAt],
  ['timeline', 'vol-00000000000000003', '--known-at', knownAt],
];

/** Damages the archive of a copy, and shows that questions are answered right and say so, and that the rest works. */
const assertSurvives = async (
  name: string,
  bytes: ((there: Buffer) => Uint8Array) | undefined,
  isAsked: boolean,
) => {
  const ledger = copied();
  const object = await objectIn(ledger, name);
  const path = join(ledger, 'archive', object);
  if (bytes) writeFileSync(path, bytes(readFileSync(path)));
  else rmSync(path);
  const asked = questions(new Date().toISOString());
  for (const question of asked) {
    const [before, after] = [await answerOf(made, question), await answerOf(ledger, question)];
    assert.equal([after.code, after.answer], [before.code, before.answer], question.join(' '));
    assert.is(before.damage, null);
    if (after.damage === null) continue;
    assert.match(after.damage, object);
    assert.match(
      after.said,
      /`tagledger archive rebuild`\. Until then the ledger itself is read in its place/,
    );
  }
  const compliance = await answerOf(ledger, asked[0] ?? []);
  assert.is(compliance.damage !== null, isAsked);
  const check = await run(['archive', 'check', '--ledger', ledger]);
  assert.is(check.code, 3);
  assert.match(check.out, object);
  const doctor = await run(['doctor', '--ledger', ledger, '-o', 'json']);
  assert.is(doctor.code, 3);
  const [archive] = JSON.parse(doctor.out).filter((one: { check: string }) => one.check === 'archive');
  assert.match(archive.says, object);
  assert.match(archive.todo, 'archive rebuild');
  for (const words of [['seal'], ['ingest', join(folder, 'more.ndjson')], ['rebuild'], ['seal']])
    assert.is((await run([...words, '--ledger', ledger])).code, 0, words.join(' '));
  assert.is((await run(['archive', 'rebuild', '--ledger', ledger])).code, 0);
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 0);
  assert.is((await answerOf(ledger, ['list'])).damage, null);
};

const edited = (there: Buffer): Uint8Array =>
  gzipSync(Buffer.from(gunzipSync(there).toString('latin1').replace('ada', 'eve'), 'latin1'));

test('F1: an edited snapshot changes no answer, and check and doctor name it', async () => {
  writeFileSync(
    join(folder, 'more.ndjson'),
    JSON.stringify(
      sample('CreateVolume', { eventID: 'more', responseElements: { volumeId: 'vol-09999999999999999' } }),
    ),
  );
  await makeArchived();
  await assertSurvives('snapshots', edited, true);
});

test('F1: a snapshot that is deleted or emptied changes no answer, and check and doctor name it', async () => {
  await assertSurvives('snapshots', undefined, true);
  await assertSurvives('snapshots', () => new Uint8Array(), true);
});

test('F5: a newest catalogue that is empty, garbage or of another format blocks nothing, and a rebuild repairs it', async () => {
  await assertSurvives('catalogue', () => new Uint8Array(), true);
  await assertSurvives('catalogue', () => Buffer.from('garbage'), true);
  await assertSurvives(
    'catalogue',
    (there) => Buffer.from(there.toString().replace('"format":1', '"format":2')),
    true,
  );
});

test('F4: lost watermarks are named, do not end an ingest, and are made anew', async () => {
  await assertSurvives('heads', undefined, false);
  const ledger = copied();
  rmSync(join(ledger, 'archive', await objectIn(ledger, 'heads')));
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 3);
  const records = Array.from({ length: 20 }, (_, n) =>
    sample('CreateVolume', {
      eventID: `later-${n}`,
      responseElements: { volumeId: `vol-1${String(n).padStart(16, '0')}` },
    }),
  );
  const trail = join(folder, 'later.ndjson');
  writeFileSync(trail, records.map((record) => JSON.stringify(record)).join('\n'));
  const { code, said } = await run(['ingest', trail, '--ledger', ledger]);
  assert.is(code, 0, said);
  assert.is((await run(['archive', 'check', '--ledger', ledger])).code, 0);
});

test('F5: what cannot be kept is said once, with what to run', async () => {
  const ledger = copied();
  writeFileSync(join(ledger, 'archive', await objectIn(ledger, 'catalogue')), '');
  const { code, said } = await run(['ingest', join(folder, 'more.ndjson'), '--ledger', ledger]);
  assert.is(code, 0);
  assert.is(said.match(/does not fit its digest/g)?.length, 1);
  assert.is(said.match(/tagledger archive rebuild/g)?.length, 1);
});

test('anything but check and rebuild is wrong usage', async () => {
  for (const args of [[], ['look'], ['check', 'more'], ['constructor']]) {
    const { code, said } = await run(['archive', ...args, '--ledger', ledger]);
    assert.is(code, 2);
    assert.match(
      said,
      /(?:needs ACTION: `check` or `rebuild`|Unknown ACTION: .*"check"|Unexpected argument)/,
    );
  }
});

test.run();
