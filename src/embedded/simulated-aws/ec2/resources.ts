import type { ResourceIdentity } from '../../../events/resource-arn.ts';
import type { Tag } from '../../../events/tag.ts';
import { childrenOf } from './children.ts';

/** A resource in the simulated cloud. Its tags are in a Map, because `__proto__` is a valid tag key. */
export interface SimulatedResource {
  readonly identity: ResourceIdentity;
  readonly tags: Map<string, string>;
  /** When EC2's API first sees it, in ms on the cloud's clock. */
  readonly visibleFrom: number;
  /** When it was created, in ms on the cloud's clock; absent if unknown. */
  readonly madeAt?: number;
  /** The operation that created it, if that decides which children came with it. */
  readonly by?: string;
}

/** What a lookup returns for a resource that is not in memory. */
interface KnownResource extends Pick<SimulatedResource, 'madeAt' | 'by'> {
  readonly type: string;
  readonly tags: Iterable<Tag>;
}

/** Finds resources that are not in memory, for a cloud that is rebuilt from a ledger as it is used. */
export type ResourceLookup = (
  account: string,
  region: string,
  id: string,
) => Promise<KnownResource | undefined>;

/**
 * The parent of a resource: the instance that it is attached to, the VPC that contains it, or the image that
 * it is part of.
 */
interface Belonging {
  readonly to: string;
  /** Whether it came with its parent, instead of being created by somebody. */
  readonly cameWithIt: boolean;
}

/** All resources of one account in one Region, by id; ids are case-sensitive. */
export interface ResourceShelf {
  /**
   * Adds a resource and its children. An existing resource stays unchanged, and a removed one stays removed,
   * because EC2 never reuses an id.
   */
  add(resource: SimulatedResource): void;
  /** Removes a resource and the children that end with it. */
  remove(identity: ResourceIdentity): void;
  /** Brings a removed resource back with the tags that it had. It changes nothing if the resource exists. */
  restore(identity: ResourceIdentity): void;
  /** Makes a resource belong to another one. */
  attach(id: string, to: string): void;
  /** The resource in memory, visible or not. */
  get(id: string): SimulatedResource | undefined;
  all(): Iterable<SimulatedResource>;
  belongingOf(id: string): Belonging | undefined;
  /**
   * Looks up the ids that are not in memory, and their children, and stores what it finds. A miss is looked
   * up again the next time.
   */
  load(ids: readonly string[]): Promise<void>;
}

/** Creates an empty shelf. A resource found by the lookup existed before, so it is visible at once. */
export const resourceShelf = (
  account: string,
  region: string,
  {
    lookup,
    delayOf = () => 0,
  }: { readonly lookup?: ResourceLookup | undefined; readonly delayOf?: (id: string) => number },
): ResourceShelf => {
  const resources = new Map<string, SimulatedResource>();
  /** The resource as it was; undefined if it was removed before it was in memory. */
  const removed = new Map<string, SimulatedResource | undefined>();
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
    if (!removed.has(identity.id)) removed.set(identity.id, resources.get(identity.id));
    resources.delete(identity.id);
    for (const child of childrenOf(identity, undefined)) if (child.ends) remove(child.identity);
  };

  const restore = ({ id }: ResourceIdentity) => {
    const before = removed.get(id);
    removed.delete(id);
    if (before) resources.set(id, before);
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
        // The children are loaded first, because the lookup can know their tags. `add` would create them
        // without tags.
        await load(childrenOf(identity, origin.by).map((child) => child.identity.id));
        // `add` checks again, because another call may have created, loaded or removed it in the meantime.
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
    restore,
    attach: (id, to) => belongings.set(id, { to, cameWithIt: false }),
    get: (id) => resources.get(id),
    all: () => resources.values(),
    belongingOf: (id) => belongings.get(id),
    load,
  };
};
