import type { CoordinationStore } from '../../../src/coordination/coordination-store.ts';
import type { ObjectStore } from '../../../src/objects/object-store.ts';
import type { Signer } from '../../../src/sealing/log/signer.ts';

/** Where a process dies: before or after its n-th call of something outside, from 0. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

export class Died extends Error {
  override readonly name = 'Died';
}

/** The services as a process that dies there sees them: from then on no call of it comes through. */
export const dying = (
  {
    coordination,
    objects,
    signer,
  }: { coordination: CoordinationStore; objects: ObjectStore; signer: Signer },
  { at, when }: Death,
) => {
  let calls = 0;
  let isDead = false;
  const through = async <T>(act: () => T | Promise<T>): Promise<T> => {
    const here = calls++ === at;
    isDead ||= here && when === 'before';
    if (isDead) throw new Died();
    const answer = await act();
    isDead ||= here;
    if (isDead) throw new Died();
    return answer;
  };
  return {
    coordination: {
      get: (keys) => through(() => coordination.get(keys)),
      swap: (memo, seen) => through(() => coordination.swap(memo, seen)),
      due: (kind, until, limit) => through(() => coordination.due(kind, until, limit)),
    } satisfies CoordinationStore,
    objects: {
      get: (name) => through(() => objects.get(name)),
      put: (name, bytes) => through(() => objects.put(name, bytes)),
      create: (name, bytes) => through(() => objects.create(name, bytes)),
      async *list(prefix) {
        await through(() => undefined);
        yield* objects.list(prefix);
      },
      remove: (name) => through(() => objects.remove(name)),
    } satisfies ObjectStore,
    signer: {
      publicKey: () => through(() => signer.publicKey()),
      sign: (message) => through(() => signer.sign(message)),
    } satisfies Signer,
  };
};

/** An object store that tells what is published: each checkpoint that is put, in order. */
export const watchingCheckpoints = (objects: ObjectStore) => {
  const published: { readonly name: string; readonly note: string }[] = [];
  const watched: ObjectStore = {
    ...objects,
    async put(name, bytes) {
      await objects.put(name, bytes);
      if (/(?:^|\/)checkpoint$/.test(name))
        published.push({ name, note: Buffer.from(bytes).toString('utf8') });
    },
  };
  return { objects: watched, published };
};
