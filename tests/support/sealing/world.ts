import { createPrivateKey } from 'node:crypto';
import { keySigner } from '../../../src/adapters/folder/signer.ts';
import { memoryCoordinationStore } from '../../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../../src/adapters/memory/event-store.ts';
import { memoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import type { CoordinationStore } from '../../../src/coordination/coordination-store.ts';
import type { EventStore } from '../../../src/events/event-store.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { ObjectStore } from '../../../src/objects/object-store.ts';
import { objectsUnder } from '../../../src/objects/objects-under.ts';
import { incarnationOf } from '../../../src/sealing/log/log-head.ts';
import { sealedLog } from '../../../src/sealing/log/sealed-log.ts';
import type { Signer } from '../../../src/sealing/log/signer.ts';
import { type SealRun, sealCompared, sealHinted } from '../../../src/sealing/run-sealer.ts';
import { openSealer, type SealerDeps } from '../../../src/sealing/sealer.ts';
import { type EventLeaf, type LogLeaf, parseLeaf } from '../../../src/verifier/leaf.ts';
import type { VerifierKey } from '../../../src/verifier/verifier-key.ts';
import { chain, observed, requested, streamOf } from '../events.ts';

/** An Ed25519 key that is the same each time: its seed is so many equal bytes (PKCS #8 of RFC 8410). */
export const signerOf = (seed: number): Signer => {
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  return keySigner(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
};

export const NAME = 'example.com/tagledger';
export const MINUTE_MS = 60_000;

/** A ledger with a sealed log, in memory, on a clock that stands until it is moved. */
export interface World extends SealerDeps {
  readonly store: EventStore;
  readonly later: (ms: number) => void;
  /** Opens the sealer and lets it run; with what comes before a `dies` it does. */
  readonly seal: (over?: Partial<SealerDeps>, how?: 'hints' | 'compare') => Promise<SealRun>;
  /** The objects of the log that is written to. */
  readonly objectsOf: (origin: string) => ObjectStore;
}

export const worldOf = (
  store: EventStore = memoryStore(),
  objects: ObjectStore = memoryObjectStore(),
  coordination: CoordinationStore = memoryCoordinationStore(),
): World => {
  let time = Date.UTC(2026, 3, 1, 12);
  let ids = 0;
  const deps: SealerDeps = {
    coordination,
    objects,
    signer: signerOf(7),
    name: NAME,
    newId: () => `log${ids++}`,
    now: () => new Date(time),
  };
  return {
    ...deps,
    store,
    later: (ms) => {
      time += ms;
    },
    async seal(over = {}, how = 'compare') {
      const all = { ...deps, ...over };
      const sealer = await openSealer(all);
      const run = { store, coordination: all.coordination, sealer, now: all.now, isTime: () => true };
      return how === 'hints' ? sealHinted(run) : sealCompared(run);
    },
    objectsOf: (origin) => objectsUnder(objects, incarnationOf(origin)),
  };
};

/** The events of a made-up instance: a request, and so many changes after it. */
export const eventsOf = (id: string, count: number): RecordedEvent[] =>
  chain(
    [requested(`r ${id}`), ...Array.from({ length: count - 1 }, (_, i) => observed(`o${i} ${id}`))],
    streamOf(id),
  );

/** What stands in the log of this origin, up to a size. */
export const leavesOf = async (
  world: World,
  origin: string,
  size: number,
): Promise<(EventLeaf | LogLeaf)[]> => {
  const log = sealedLog(world.objectsOf(origin));
  const leaves: (EventLeaf | LogLeaf)[] = [];
  for (let i = 0; i * 256 < size; i++) leaves.push(...(await log.entries(i, size)).map(parseLeaf));
  return leaves;
};

/** The key of a log by this world's signer. */
export const keyOf = async (world: World, origin: string): Promise<VerifierKey> => ({
  name: origin,
  publicKey: await world.signer.publicKey(),
});
