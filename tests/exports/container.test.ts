import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf, toLine } from '../../src/events/ledger-line.ts';
import { gzipLines } from '../../src/exports/gzip-lines.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { headerOf, readProvenance } from '../../src/verifier/export-header.ts';
import type { Finding } from '../../src/verifier/finding.ts';
import { emptyMember, readLeadingMembers } from '../../src/verifier/leading-members.ts';
import { type FileBatch, readLedgerFile } from '../../src/verifier/ledger-file.ts';
import type { Provenance } from '../../src/verifier/provenance.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { CHAINS, exported, temporaryFolder } from '../support/sample-ledger.ts';

const test = suite('the container of an export');
const folder = temporaryFolder(test);
const whole = join(folder, 'whole.ndjson.gz');
const path = join(folder, 'edited.ndjson.gz');
const LINES = [...CHAINS]
  .sort(([a], [b]) => ((a?.stream ?? '') < (b?.stream ?? '') ? -1 : 1))
  .flat()
  .map((event) => `${toLine(columnsOf(event))}\n`)
  .join('');
test.before(async () => {
  await exported(whole, CHAINS.flat().map(columnsOf));
});

const headerIn = async (file: string) => (await readProvenance(file)) as Provenance;
const eventsOf = async (file: string) => readFileSync(file).subarray((await readLeadingMembers(file)).bytes);
const problemsOf = async (bytes: Buffer): Promise<readonly Finding[]> => {
  writeFileSync(path, bytes);
  return (await listOf(readLedgerFile(path))).flatMap(({ problems }) => problems);
};
const withHeader = async (header: Buffer) => Buffer.concat([header, await eventsOf(whole)]);

test('gives gunzip the lines alone', () => {
  assert.is(gunzipSync(readFileSync(whole)).toString('utf8'), LINES);
});

test('has the lines in one gzip member behind empty ones', async () => {
  assert.is(gunzipSync(await eventsOf(whole)).toString('utf8'), LINES);
  const { bytes } = await readLeadingMembers(whole);
  assert.is(gunzipSync(readFileSync(whole).subarray(0, bytes)).length, 0);
});

test('says what it holds, and gives it back', async () => {
  const { linesSha256: _, ...header } = await headerIn(whole);
  assert.equal(header, {
    format: 'tagledger/export/v1',
    ledger: { kind: 'folder', name: 'ledger' },
    selection: { kind: 'whole' },
    counts: { events: 7, streams: 3 },
    newestRecordedAt: '2026-03-31T20:00:00.003Z',
    newestEffectiveAt: header.newestEffectiveAt,
    toolVersion: '0.1.0',
    exportedAt: '2026-04-01T12:00:00.000Z',
  });
  assert.equal(await problemsOf(readFileSync(whole)), []);
});

test('a header longer than a member holds is split, and read as one', async () => {
  const header = { ...(await headerIn(whole)), toolVersion: 'x'.repeat(200_000) };
  const bytes = await withHeader(headerOf(header));
  assert.equal(await problemsOf(bytes), []);
  assert.equal(await headerIn(path), header);
  assert.is((await readLeadingMembers(path)).fields?.length, 4);
  assert.is(gunzipSync(bytes).toString('utf8'), LINES);
});

test('members, sub-fields and JSON members of others and of later versions are passed over', async () => {
  const header = await headerIn(whole);
  const more = Buffer.concat([
    emptyMember({ id: 'XX', data: Buffer.from('another program') }),
    emptyMember({ id: 'TL', data: Buffer.from([2, 80, 1, 2, 3]) }),
    emptyMember({ id: 'TL', data: Buffer.from([1, 90]) }),
    headerOf({ ...header, ...{ added: { later: true } } }),
    emptyMember({ id: 'TL', data: Buffer.alloc(0) }),
  ]);
  assert.equal(await problemsOf(await withHeader(more)), []);
  assert.equal(await headerIn(path), header);
});

test('without a header it is read as before, and its origin is unknown', async () => {
  assert.equal(await problemsOf(await eventsOf(whole)), []);
  assert.is(await readProvenance(path), undefined);
  writeFileSync(join(folder, 'plain.ndjson'), LINES);
  assert.is(await readProvenance(join(folder, 'plain.ndjson')), undefined);
});

