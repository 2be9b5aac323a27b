import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readProvenance } from '../../../../src/verifier/export-header.ts';
import type { Provenance } from '../../../../src/verifier/provenance.ts';
import { linesOf, run, temporaryFolder, withoutProvenance } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { ingestUnsealed } from '../../../support/cli/unsealed.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger export, and commands on the file');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const file = join(folder, 'all.ndjson.gz');
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const OTHER = 'vol-0a1b2c3d4e5f60719';
const trail = join(folder, 'trail.json');

const creation = (id: string, eventTime: string) =>
  sample('CreateVolume', { eventID: `create-${id}`, eventTime, responseElements: { volumeId: id } });

const records = [creation(VOLUME, '2026-03-31T23:59:00Z'), creation(OTHER, '2026-04-01T10:00:00Z')];
/** The log of a ledger that was sealed: its origin, and its newest checkpoint. */
const logOf = (sealed: string) => {
  const [id = ''] = readdirSync(join(sealed, 'log')).filter((name) => name !== 'logs');
  const checkpoint = readFileSync(join(sealed, 'log', id, 'checkpoint'), 'utf8');
  return { origin: `tagledger/embedded/${id}`, checkpoint };
};

test.before(async () => {
  writeFileSync(trail, JSON.stringify(records));
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', ledger])).code, 0);
  const { code, said } = await run(['export', '--out', file, '--ledger', ledger]);
  assert.is(code, 0, said);
});

test('the file has every event of the ledger, with its body and hashes', async () => {
  const { events } = await contentsOf(ledger);
  const lines = linesOf(gunzipSync(readFileSync(file)).toString('utf8'));
  const idsOf = (list: readonly { hash?: unknown; body?: unknown }[]) =>
    list.map(({ hash, body }) => [hash, body]).sort();
  assert.is(events.length, 7, 'two of each volume, and three of coverage');
  assert.equal(idsOf(lines), idsOf(events));
});

test('an export says the file, the events, the bytes and the hashes, in every format', async () => {
  for (const format of ['json', 'ndjson']) {
    const to = join(folder, `${format}.ndjson.gz`);
    const { out } = await run(['export', '--out', to, '--ledger', ledger, '--format', format]);
    const { sha256, linesSha256, bytes, ...report } = JSON.parse(out);
    const { checkpoint } = logOf(ledger);
    assert.equal(report, { file: to, events: 7, since: null, until: null, checkpoint, findings: 0 });
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.match(linesSha256, /^[0-9a-f]{64}$/);
    assert.is(bytes, readFileSync(to).length);
  }
  const { out } = await run(['export', '--out', join(folder, 'text.ndjson.gz'), '--ledger', ledger]);
  assert.match(out, /^events +7$/m);
});

test('an export of an export has the same lines, and the origin that the first one names', async () => {
  const to = join(folder, 'again.ndjson.gz');
  assert.is((await run(['export', '--out', to, '--ledger', file])).code, 0);
  assert.equal(gunzipSync(readFileSync(to)), gunzipSync(readFileSync(file)));
  const { exportedAt: _, ...first } = (await readProvenance(file)) as Provenance;
  const { exportedAt: __, ...again } = (await readProvenance(to)) as Provenance;
  assert.equal(again, first);
});

test('the header names the ledger without its path, what was selected, and what the file holds', async () => {
  const { events } = await contentsOf(ledger);
  const { linesSha256, newestRecordedAt, newestEffectiveAt, exportedAt, toolVersion, ...header } =
    (await readProvenance(file)) as Provenance;
  assert.equal(header, {
    format: 'tagledger/export/v1',
    ledger: { kind: 'folder', name: 'ledger' },
    mode: 'simulated',
    log: logOf(ledger),
    selection: { kind: 'whole' },
    counts: { events: events.length, streams: new Set(events.map(({ stream }) => stream)).size },
  });
  assert.is(
    newestRecordedAt,
    events
      .map(({ recordedAt }) => String(recordedAt))
      .sort()
      .at(-1),
  );
  assert.ok(exportedAt > String(newestRecordedAt));
  assert.is(toolVersion, (await run(['--version'])).out.trim());
  assert.is(
    linesSha256,
    createHash('sha256')
      .update(gunzipSync(readFileSync(file)))
      .digest('hex'),
  );
});

