import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { LogDamagedError } from '../../../src/sealing/log/seal-errors.ts';
import { sealedLog } from '../../../src/sealing/log/sealed-log.ts';
import { entriesName, tileName } from '../../../src/sealing/tree/tile.ts';
import { appendLeaves, EMPTY_EDGE, rootOfEdge } from '../../../src/sealing/tree/tree-edge.ts';
import { consistencyProof, inclusionProof } from '../../../src/sealing/tree/tree-proofs.ts';
import { checkConsistency } from '../../../src/verifier/consistency.ts';
import { checkInclusion } from '../../../src/verifier/inclusion.ts';
import { listOf, rejectionOf } from '../../support/async.ts';
import { grow, leavesOf } from '../../support/sealing/log-of.ts';
import { pathOf, proofOf, rootOf } from '../../support/verifier/reference-tree.ts';

const test = suite('a tree in tiles');

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sha256 = (...parts: readonly Uint8Array[]) =>
  createHash('sha256').update(Buffer.concat(parts)).digest('hex');

/** What golang.org/x/mod/sumdb/tlog gives for the leaves `leaf 0`, `leaf 1` and so on, with tiles of height 8. */
const GO_ROOTS: readonly (readonly [size: number, root: string])[] = [
  [1, '1bb97dcc21635d47e2663efdfd0a174686d98dd701352dd2cd06e8b43fd3d305'],
  [255, 'd71592a219d4067663eede247f9b54c3f9e0290682d55de09b495b07f1de41c9'],
  [256, 'cf5effdb11d0927a2edf53b0e73c7837f659414e00537da5d90eb5c4c49ff274'],
  [257, '855b936aa00cb98b5114484249ad39d78a6be93623e26c01e8e487dc02184a5a'],
  [1_000, '2ff33fb9d8f14f89ca306289633336a168ff3f4532e8f741a0019dcb4c1d60a1'],
  [65_536, 'e100ba54d69a91012fc13b7890feac78d6996a097268b6f735d17311c7402a60'],
  [70_000, 'da0532ff7b2ee56f4067110fc964e9f27b5959f9527bfff3fa501aa7584deaf3'],
];
const GO_TILES = {
  'tile/0/273.p/112': 'a8e4ee4e4f31c2fac9bb546b9b57c22f6c92e15c11adee487d09ebc926ab3ad7',
  'tile/1/000': '7b8fc3b25031a7c9b1a317c9453f6f293b414e958d0e80a765be6f00930c3984',
  'tile/1/001.p/17': 'f1b11556adcce30fcd3fca6ef542ccf6a4319ab92143fb7c8f6c8f1d2e08209e',
  'tile/2/000.p/1': 'd84406334bc5243eb04ecd6b99e64380d67aaa2b2880a838a123e1b539927708',
};

const objects = memoryObjectStore();
const log = sealedLog(objects);
test.before(async () => {
  const sizes = GO_ROOTS.map(([size]) => size);
  const edges = await grow(objects, ...sizes.map((size, i) => size - (sizes[i - 1] ?? 0)));
  for (const [i, [size, root]] of GO_ROOTS.entries()) {
    assert.is(edges[i]?.size, size);
    assert.is(hex(rootOfEdge(edges[i] ?? EMPTY_EDGE)), root, `the root of ${size} leaves`);
  }
});

test('has the tiles that another implementation gives, and as many as the specification counts', async () => {
  for (const [name, digest] of Object.entries(GO_TILES))
    assert.is(sha256((await objects.get(name)) ?? Buffer.alloc(0)), digest, name);
  const names = await listOf(objects.list('tile/'));
  assert.is(names.filter((name) => /^tile\/0\/\d+$/.test(name)).length, 273);
  assert.is(names.filter((name) => name.startsWith('tile/2/')).length, 1);
});

test('gives the proofs that another implementation gives', async () => {
  const inclusion = await inclusionProof(log, 12_345, 70_000);
  assert.is(inclusion.length, 17);
  assert.is(sha256(...inclusion), '83d2706968cf54d0c512b32bf96dafcfd3fbead0088a76b5b06efaf1940e3f39');
  const consistency = await consistencyProof(log, 1_000, 70_000);
  assert.is(consistency.length, 15);
  assert.is(sha256(...consistency), 'f29c5abe6e4b019a1a71bc7e859df4fb17219e0645de82bf6bbb90369a5fa5d2');
});

test('its edge can be read again at each size that it had', async () => {
  for (const [size, root] of GO_ROOTS) {
    const edge = await log.edge(size);
    assert.is(hex(rootOfEdge(edge)), root, `${size} leaves`);
  }
  const { edge } = appendLeaves(await log.edge(257), leavesOf(743, 257));
  assert.is(hex(rootOfEdge(edge)), GO_ROOTS[4]?.[1]);
});

test('however it grows, it has the root and the proofs that RFC 6962 defines', async () => {
  const sizes = [1, 2, 3, 5, 8, 255, 256, 257, 300, 511, 512, 513, 600];
  const small = memoryObjectStore();
  await grow(small, ...sizes.map((size, i) => size - (sizes[i - 1] ?? 0)));
  const tree = sealedLog(small);
  const all = leavesOf(600);
  for (const size of sizes) {
    const leaves = all.slice(0, size);
    const root = rootOf(leaves);
    assert.equal(rootOfEdge(await tree.edge(size)), root);
    for (const index of new Set([0, 4, 255, 256, size - 1])) {
      if (index < 0 || index >= size) continue;
      const proof = await inclusionProof(tree, index, size);
      assert.equal(proof.map(hex), pathOf(index, leaves).map(hex), `${index} of ${size}`);
      checkInclusion({ index, size, leaf: leaves[index] as Buffer, proof, root });
    }
    for (const first of sizes.filter((other) => other <= size)) {
      const proof = await consistencyProof(tree, first, size);
      assert.equal(proof.map(hex), proofOf(first, leaves).map(hex), `${first} of ${size}`);
      checkConsistency({ size: first, root: rootOf(all.slice(0, first)) }, { size, root }, proof);
    }
  }
});

test('the names of tiles and entries are those of the specification', () => {
  assert.is(tileName({ level: 3, index: 1_234_067, width: 256 }), 'tile/3/x001/x234/067');
  assert.is(tileName({ level: 0, index: 0, width: 1 }), 'tile/0/000.p/1');
  assert.is(tileName({ level: 1, index: 1_000, width: 255 }), 'tile/1/x001/000.p/255');
  assert.is(entriesName({ index: 999, width: 256 }), 'tile/entries/999');
});

test('a tile that is missing, or has another length, is named', async () => {
  const damaged = memoryObjectStore();
  await grow(damaged, 300);
  await damaged.remove('tile/0/000');
  const missing = await rejectionOf(inclusionProof(sealedLog(damaged), 3, 300));
  assert.instance(missing, LogDamagedError);
  assert.match((missing as Error).message, 'tile/0/000 of the log is missing');
  await damaged.put('tile/0/000', Buffer.alloc(31));
  assert.match(String(await rejectionOf(inclusionProof(sealedLog(damaged), 3, 300))), '31 bytes');
});

test.run();
