import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConsistency } from '../../src/verifier/consistency.ts';
import { checkInclusion, type Inclusion } from '../../src/verifier/inclusion.ts';
import { EMPTY_ROOT, leafHash, nodeHash, rootOfPeaks } from '../../src/verifier/merkle.ts';
import { NotProvenError } from '../../src/verifier/not-proven-error.ts';
import { lyingProofs, turned } from '../support/verifier/lies.ts';
import { pathOf, proofOf, rootOf } from '../support/verifier/reference-tree.ts';

const test = suite('Merkle trees as RFC 6962 has them');

const hex = (text: string) => Buffer.from(text, 'hex');

/** The leaves that Certificate Transparency's own tests use, and what the trees over the first of them have as roots. */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const LEAVES = INPUTS.map((input) => leafHash(hex(input)));

test('the roots of Certificate Transparency’s test trees come out', () => {
  for (const [size, root] of ROOTS.entries())
    assert.is(Buffer.from(rootOf(LEAVES.slice(0, size))).toString('hex'), root, `${size} leaves`);
  assert.equal(EMPTY_ROOT, hex(ROOTS[0] ?? ''));
});

test('a root is that of the complete trees that its leaves fill', () => {
  const [a, b, c, d, e, f, g] = LEAVES as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const four = nodeHash(nodeHash(a, b), nodeHash(c, d));
  assert.equal(rootOfPeaks([]), EMPTY_ROOT);
  assert.equal(rootOfPeaks([four, nodeHash(e, f), g]), hex(ROOTS[7] ?? ''));
});

/** All hashes in transparency-dev/merkle, testdata/inclusion and testdata/consistency, files happy-path.json. */
test('proofs of Certificate Transparency’s test tree hold', () => {
  const root = hex(ROOTS[8] ?? '');
  const proof = [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ].map(hex);
  checkInclusion({ index: 5, size: 8, leaf: LEAVES[5] as Buffer, proof, root });
  const consistency = [
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ].map(hex);
  checkConsistency({ size: 6, root: hex(ROOTS[6] ?? '') }, { size: 8, root }, consistency);
});

const MANY = Array.from({ length: 40 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 40];

const refuses = (check: () => void, reason: string, what: string) => {
  try {
    check();
  } catch (error) {
    assert.instance(error, NotProvenError, `${what}: ${error}`);
    assert.is((error as NotProvenError).reason, reason, what);
    return;
  }
  assert.unreachable(`${what} was believed`);
};

/** Checks the proof of one leaf, and lies that differ from it in one thing each. */
const checkLeaf = (leaves: readonly Uint8Array[], index: number, leaf: Uint8Array, root: Uint8Array) => {
  const size = leaves.length;
  const proof = pathOf(index, leaves);
  const honest: Inclusion = { index, size, leaf, proof, root };
  checkInclusion(honest);
  const lie = (what: string, over: Partial<Inclusion>) =>
    refuses(() => checkInclusion({ ...honest, ...over }), 'not-included', `${index} of ${size}: ${what}`);
  for (const { what, proof: lying } of lyingProofs(proof)) lie(what, { proof: lying });
  lie('another leaf', { leaf: turned(leaf) });
  lie('another root', { root: turned(root) });
  for (const other of MANY.keys()) if (other !== index) lie(`at ${other}`, { index: other });
  lie('outside', { index: size });
  lie('in twice the tree', { size: size * 2 });
  if (size > 1) lie('the root for the leaf', { leaf: root });
};

test('an inclusion proof holds for its leaf, place, size and root, and a lying one never does', () => {
  for (const size of SIZES) {
    const leaves = MANY.slice(0, size);
    const root = rootOf(leaves);
    for (const [index, leaf] of leaves.entries()) checkLeaf(leaves, index, leaf, root);
  }
});

test('a consistency proof holds for its two trees, and a lying one never does', () => {
  for (const size of SIZES) {
    const later = { size, root: rootOf(MANY.slice(0, size)) };
    for (let first = 1; first <= size; first++) {
      const proof = proofOf(first, MANY.slice(0, size));
      const earlier = { size: first, root: rootOf(MANY.slice(0, first)) };
      checkConsistency(earlier, later, proof);
      const lie = (what: string, a: typeof earlier, b: typeof later, lying = proof) =>
        refuses(() => checkConsistency(a, b, lying), 'not-consistent', `${first} of ${size}: ${what}`);
      for (const { what, proof: lying } of lyingProofs(proof)) lie(what, earlier, later, lying);
      lie('a fork before', { ...earlier, root: turned(earlier.root) }, later);
      lie('a fork after', earlier, { ...later, root: turned(later.root) });
      lie('another earlier size', { ...earlier, size: first + 1 }, later);
      lie('twice the later size', earlier, { ...later, size: size * 2 });
      if (first < size) lie('the trees swapped', later, earlier);
      lie('nothing before', { size: 0, root: EMPTY_ROOT }, later, []);
    }
  }
});

test('a log may have more leaves than 32 bits count', () => {
  // The last leaf of a tree of 2^40 + 1 leaves has one sibling: the root of all others.
  const [leaf, others] = MANY as [Buffer, Buffer];
  const size = 2 ** 40 + 1;
  checkInclusion({ index: 2 ** 40, size, leaf, proof: [others], root: nodeHash(others, leaf) });
  checkConsistency({ size: 2 ** 40, root: others }, { size, root: nodeHash(others, leaf) }, [leaf]);
});

test.run();