test('a part of a part is what both hold, and says so', async () => {
  const { events } = await contentsOf(ledger);
  const [first = '', second = ''] = events.map(({ recordedAt }) => String(recordedAt)).sort();
  const [part, less] = [join(folder, 'until.ndjson.gz'), join(folder, 'less.ndjson.gz')];
  await run(['export', '--out', part, '--to', second, '--ledger', ledger]);
  await run(['export', '--out', less, '--from', first, '--to', '2099-01-01', '--ledger', part]);
  const { selection, counts } = (await readProvenance(less)) as Provenance;
  assert.equal(selection, { kind: 'period', since: first, until: second });
  // Streams of their own can have events of the same moment.
  assert.is(counts.events, events.filter(({ recordedAt }) => String(recordedAt) <= second).length);
});

test('an export of a sealed ledger names the newest checkpoint of its log', async () => {
  const sealed = join(folder, 'sealed');
  const to = join(folder, 'sealed.ndjson.gz');
  await run(['ingest', trail, '--ledger', sealed]);
  await run(['seal', '--ledger', sealed]);
  const { out } = await run(['export', '--out', to, '--ledger', sealed, '--format', 'json']);
  const { log, mode } = (await readProvenance(to)) as Provenance;
  assert.equal(log, logOf(sealed));
  assert.is(JSON.parse(out).checkpoint, log?.checkpoint);
  assert.is(mode, 'observed');
});

test('an export of a ledger that was never sealed names no checkpoint, and says so', async () => {
  const unsealed = join(folder, 'unsealed');
  await ingestUnsealed(unsealed, records);
  const [to, text] = [join(folder, 'unsealed.ndjson.gz'), join(folder, 'unsealed-text.ndjson.gz')];
  const { code, out } = await run(['export', '--out', to, '--ledger', unsealed, '--format', 'json']);
  assert.equal([code, JSON.parse(out).checkpoint], [0, null]);
  assert.not.ok('log' in ((await readProvenance(to)) as Provenance));
  assert.match((await run(['export', '--out', text, '--ledger', unsealed])).out, /^log +none: /m);
});

test('the header of a ledger whose mode nothing tells has none', async () => {
  const earlier = join(folder, 'earlier');
  await run(['ingest', '--simulate', trail, '--ledger', earlier]);
  const marker = join(earlier, 'tagledger.json');
  const { mode: _, ...rest } = JSON.parse(readFileSync(marker, 'utf8'));
  writeFileSync(marker, JSON.stringify(rest));
  const to = join(folder, 'earlier.ndjson.gz');
  assert.is((await run(['export', '--out', to, '--ledger', earlier])).code, 0);
  assert.not.ok('mode' in ((await readProvenance(to)) as Provenance));
});

test('a log that cannot be read does not stop the export, unless it was named', async () => {
  const broken = join(folder, 'broken-log');
  await run(['ingest', trail, '--ledger', broken]);
  mkdirSync(join(broken, 'log', 'logs'), { recursive: true });
  writeFileSync(join(broken, 'log', 'logs', 'x'), 'no log');
  const to = join(folder, 'broken-log.ndjson.gz');
  const named = await run(['export', '--out', to, '--ledger', broken, '--log', join(broken, 'log')]);
  assert.is(named.code, 1);
  const { code, said } = await run(['export', '--out', to, '--ledger', broken]);
  assert.is(code, 0);
  assert.match(said, /^The export names no checkpoint, because the sealed log cannot be read\. /);
});

test('an export overwrites nothing', async () => {
  const before = readFileSync(file);
  const { code, said } = await run(['export', '--out', file, '--ledger', ledger]);
  assert.is(code, 1);
  assert.match(said, 'never overwritten');
  assert.equal(readFileSync(file), before);
});

