import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf } from '../../src/events/ledger-line.ts';
import { coverageStreamOf, POLICY_STREAM } from '../../src/events/ledger-stream.ts';
import { fileStore } from '../../src/exports/file-store.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { headerOf, readProvenance } from '../../src/verifier/export-header.ts';
import {
  type ExportIndex,
  indexFindings,
  indexMembers,
  type PlacedIndex,
  readIndex,
} from '../../src/verifier/export-index.ts';
import type { Provenance } from '../../src/verifier/provenance.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { at, chain, covered, observed, streamOf, tags } from '../support/events.ts';
import { exported, temporaryFolder } from '../support/sample-ledger.ts';

const test = suite('the index of an export');
const folder = temporaryFolder(test);
const file = join(folder, 'ledger.ndjson.gz');
const path = join(folder, 'edited.ndjson.gz');

const idOf = (n: number) => `i-${String(n).padStart(17, '0')}`;
/** 60 streams of 30 events and some of the ledger's own: about 1.2 MB of lines. */
const STREAMS = [
  ...Array.from({ length: 60 }, (_, n) =>
    chain(
      Array.from({ length: 30 }, (_, i) => observed(`o${i}`, { set: tags(`Note=${'x'.repeat(200)}${i}`) })),
      streamOf(idOf(n)),
    ),
  ),
  chain([covered('111122223333', at(1))], coverageStreamOf('111122223333')),
];
/** As if every file were large. */
const ANY_SIZE = 1;

test.before(async () => {
  await exported(file, STREAMS.flat().map(columnsOf));
});

const indexIn = async () => (await readIndex(file)) as PlacedIndex;
const withIndex = async (index: ExportIndex) => {
  const { start } = await indexIn();
  const header = headerOf((await readProvenance(file)) as Provenance);
  writeFileSync(path, Buffer.concat([header, indexMembers(index), readFileSync(file).subarray(start)]));
  return fileStore(path, ANY_SIZE);
};

test('leads to the lines that it names, about every 256 KB', async () => {
  const { blocks, prefixes } = await indexIn();
  assert.ok(blocks.length > 3, `${blocks.length}`);
  assert.equal(prefixes, [coverageStreamOf('').toString(), streamOf('').toString()].sort());
  assert.equal(await listOf(indexFindings(file)), []);
});

test('finds each stream, whole, without a read of the whole file', async () => {
  for (const events of STREAMS) {
    const store = fileStore(file, ANY_SIZE);
    assert.equal(await store.read(events[0]?.stream ?? POLICY_STREAM), events);
    assert.is(store.integrity(), 'stream-only');
  }
});

test('finds a resource by its id, and coverage', async () => {
  const store = fileStore(file, ANY_SIZE);
  assert.equal(await store.streamsWithId(idOf(31)), [streamOf(idOf(31))]);
  assert.is(await store.streamsWithId(idOf(99)), undefined);
  assert.is(await store.streamsWithId('vol-00000000000000001'), undefined);
  assert.equal(await store.foldCoverage(listOf), STREAMS.at(-1));
  assert.is(store.integrity(), 'stream-only');
});

test('what it does not find is looked for in the whole file, unless it is a stream of the ledger', async () => {
  const store = fileStore(file, ANY_SIZE);
  assert.equal(await store.read(POLICY_STREAM), []);
  assert.is(store.integrity(), 'stream-only');
  assert.equal(await store.read(streamOf(idOf(99))), []);
  assert.is(store.integrity(), 'ok');
});

test('a small file is read and checked whole', async () => {
  const store = fileStore(file);
  assert.equal(await store.read(streamOf(idOf(7))), STREAMS[7]);
  assert.is(store.integrity(), 'ok');
});

test('a change is found in the stream that is read, and in a read of all', async () => {
  const changed = STREAMS.flat().map((event, i) => ({
    ...columnsOf(event),
    ...(i === 40 && { hash: 'f'.repeat(64) }),
  }));
  const edited = join(folder, 'changed.ndjson.gz');
  await exported(edited, changed);
  const store = fileStore(edited, ANY_SIZE);
  assert.equal(await store.read(streamOf(idOf(50))), STREAMS[50]);
  const error = await rejectionOf(store.read(streamOf(idOf(1))));
  assert.instance(error, InvalidInputError);
  assert.match(
    (error as Error).message,
    /: the hash of its stored bytes.* was expected, but .+ was found\. See /,
  );
});

/** Indexes that somebody changed. */
const LIES: readonly (readonly [what: string, index: (was: PlacedIndex) => ExportIndex])[] = [
  ['leads into the middle of a block', (was) => moved(was, 7)],
  ['leads behind the end', (was) => moved(was, 1e9)],
  ['leads to other streams', ({ blocks, prefixes }) => ({ blocks: shifted(blocks), prefixes })],
  ['is not sorted', ({ blocks, prefixes }) => ({ blocks: [...blocks].reverse(), prefixes })],
];
const moved = ({ blocks, prefixes }: PlacedIndex, by: number): ExportIndex => ({
  blocks: blocks.map(({ at, stream }) => ({ at: at + by, stream })),
  prefixes,
});
const shifted = (blocks: ExportIndex['blocks']) =>
  blocks.map(({ at }, i) => ({ at, stream: blocks[i + 1]?.stream ?? streamOf(idOf(59)) }));

for (const [what, lie] of LIES) {
  test(`one that ${what} is a finding, and never gives another stream`, async () => {
    const store = await withIndex(lie(await indexIn()));
    assert.is((await listOf(indexFindings(path)))[0]?.kind, 'header');
    for (const n of [0, 1, 29, 30, 59]) {
      const read = await store.read(streamOf(idOf(n))).catch((error: unknown) => error);
      if (!(read instanceof InvalidInputError)) assert.equal(read, STREAMS[n]);
    }
    assert.instance(await rejectionOf(listOf(store.readAll())), InvalidInputError);
  });
}

test('one that is no index is a finding', async () => {
  const { start } = await indexIn();
  const members = indexMembers({ blocks: [], prefixes: [] });
  members[members.length - 12] = 0xff;
  writeFileSync(path, Buffer.concat([members, readFileSync(file).subarray(start)]));
  assert.is((await listOf(indexFindings(path)))[0]?.expected, 'an index as an export writes it');
});

test.run();
