import type { Answers, AnswersById, Life, Snapshot, TagChange } from './answers.ts';
import { effectOf, type JoinedAct, joinActs, joinEnds, touches } from './join-acts.ts';
import { readActs } from './read-acts.ts';

/**
 * The reference: what EC2 did, according to a set of records. It keeps no state between records. It collects the
 * acts of each resource, sorts them by time and replays them, so its answers cannot depend on the order in which
 * the records are given. It shares no code with the product, whose answers are compared with it.
 *
 * **Time.** CloudTrail tells whole seconds, so an act of CloudTrail happened somewhere in its second. Acts of
 * different seconds happened in the order of their seconds. Within one second, {@link rankOf} and then
 * {@link byDetail} say which came first. A call and the tag-change event of the same act (see `joinActs`) are one
 * act, in the second of the call. A snapshot at a moment holds the acts up to it; which event belongs to which call
 * is decided from all records, also later ones.
 *
 * **Lives.** A creation begins a life, an end ends it, and a restore continues the life that ended last. A
 * creation after an end begins the next life, without the tags of the one before. Any other act on a resource
 * of which nothing is known begins a life whose creation is unknown. The earliest creation of a life counts, and
 * the earliest end. A creation within a life is a second sighting of the first: it tells the tags of keys that no
 * act of this life has set or removed, and the creation if that was unknown.
 *
 * **Repeated ends.** The caller of a repetition (see `Act`) ended nothing. If no end is known, the instance had
 * ended by then, and nobody knows who ended it.
 *
 * **Notices.** EventBridge's notice of an end names nobody. With a call that ended the resource within a minute it is one
 * end (see `joinEnds`), as far as both are of the time that is asked for.
 *
 * **Doubts.** After a failed TerminateInstances that may have ended the resource, nobody knows whether it exists, until its
 * end is known or tags are changed two hours later or more. An interface ends with its instance, or is in doubt with it,
 * unless it was kept before.
 *
 * **Tags.** A tag set later replaces one set before. A restored resource has the tags that it had. An act
 * after the end still changes the tags: EC2 shows a terminated instance for a while, and its tags can be changed.
 * A creation that copied tags of a source leaves every key open that no act of the life names, until all tags are
 * removed at once.
 *
 * **Changes.** An act is listed under each key whose value it changed. Under a key for which it is unordered
 * (see {@link isUnordered}), it is listed even if the value stays, because in another order it would not. What
 * the end of a life and the creation of the next do to the tags is not a change.
 */
export const answersOf = (records: readonly unknown[], moments: readonly string[] = []): AnswersById =>
  new Map([...readActs(records)].map(([id, acts]) => [id, answer(joinActs(acts), moments)]));

const answer = (acts: readonly JoinedAct[], moments: readonly string[]): Answers => {
  const { now, changes } = replay(acts);
  return {
    now,
    asOf: moments.map((asOf) => replay(acts.filter(({ ms }) => ms <= Date.parse(asOf))).now),
    changes,
  };
};

/** What a replay knows of a resource at one point. */
interface World {
  readonly lives: Life[];
  readonly tags: Map<string, string>;
  /** The keys that acts of the current life have set or removed. `all`: every key, because all were removed. */
  readonly told: { readonly keys: Set<string>; all: boolean };
  readonly changes: TagChange[];
  /** Whether it ends with its instance; undefined if nothing tells it. */
  isTied: boolean | undefined;
  /** Whether the current life began with tags that no record shows. */
  unseen: boolean;
}

const replay = (
  unjoined: readonly JoinedAct[],
): { readonly now: Snapshot; readonly changes: TagChange[] } => {
  const acts = joinEnds(unjoined);
  const world: World = {
    lives: [],
    tags: new Map(),
    told: { keys: new Set(), all: false },
    changes: [],
    isTied: undefined,
    unseen: false,
  };
  for (const second of [...new Set(acts.map(secondOf))].sort((a, b) => a - b)) {
    const together = acts.filter((act) => secondOf(act) === second);
    const isEnded = hasEnded(world);
    together.sort((a, b) => rankOf(a, isEnded) - rankOf(b, isEnded) || byDetail(a, b));
    for (const act of together) perform(world, act, together);
  }
  const { lives, tags, told, changes, unseen } = world;
  const lacks = [...told.keys].filter((key) => !tags.has(key)).sort();
  return {
    now: {
      lives,
      tags: Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1))),
      ...(unseen && { lacks }),
    },
    changes,
  };
};

const secondOf = ({ ms }: JoinedAct): number => Math.floor(ms / 1_000);

/**
 * The order of acts in one second, as far as their kinds tell it: nothing happens to a resource before its
 * creation, and an end comes last. A resource that had ended before this second is restored before anything else
 * happens to it; otherwise a restore undoes an end of this second. A repetition comes after the end that it
 * repeats.
 */
const rankOf = ({ what }: JoinedAct, isEnded: boolean): number =>
  ({ creation: 0, restore: isEnded ? 1 : 5, tags: 2, keep: 2, end: 3, doubt: 3, repetition: 4 })[what];

