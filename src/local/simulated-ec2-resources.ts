import type { ResourceIdentity } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';

/** A resource as the simulated cloud keeps it. Its tags are in a Map, because `__proto__` is a valid tag key. */
export interface SimulatedResource {
  readonly identity: ResourceIdentity;
  readonly tags: Map<string, string>;
  /** From when on, on the cloud's clock in ms, EC2's API can see it. */
  readonly visibleFrom: number;
}

/** What a cloud is told of a resource that it has not in memory. */
export interface KnownResource {
  readonly type: string;
  readonly tags: Iterable<Tag>;
}

/** Finds resources that are not in memory, for a cloud that is rebuilt from a ledger as it is used. */
export type Lookup = (account: string, region: string, id: string) => Promise<KnownResource | undefined>;

/** All resources of one account in one Region, by id; ids are case-sensitive. */
export interface ResourceShelf {
  /** Puts a resource in. One that is there stays as it is, and one that was removed stays removed: EC2 uses no id twice. */
  add(resource: SimulatedResource): void;
  remove(id: string): void;
  /** The resource in memory, visible or not. */
  get(id: string): SimulatedResource | undefined;
  all(): Iterable<SimulatedResource>;
  /** Asks the lookup for those ids that are not in memory, and remembers what it finds. A miss is asked again next time. */
  load(ids: readonly string[]): Promise<void>;
}

/** An empty shelf. What the lookup finds was there before, and is visible at once. */
export const resourceShelf = (account: string, region: string, lookup?: Lookup): ResourceShelf => {
  const resources = new Map<string, SimulatedResource>();
  const removed = new Set<string>();

  const add = (resource: SimulatedResource) => {
    const { id } = resource.identity;
    if (!resources.has(id) && !removed.has(id)) resources.set(id, resource);
  };

  const load = async (ids: readonly string[]) => {
    if (!lookup) return;
    const absent = ids.filter((id) => !resources.has(id) && !removed.has(id));
    await Promise.all(
      absent.map(async (id) => {
        const known = await lookup(account, region, id);
        if (!known) return;
        const tags = new Map(Array.from(known.tags, ({ key, value }) => [key, value]));
        // `add` looks again: while we waited, somebody else may have created, loaded or removed it.
        add({
          identity: { account, region, type: known.type, id },
          tags,
          visibleFrom: Number.NEGATIVE_INFINITY,
        });
      }),
    );
  };

  return {
    add,
    remove: (id) => {
      resources.delete(id);
      removed.add(id);
    },
    get: (id) => resources.get(id),
    all: () => resources.values(),
    load,
  };
};
