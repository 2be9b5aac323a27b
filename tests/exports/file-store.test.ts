import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { hashOf } from '../../src/events/hash-chain.ts';
import { columnsOf, toLine } from '../../src/events/ledger-line.ts';
import { fileStore } from '../../src/exports/file-store.ts';
import { foldLedger } from '../../src/projections/fold-ledger.ts';
import { foldedStates } from '../../src/projections/folded-states.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { streamOf } from '../support/events.ts';
import { CHAINS, exported, storeOf, temporaryFolder } from '../support/sample-ledger.ts';

const test = suite('an exported ledger');
const folder = temporaryFolder(test);
const gzipped = join(folder, 'all.ndjson.gz');
const plainFile = join(folder, 'all.ndjson');
const SORTED = [...CHAINS].sort(([a], [b]) => ((a?.stream ?? '') < (b?.stream ?? '') ? -1 : 1));
let lines: string[] = [];

test.before(async () => {
  await exported(gzipped, CHAINS.flat().map(columnsOf));
  const text = gunzipSync(readFileSync(gzipped));
  writeFileSync(plainFile, text);
  lines = text.toString('utf8').split(/(?<=\n)/);
});

for (const [what, path] of [
  ['gzipped', gzipped],
  ['plain', plainFile],
] as const) {
  test(`that is ${what} reads like the store that it came from`, async () => {
    const store = fileStore(path);
    const original = await storeOf(SORTED.flat());
    const [first, , third] = SORTED.map(([event]) => event);
    assert.ok(first && third);
    for (const chain of SORTED) assert.equal(await store.read(chain[0]?.stream ?? first.stream), chain);
    assert.equal(await store.read(streamOf('i-99999999')), []);
    assert.equal(await listOf(store.readAll()), await listOf(original.readAll()));
    assert.equal(await listOf(store.readAll(first.stream)), await listOf(original.readAll(first.stream)));
    assert.equal((await listOf(store.columns())).flat(), (await listOf(original.columns())).flat());
    const places = [third, first, first, { stream: first.stream, seq: 99 }];
    assert.equal(await store.find(places), [first, third]);
    const [from, to] = ['2026-03-31T20:00:00.001Z', '2026-03-31T20:00:00.002Z'];
    assert.equal(
      await listOf(store.recordedBetween(from, to)),
      await listOf(original.recordedBetween(from, to)),
    );
  });
}

test('has nothing by which it could be written to', () => {
  assert.not.ok('append' in fileStore(gzipped));
});

const statesOf = (path: string) => foldedStates(fileStore(path));

test('gives the states that a table would hold', async () => {
  const table = memoryStateStore();
  for await (const { rows } of foldLedger(await storeOf(CHAINS.flat()))) {
    for (const row of rows) await table.save(row);
  }
  const states = statesOf(gzipped);
  const arns = SORTED.map(([event]) => event?.stream ?? streamOf('none'));
  assert.equal(await listOf(states.list()), await listOf(table.list()));
  assert.equal(await listOf(states.list(arns[0])), await listOf(table.list(arns[0])));
  assert.equal(await states.get([...arns, streamOf('i-99999999')]), await table.get(arns));
  assert.equal(await states.stored(arns), await table.stored(arns));
  assert.equal(await listOf(states.listStored()), await table.stored(arns));
  assert.equal(
    await states.due('open', '2027-01-01T00:00:00.000Z', 10),
    await table.due('open', '2027-01-01T00:00:00.000Z', 10),
  );
  assert.equal(await states.due('open', '2020-01-01T00:00:00.000Z', 10), []);
});

test('keeps no states of its own', () => {
  for (const write of ['save', 'replace', 'remove']) assert.not.ok(write in statesOf(gzipped));
});

