import type { ObjectStore } from '../../../src/objects/object-store.ts';
import { tileName } from '../../../src/sealing/tree/tile.ts';
import { appendLeaves, EMPTY_EDGE, type TreeEdge } from '../../../src/sealing/tree/tree-edge.ts';
import { leafHash } from '../../../src/verifier/merkle.ts';

/** The hashes of so many leaves: `leaf 0`, `leaf 1` and so on. */
export const leavesOf = (count: number, from = 0): Buffer[] =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${from + i}`)));

/** Writes the tiles of a tree that grows by these numbers of leaves; gives its edge at each size. */
export const grow = async (objects: ObjectStore, ...counts: readonly number[]): Promise<TreeEdge[]> => {
  const edges: TreeEdge[] = [];
  for (const count of counts) {
    const before = edges.at(-1) ?? EMPTY_EDGE;
    const { edge, tiles } = appendLeaves(before, leavesOf(count, before.size));
    for (const tile of tiles) {
      if (!(await objects.create(tileName(tile), Buffer.concat(tile.hashes))))
        throw new Error(`${tileName(tile)} was written twice`);
    }
    edges.push(edge);
  }
  return edges;
};