/**
 * The order of acts of one second and kind: calls that no tag-change event tells of, by their ids, then those
 * with an event, by its time and version. The ids tell nothing about time: they only make the order the same
 * in every answer.
 */
const byDetail = (a: JoinedAct, b: JoinedAct): number => {
  const [x, y] = [eventOf(a), eventOf(b)];
  if (x && y) return x.ms - y.ms || (x.version ?? 0) - (y.version ?? 0) || (a.id < b.id ? -1 : 1);
  return Number(x !== undefined) - Number(y !== undefined) || (a.id < b.id ? -1 : 1);
};

const eventOf = (act: JoinedAct): JoinedAct | undefined => (act.source === 'eventbridge' ? act : act.told);

const hasEnded = ({ lives }: World): boolean => typeof lives.at(-1)?.ended === 'string';

const perform = (world: World, act: JoinedAct, together: readonly JoinedAct[]): void => {
  const { lives } = world;
  const at = new Date(act.ms).toISOString();
  const isNext = lives.length === 0 || (act.what === 'creation' && hasEnded(world));
  if (isNext) {
    lives.push({ created: null, creator: null, ended: null, ender: null, uncertain: null });
    world.isTied = undefined;
    world.tags.clear();
    world.told.keys.clear();
    world.told.all = false;
    world.unseen = false;
  }
  const last = lives.length - 1;
  const life = lives[last] as Life;
  switch (act.what) {
    case 'creation':
      if (life.created === null) world.unseen = act.copies === true && !world.told.all;
      lives[last] = life.created === null ? { ...life, created: at, creator: act.actor } : life;
      change(world, act, new Map(act.set.filter(([key]) => !isTold(world, key))), together);
      if (act.withInstance) world.isTied ??= true;
      break;
    case 'keep':
      world.isTied = false;
      lives[last] = { ...life, uncertain: null };
      break;
    case 'tags':
      lives[last] = seenLater(life, act);
      change(world, act, effectOf(act, world.tags), together);
      world.told.all ||= act.removed === 'all';
      world.unseen &&= act.removed !== 'all';
      break;
    case 'doubt':
    case 'end':
    case 'repetition':
      lives[last] = ended(world, life, act);
      break;
    case 'restore':
      lives[last] = { ...life, ended: null, ender: null, uncertain: null };
      world.isTied = false;
      break;
  }
};

/** What EC2 tags two hours later or more exists: it shows nothing that ended for so long. */
const seenLater = (life: Life, { ms }: JoinedAct): Life =>
  life.uncertain !== null && ms - Date.parse(life.uncertain) >= 2 * 3_600_000
    ? { ...life, uncertain: null }
    : life;

const ended = ({ isTied }: World, life: Life, { what, withInstance, ms, actor }: JoinedAct): Life => {
  const at = new Date(ms).toISOString();
  if (life.ended !== null || (withInstance && isTied === false)) return life;
  const isDoubt = what === 'doubt' || (withInstance && isTied === undefined);
  return isDoubt
    ? { ...life, uncertain: life.uncertain ?? at }
    : { ...life, ended: at, ender: what === 'end' ? actor : null, uncertain: null };
};

const isTold = ({ told }: World, key: string): boolean => told.all || told.keys.has(key);

/** Gives keys their new values, null for none, and lists what changed or may have changed. */
const change = (
  { tags, told, changes, unseen }: World,
  act: JoinedAct,
  effect: ReadonlyMap<string, string | null>,
  together: readonly JoinedAct[],
): void => {
  const unordered = new Set(keysOf(together).filter((key) => isUnordered(act, key, together)));
  for (const key of [...new Set([...effect.keys(), ...unordered])].sort()) {
    const before = tags.get(key) ?? null;
    const after = effect.has(key) ? (effect.get(key) ?? null) : before;
    if (after === null) tags.delete(key);
    else tags.set(key, after);
    const beforeUnseen = unseen && act.what === 'tags' && effect.has(key) && !told.keys.has(key);
    if (effect.has(key)) told.keys.add(key);
    if (before === after && !unordered.has(key) && !beforeUnseen) continue;
    const at = new Date(act.ms).toISOString();
    const marks = { unordered: unordered.has(key), ...(beforeUnseen && { beforeUnseen: true as const }) };
    changes.push({ at, key, before, after, actor: act.actor, ...marks });
  }
};

const keysOf = (acts: readonly JoinedAct[]): string[] =>
  acts.flatMap(({ set, removed, removedIf }) => [
    ...[...set, ...removedIf].map(([key]) => key),
    ...(removed === 'all' ? [] : removed),
  ]);

/**
 * Whether no record says if an act came before or after another one that names the same key: both changed tags
 * in the same second, and not both have a tag-change event, whose versions would tell.
 */
const isUnordered = (act: JoinedAct, key: string, together: readonly JoinedAct[]): boolean =>
  act.what === 'tags' &&
  touches(act, key) &&
  together.some(
    (other) =>
      other !== act && other.what === 'tags' && touches(other, key) && !(eventOf(act) && eventOf(other)),
  );