/** A damaged file, and words of the sentence that refuses it. */
const DAMAGED: readonly (readonly [what: string, bytes: () => Buffer | string, words: string])[] = [
  ['with a line that is no JSON', () => [...lines.slice(0, 2), 'x\n', ...lines.slice(2)].join(''), 'line 3'],
  ['with an empty line', () => `${lines.join('')}\n`, 'line 8'],
  ['without its last line end', () => lines.join('').slice(0, -1), 'without an end'],
  ['with a place that comes twice', () => [lines[0], ...lines].join(''), 'once more'],
  ['without an event in the middle', () => [...lines.slice(0, 3), ...lines.slice(4)].join(''), 'missing'],
  ['without its first event', () => lines.slice(1).join(''), 'seq 1 before it'],
  ['with streams in another order', () => [...lines.slice(2), ...lines.slice(0, 2)].join(''), 'sorts behind'],
  ['with an event that was changed', () => lines.join('').replace('bob', 'eve'), 'hash'],
  [
    'with a last event in another form, hashed anew',
    () => [...lines.slice(0, -1), reformed(lines.at(-1) ?? '')].join(''),
    'canonical',
  ],
  ['with a byte that is no UTF-8', () => replaced(Buffer.from(lines.join('')), '\ufffd', 'ff'), 'line'],
  ['that was cut', () => readFileSync(gzipped).subarray(0, -20), 'to its end'],
  ['with zeros behind its end', () => behind(Buffer.alloc(3)), '3 bytes'],
  ['with other bytes behind its end', () => behind(Buffer.from('x'.repeat(100_000))), '100000 bytes'],
  ['with a gzip header behind its end', () => behind(Buffer.from([0x1f, 0x8b])), '2 bytes'],
  ['with an empty gzip stream behind its end', () => behind(gzipSync('')), '20 bytes'],
];
const reformed = (line: string): string => {
  const columns = JSON.parse(line);
  const { type, ...rest } = JSON.parse(columns.body);
  const body = JSON.stringify({ type, ...rest });
  return `${toLine({ ...columns, body, hash: hashOf({ ...columns, body }) })}\n`;
};
const behind = (more: Buffer) => Buffer.concat([readFileSync(gzipped), more]);
const replaced = (bytes: Buffer, text: string, hex: string) =>
  Buffer.from(bytes.toString('hex').replace(Buffer.from(text).toString('hex'), hex), 'hex');

for (const [what, bytes, words] of DAMAGED) {
  test(`${what} is refused in one sentence, and gives no answer`, async () => {
    const path = join(folder, 'damaged.ndjson.gz');
    writeFileSync(path, bytes());
    for (const read of [
      () => fileStore(path).read(streamOf('i-00000001')),
      () => listOf(fileStore(path).readAll()),
      () => listOf(statesOf(path).list()),
    ]) {
      const error = await rejectionOf(read());
      assert.instance(error, InvalidInputError);
      assert.match((error as Error).message, words);
    }
  });
}

/** The file with another last event, hashed as its writer would have. */
const withLast = (body: (was: string) => string): string => {
  const columns = JSON.parse(lines.at(-1) ?? '');
  const line = toLine({
    ...columns,
    body: body(columns.body),
    hash: hashOf({ ...columns, body: body(columns.body) }),
  });
  return [...lines.slice(0, -1), `${line}\n`].join('');
};

test('with an event of a later format is refused by that name, and not as damaged', async () => {
  const path = join(folder, 'newer.ndjson');
  writeFileSync(
    path,
    withLast((body) => body.replace(/"schemaVersion":\d/, '"schemaVersion":3')),
  );
  const error = await rejectionOf(listOf(fileStore(path).readAll()));
  assert.instance(error, InvalidInputError);
  assert.match(
    (error as Error).message,
    /^Event \d of \S+ in \S+ has the unknown schemaVersion 3: .*upgrade/,
  );
});

test('with a field that this version does not know is read', async () => {
  const path = join(folder, 'field.ndjson');
  writeFileSync(
    path,
    withLast((body) => body.replace('{', '{"aside":"x",')),
  );
  assert.is((await listOf(fileStore(path).readAll())).length, lines.length);
});

test('that cannot be read at all is refused', async () => {
  for (const path of [join(folder, 'none.ndjson'), folder]) {
    assert.instance(await rejectionOf(fileStore(path).read(streamOf('i-1'))), InvalidInputError);
  }
});

test.run();
