import {
  copyCreation,
  creation,
  deletion,
  endNotice,
  failedDeletion,
  fleetCreation,
  keepInterface,
  type NamedTags,
  restoration,
  tagChangeEvent,
  tagging,
  typeOf,
  untagging,
} from '../reference/records.ts';
import type { Chance } from '../simulation/chance.ts';

/** A resource of the simulated EC2 as it is now. */
export interface LiveResource {
  readonly id: string;
  isAlive: boolean;
  readonly tags: Map<string, string>;
  /** How often its tags have changed. */
  version: number;
  /** The call that created it, unless it existed before the trail. */
  created?: { readonly tags: NamedTags; readonly by: string; readonly isCopy?: true };
}

/** That a resource had these tags after an act, at the second of the act. */
export interface Truth {
  readonly at: string;
  readonly id: string;
  readonly tags: NamedTags;
  readonly isAlive: boolean;
}

/** How much of what happens is told. */
export interface Telling {
  /** The probability that a change of tags is also told by `Tag Change on Resource`. */
  readonly events: number;
  /** The probability that the record of a call is lost. */
  readonly lost: number;
  /** Whether the times of `Tag Change on Resource` have milliseconds. */
  readonly withMs: boolean;
}

/**
 * A small EC2 in which calls take effect at once, one after the other. It writes down the records of its calls,
 * and the truth.
 */
export const simulatedWorld = (dice: Chance, telling: Telling) => {
  const records: object[] = [];
  const truth: Truth[] = [];
  let count = 0;
  let ms = Date.UTC(2026, 2, 2, 10);

  /** Ids come in no order, as CloudTrail's do. */
  const nextId = (): string => `${dice.below(0x10000).toString(16).padStart(4, '0')}-${++count}`;
  const second = (): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const call = (by: string) => ({ id: nextId(), at: second(), by });
  const tell = (record: object): void => {
    if (!dice.happens(telling.lost)) records.push(record);
  };
  const note = ({ id, tags, isAlive }: LiveResource): void => {
    truth.push({ at: second(), id, tags: Object.fromEntries(tags), isAlive });
  };

  /** Changes tags, and tells of it as EventBridge does, if anything changed. */
  const change = (resource: LiveResource, effect: NamedTags): void => {
    const { tags } = resource;
    const changed = Object.keys(effect).filter((key) => (tags.get(key) ?? null) !== effect[key]);
    for (const key of changed) {
      const value = effect[key] ?? null;
      if (value === null) tags.delete(key);
      else tags.set(key, value);
    }
    note(resource);
    if (changed.length === 0) return;
    resource.version += 1;
    ms = Math.min(ms + dice.below(200), Math.floor(ms / 1_000) * 1_000 + 999);
    if (!dice.happens(telling.events)) return;
    const at = telling.withMs ? new Date(ms).toISOString() : second();
    const { version } = resource;
    records.push(
      tagChangeEvent({ id: nextId(), at }, resource.id, { changed, tags: Object.fromEntries(tags), version }),
    );
  };

  return {
    records,
    truth,
    /** Lets so many seconds pass; 0 stays in this second. */
    pass: (seconds: number): void => {
      if (seconds > 0) ms = (Math.floor(ms / 1_000) + seconds) * 1_000;
    },
    create: (resource: LiveResource, by: string, tags: NamedTags): void => {
      resource.isAlive = true;
      resource.created = { tags, by };
      resource.tags.clear();
      tell(creation(call(by), resource.id, tags));
      change(resource, tags);
    },
    /** A copy of an image: the record does not show the tags that were copied. */
    createCopy: (resource: LiveResource, by: string, tags: NamedTags, copied: NamedTags): void => {
      resource.isAlive = true;
      resource.created = { tags, by, isCopy: true };
      resource.tags.clear();
      tell(copyCreation(call(by), resource.id, tags));
      change(resource, { ...copied, ...tags });
    },
    /** An instant fleet: two calls tell of the same instance, and only the second knows all of its tags. */
    createByFleet: (resource: LiveResource, by: string, tags: NamedTags, ofTemplate: NamedTags): void => {
      resource.isAlive = true;
      // The request wins over the template.
      const all = { ...ofTemplate, ...tags };
      resource.created = { tags: all, by };
      tell(fleetCreation(call(by), resource.id, tags));
      ms += 1_000;
      tell(creation(call('fleet'), resource.id, all));
      change(resource, all);
    },
    /** The same request again, with the same client token: the answer tells of the resource that is there. */
    createAgain: (resource: LiveResource): void => {
      const { tags, by, isCopy } = resource.created ?? { tags: {}, by: 'ana' };
      tell((isCopy ? copyCreation : creation)(call(by), resource.id, tags));
      note(resource);
    },
    tag: (resources: readonly LiveResource[], by: string, tags: NamedTags): void => {
      tell(
        tagging(
          call(by),
          resources.map(({ id }) => id),
          tags,
        ),
      );
      for (const resource of resources) change(resource, tags);
    },
    /** `named` as DeleteTags names tags; all tags if it is empty. */
    untag: (resources: readonly LiveResource[], by: string, named: NamedTags): void => {
      tell(
        untagging(
          call(by),
          resources.map(({ id }) => id),
          named,
        ),
      );
      for (const resource of resources) {
        const all = Object.keys(named).length === 0;
        const gone = [...resource.tags].filter(
          ([key, value]) => all || named[key] === null || named[key] === value,
        );
        change(resource, Object.fromEntries(gone.map(([key]) => [key, null])));
      }
    },
    /** A call that ends a resource; for an instance also a repetition. */
    end: (resource: LiveResource, by: string): void => {
      tell(deletion(call(by), resource.id, resource.isAlive ? 'running' : 'terminated'));
      resource.isAlive = false;
      note(resource);
    },
    /** EC2 ends an instance, and EventBridge alone tells of it. */
    lose: (resource: LiveResource): void => {
      tell(endNotice(call(''), resource.id));
      resource.isAlive = false;
      note(resource);
    },
    /** EventBridge tells, too, of the call that ended an instance: so many seconds later, by a clock of its own. */
    notify: ({ id }: LiveResource, seconds: number): void => {
      const at = `${new Date(ms + seconds * 1_000).toISOString().slice(0, 19)}Z`;
      records.push(endNotice({ id: nextId(), at }, id));
    },
    /** A TerminateInstances that fails. It could have ended the instance, and did not. */
    failToEnd: (resource: LiveResource, by: string): void => {
      tell(failedDeletion(call(by), resource.id));
      note(resource);
    },
    /** The interface of an instance outlives it from now on. */
    keep: ({ id }: LiveResource, by: string): void => tell(keepInterface(call(by), id)),
    restore: (resource: LiveResource, by: string): void => {
      tell(restoration(call(by), resource.id));
      resource.isAlive = true;
      note(resource);
    },
    isRestorable: ({ id, isAlive }: LiveResource): boolean => !isAlive && typeOf(id) !== 'instance',
  };
};

/** The operations of the simulated EC2. */
export type SimulatedWorld = ReturnType<typeof simulatedWorld>;
