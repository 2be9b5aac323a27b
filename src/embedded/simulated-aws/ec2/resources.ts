import type { ResourceIdentity } from '../../../events/resource-arn.ts';
import type { Tag } from '../../../events/tag.ts';
import { childrenOf } from './children.ts';

/** A resource as the simulated cloud keeps it. Its tags are in a Map, because `__proto__` is a valid tag key. */
export interface SimulatedResource {
  readonly identity: ResourceIdentity;
  readonly tags: Map<string, string>;
  /** From when on, on the cloud's clock in ms, EC2's API can see it. */
  readonly visibleFrom: number;
  /** When it was made, on the cloud's clock in ms; absent where nobody knows. */
  readonly madeAt?: number;
  /** The operation that made it, where that decides what came with it. */
  readonly by?: string;
}

/** What a cloud is told of a resource that it has not in memory. */
export interface KnownResource extends Pick<SimulatedResource, 'madeAt' | 'by'> {
  readonly type: string;
  readonly tags: Iterable<Tag>;
}

/** Finds resources that are not in memory, for a cloud that is rebuilt from a ledger as it is used. */
export type ResourceLookup = (
  account: string,
  region: string,
  id: string,
) => Promise<KnownResource | undefined>;

/** What a resource belongs to: an instance that it is attached to, a VPC that it is in, an image that it is a part of. */
export interface Belonging {
  readonly to: string;
  /** Whether it came with what it belongs to, and nobody made it. */
  readonly cameWithIt: boolean;
}

/** All resources of one account in one Region, by id; ids are case-sensitive. */
export interface ResourceShelf {
  /**
   * Puts a resource in, and what comes with it. One that is there stays as it is, and one that was removed stays
   * removed: EC2 uses no id twice.
   */
  add(resource: SimulatedResource): void;
  /** Takes a resource away, and those that came with it and end with it. */
  remove(identity: ResourceIdentity): void;
  /** Makes a resource belong to another one. */
  attach(id: string, to: string): void;
  /** The resource in memory, visible or not. */
  get(id: string): SimulatedResource | undefined;
  all(): Iterable<SimulatedResource>;
  belongingOf(id: string): Belonging | undefined;
  /**
   * Asks the lookup for those ids that are not in memory, and for what came with them, and remembers what it finds.
   * A miss is asked again next time.
   */
  load(ids: readonly string[]): Promise<void>;
}

/** An empty shelf. What the lookup finds was there before, and is visible at once. */
export const resourceShelf = (
  account: string,
  region: string,
  {
    lookup,
    delayOf = () => 0,
  }: { readonly lookup?: ResourceLookup | undefined; readonly delayOf?: (id: string) => number },
): ResourceShelf => {
  const resources = new Map<string, SimulatedResource>();
  const removed = new Set<string>();
  const belongings = new Map<string, Belonging>();

  const add = (resource: SimulatedResource) => {
    const { identity, visibleFrom, madeAt, by } = resource;
    if (resources.has(identity.id) || removed.has(identity.id)) return;
    resources.set(identity.id, resource);
    for (const { identity: child } of childrenOf(identity, by)) {
      belongings.set(child.id, { to: identity.id, cameWithIt: true });
      const shownFrom = Math.max(visibleFrom, (madeAt ?? visibleFrom) + delayOf(child.id));
      add({
        identity: child,
        tags: new Map(),
        visibleFrom: shownFrom,
        ...(madeAt !== undefined && { madeAt }),
      });
    }
  };

  const remove = (identity: ResourceIdentity) => {
    resources.delete(identity.id);
    removed.add(identity.id);
    for (const child of childrenOf(identity, undefined)) if (child.ends) remove(child.identity);
  };

  const load = async (ids: readonly string[]): Promise<void> => {
    if (!lookup) return;
    const absent = ids.filter((id) => !resources.has(id) && !removed.has(id));
    await Promise.all(
      absent.map(async (id) => {
        const known = await lookup(account, region, id);
        if (!known) return;
        const { type, tags, ...origin } = known;
        const identity = { account, region, type, id };
        // The lookup may know tags of what came with it: `add` would make it anew, without them.
        await load(childrenOf(identity, origin.by).map((child) => child.identity.id));
        // `add` looks again: while we waited, somebody else may have created, loaded or removed it.
        add({
          identity,
          tags: new Map(Array.from(tags, ({ key, value }) => [key, value])),
          visibleFrom: Number.NEGATIVE_INFINITY,
          ...origin,
        });
      }),
    );
  };

  return {
    add,
    remove,
    attach: (id, to) => belongings.set(id, { to, cameWithIt: false }),
    get: (id) => resources.get(id),
    all: () => resources.values(),
    belongingOf: (id) => belongings.get(id),
    load,
  };
};