const edited = async (change: (json: string) => string | Buffer) => {
  const json = change(JSON.stringify(await headerIn(whole)));
  return emptyMember({ id: 'TL', data: Buffer.concat([Buffer.from([1, 80]), Buffer.from(json)]) });
};
for (const [what, change] of [
  ['no JSON', (json: string) => json.slice(1)],
  ['cut', (json: string) => json.slice(0, -9)],
  ['no UTF-8', () => Buffer.from([0xff, 0xfe])],
  ['of a format that is not known', (json: string) => json.replace('export/v1', 'export/v9')],
  ['without the counts', (json: string) => json.replace('"counts"', '"accounts"')],
  ['with a selection that is none', (json: string) => json.replace('"whole"', '"half"')],
  ['with a digest that is none', (json: string) => json.replace(/"linesSha256":"./, '"linesSha256":"X')],
] as const) {
  test(`a header that is ${what} is a finding, and the events are read`, async () => {
    const findings = await problemsOf(await withHeader(await edited(change)));
    assert.equal(
      findings.map(({ kind, expected }) => [kind, expected]),
      [['header', 'a header as an export writes it']],
    );
  });
}

test('an extra field that is no list of sub-fields is a finding', async () => {
  const header = emptyMember({ id: 'TL', data: Buffer.from('abc') });
  header.writeUInt16LE(9, 14); // The sub-field claims more bytes than the extra field has.
  const [finding] = await problemsOf(await withHeader(header));
  assert.is(finding?.kind, 'header');
});

test('a header before other lines than its own is a finding', async () => {
  const other = join(folder, 'other.ndjson.gz');
  await exported(other, CHAINS.slice(1).flat().map(columnsOf));
  const bytes = Buffer.concat([headerOf(await headerIn(whole)), await eventsOf(other)]);
  const [finding] = await problemsOf(bytes);
  assert.equal([finding?.kind, finding?.expected.startsWith('lines with the SHA-256')], ['header', true]);
});

test('whatever bit of a header is turned, the events are read as they are, or the file is refused', async () => {
  const bytes = readFileSync(whole);
  const { bytes: length } = await readLeadingMembers(whole);
  for (let place = 0; place < length; place++) {
    const turned = Buffer.from(bytes);
    turned[place] = (turned[place] ?? 0) ^ (1 << (place % 8));
    writeFileSync(path, turned);
    const read = await listOf(readLedgerFile(path)).catch((error: unknown) => error);
    if (read instanceof InvalidInputError) continue;
    const batches = read as readonly FileBatch[];
    const events = batches.flatMap(({ columns }) => columns);
    const problems = batches.flatMap(({ problems }) => problems);
    assert.ok(events.length === 7 || problems.length > 0, `byte ${place}`);
  }
});

test('a file that ends after its header is refused', async () => {
  writeFileSync(path, headerOf(await headerIn(whole)));
  const error = await rejectionOf(listOf(readLedgerFile(path)));
  assert.instance(error, InvalidInputError);
  assert.match((error as Error).message, 'it ends after its header');
});

/** Made-up lines of such lengths. */
const textOf = (lengths: readonly number[]) =>
  lengths.map((length, i) => `${String(i % 10).repeat(length)}\n`).join('');
async function* inParts(text: string, length: number) {
  let part = '';
  for (const line of text.match(/[^\n]*\n/g) ?? []) {
    part += line;
    if (part.length < length) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}
const LONG = textOf([
  ...Array.from({ length: 900 }, (_, i) => 700 + (i % 13)),
  900_000,
  ...Array.from({ length: 500 }, () => 1_000),
]);

test('compressed lines are the same bytes however they are cut into texts', async () => {
  const [first, ...others] = await Promise.all(
    [1, 10_000, 262_144, 5_000_000].map(async (length) =>
      Buffer.concat(await listOf(gzipLines(inParts(LONG, length)))),
    ),
  );
  assert.is(gunzipSync(first as Buffer).toString('utf8'), LONG);
  for (const other of others) assert.equal(other, first);
});

test('decompression can begin about every 256 KB, where a line begins', async () => {
  const [, ...rest] = await listOf(gzipLines(inParts(LONG, 10_000)));
  const blocks = rest.slice(0, -1);
  const texts = blocks.map((block) =>
    inflateRawSync(Buffer.concat([block, Buffer.from([3, 0])])).toString('utf8'),
  );
  assert.is(texts.join(''), LONG);
  assert.is(texts.length, 5);
  for (const text of texts) {
    assert.ok(text.endsWith('\n'));
    assert.ok(text.length < 262_144 + 900_001, `${text.length}`);
  }
  assert.ok(texts.slice(0, -1).every((text) => text.length >= 262_144));
});

test.run();
