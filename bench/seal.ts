import { createPrivateKey } from 'node:crypto';
import { keySigner } from '../src/adapters/folder/signer.ts';
import { memoryCoordinationStore } from '../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../src/adapters/memory/event-store.ts';
import { memoryObjectStore } from '../src/adapters/memory/object-store.ts';
import { memoryStateStore } from '../src/adapters/memory/state-store.ts';
import { localPipeline } from '../src/embedded/pipeline.ts';
import { columnsOf } from '../src/events/ledger-line.ts';
import { objectsUnder } from '../src/objects/objects-under.ts';
import { beginSealedCheck } from '../src/sealing/check/check-sealed.ts';
import { sealedLog } from '../src/sealing/log/sealed-log.ts';
import { sealCompared } from '../src/sealing/run-sealer.ts';
import { openSealer } from '../src/sealing/sealer.ts';
import { tileName } from '../src/sealing/tree/tile.ts';
import { appendLeaves, EMPTY_EDGE, rootOfEdge } from '../src/sealing/tree/tree-edge.ts';
import { inclusionProof } from '../src/sealing/tree/tree-proofs.ts';
import { parseTagRules } from '../src/tagging/rules/tag-rules.ts';
import { checkInclusion } from '../src/verifier/inclusion.ts';
import { eventLeaf } from '../src/verifier/leaf.ts';
import { leafHash } from '../src/verifier/merkle.ts';
import { pipelineStores } from '../tests/support/pipeline-stores.ts';
import { launches } from './launches.ts';

/**
 * Sealing in memory: events a second, of sealing and of comparing a ledger with its log, beside the time that hashing the
 * leaves alone takes; and the bytes of an inclusion proof in a large log. `npm run bench:seal [-- RESOURCES [LEAVES]]`
 */
const RESOURCES = Number(process.argv[2] ?? 10_000);
const LEAVES = Number(process.argv[3] ?? 1_000_000);

const timed = async <T>(
  work: () => Promise<T> | T,
): Promise<{ readonly seconds: number; readonly answer: T }> => {
  const begin = performance.now();
  const answer = await work();
  return { seconds: (performance.now() - begin) / 1000, answer };
};

const store = memoryStore();
const rules = parseTagRules('{"Owner":"{who.name}","CostCenter":"4711"}');
const pipeline = localPipeline(pipelineStores(store, memoryStateStore()), { rules, tagChildren: false });
for (const [i, launch] of launches(RESOURCES / 20, 20).entries())
  await pipeline.request(launch, `launch ${i}`);
await pipeline.settle();

const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 1)]);
const deps = {
  coordination: memoryCoordinationStore(),
  objects: memoryObjectStore(),
  signer: keySigner(createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' })),
  name: 'example.com/bench',
  newId: () => 'log0',
  now: () => new Date(),
};
const sealer = await openSealer(deps);
const sealing = await timed(() => sealCompared({ ...deps, store, sealer, isTime: () => true }));

const log = sealedLog(objectsUnder(deps.objects, 'log0'));
const checking = await timed(async () => {
  const check = await beginSealedCheck({ log, keys: [sealer.key] });
  let findings = check.findings.length;
  for await (const event of store.readAll()) findings += check.add(columnsOf(event)).length;
  findings += (await check.end()).findings.length;
  if (findings > 0) throw new Error(`${findings} findings in an honest ledger`);
});
const hashing = await timed(async () => {
  for await (const event of store.readAll()) leafHash(eventLeaf(event));
});
const { sealed } = sealing.answer;

const tiles = memoryObjectStore();
const leaves = Array.from({ length: LEAVES }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const tree = await timed(() => appendLeaves(EMPTY_EDGE, leaves));
for (const tile of tree.answer.tiles) await tiles.put(tileName(tile), Buffer.concat(tile.hashes));
const index = Math.floor(LEAVES / 3);
const proof = await inclusionProof(sealedLog(tiles), index, LEAVES);
const root = rootOfEdge(tree.answer.edge);
checkInclusion({ index, size: LEAVES, leaf: leaves[index] as Buffer, proof, root });
const proofBytes = proof.reduce((sum, hash) => sum + hash.length, 0);

const rate = (seconds: number, count = sealed): string => `${Math.round(count / seconds)}`;
console.log(`events                               ${sealed}, of ${RESOURCES} resources`);
console.log(`sealed a second                      ${rate(sealing.seconds)}`);
console.log(`compared with the log a second       ${rate(checking.seconds)}`);
console.log(`read and hashed as leaves a second   ${rate(hashing.seconds)}`);
console.log(`leaves into a tree a second          ${rate(tree.seconds, LEAVES)}`);
console.log(`an inclusion proof in ${LEAVES} leaves  ${proof.length} hashes, ${proofBytes} bytes`);
console.log(`memory at most                       ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