const factsIn = (out: string) => (/^\{\n/.test(out) ? withoutProvenance(out) : out);

for (const args of [
  ['state', VOLUME],
  ['state', VOLUME, '--format', 'json'],
  ['history', VOLUME, '--format', 'ndjson'],
  ['history', OTHER],
  ['list'],
  ['list', '--status', 'applied', '--format', 'json'],
  ['why', VOLUME],
  ['why', VOLUME, '--trail', trail],
]) {
  test(`\`${args.map((one) => one.replace(folder, '')).join(' ')}\` says the same of the file as of the ledger`, async () => {
    const here = await run([...args, '--ledger', ledger]);
    assert.is(here.code, 0, here.said);
    const there = await run([...args, '--ledger', file]);
    assert.is(there.code, here.code);
    assert.equal(factsIn(there.out), factsIn(here.out));
    const [unproven = '', ...rest] = there.said.split('\n');
    assert.is(rest.join('\n'), here.said);
    assert.match(unproven, /^UNPROVEN: this answer rests on \S+, and anyone can make such a file\. [^\n]+$/);
  });
}

for (const args of [
  ['ingest', '--simulate', trail],
  ['redrive'],
  ['rebuild'],
  ['rebuild', '--check'],
  ['seal'],
  ['demo'],
]) {
  test(`\`${args[0]} ${args[1] === '--check' ? args[1] : ''}\` refuses a file in one sentence and leaves it alone`, async () => {
    const before = readFileSync(file);
    const { code, out, said } = await run([...args, '--ledger', file]);
    assert.ok(code > 0);
    assert.is(out, '');
    assert.match(said, args[0] === 'demo' ? 'is not a folder' : 'can only be read');
    assert.is(said.trim().split('\n').length, 1);
    assert.equal(readFileSync(file), before);
  });
}

test('a part of a ledger answers no question, because what came before it is missing', async () => {
  const to = join(folder, 'part.ndjson.gz');
  const { events } = await contentsOf(ledger);
  const since = events.find(({ seq }) => seq === 2)?.recordedAt ?? '';
  assert.is((await run(['export', '--out', to, '--from', since, '--ledger', ledger])).code, 0);
  for (const args of [['list'], ['history', 'vol-0a1b2c3d4e5f60718'], ['compliance']]) {
    const { code, out, said } = await run([...args, '--ledger', to]);
    assert.equal([code, out], [4, '']);
    assert.is(
      said,
      `tagledger: ${to} holds only what was recorded from ${since} on, so it cannot answer. Export the ledger again without --from.\n`,
    );
  }
});

test('what cannot be exported is said in one sentence, and nothing is written', async () => {
  const to = join(folder, 'never.ndjson.gz');
  const cases: readonly (readonly [args: readonly string[], code: number, words: string])[] = [
    [[], 2, 'must end in .ndjson.gz. Pass'],
    [['--out', join(folder, 'never.json')], 2, 'never.json" does not'],
    [['more', '--out', to], 2, 'Unexpected argument'],
    [['--out', to, '--from', 'yesterday'], 2, 'The value "yesterday" of --from is not a date or a time.'],
    [['--out', to, '--from', '2026-04-02', '--to', '2026-04-01'], 2, 'is before --from'],
    [['--out', to, '--ledger', join(folder, 'no-ledger')], 1, 'no ledger at'],
    [['--out', to, '--ledger', join(folder, 'none.ndjson.gz')], 1, 'none.ndjson.gz'],
    [['--out', to, '--ledger', ''], 2, '--ledger is empty'],
  ];
  for (const [args, expected, words] of cases) {
    const { code, out, said } = await run(['export', '--ledger', ledger, ...args]);
    assert.is(code, expected, said);
    assert.is(out, '');
    assert.ok(said.includes(words), said);
    assert.is(said.trim().split('\n').length, 1);
  }
  assert.not.ok(existsSync(to));
});

test.run();
