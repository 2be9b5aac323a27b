import type { ObjectStore } from './object-store.ts';

/** The objects of a store below `folder`, under the rest of their names. */
export const objectsUnder = (store: ObjectStore, folder: string): ObjectStore => {
  const full = (name: string) => `${folder}/${name}`;
  return {
    get: (name) => store.get(full(name)),
    put: (name, bytes) => store.put(full(name), bytes),
    create: (name, bytes) => store.create(full(name), bytes),
    async *list(prefix) {
      for await (const name of store.list(full(prefix))) yield name.slice(folder.length + 1);
    },
    remove: (name) => store.remove(full(name)),
  };
};
