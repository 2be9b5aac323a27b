import { groupBy } from '../../shared/collections.ts';
import type { Life, Milestone } from '../life.ts';
import { isSimulated, type TagEvent } from '../tag-event.ts';
import type { TagFact } from '../tag-fact.ts';
import { type Act, placeOf, touches } from './act.ts';
import type { RequestOutcomes } from './fold-requests.ts';
import { joinEnds } from './join-acts.ts';

/** The change of one tag key. A value is null when the resource does not have the key. */
export interface KeyChange {
  readonly key: string;
  readonly old: string | null;
  readonly new: string | null;
  /**
   * Present if another act on this key happened in the same second, and no record says which one came first. Both are
   * listed, even if one of them left the value as it was, because in the other order it would not.
   */
  readonly isUnordered?: true;
  /** Present if the old value is not known: the resource may have had the key among tags that were copied to it. */
  readonly isOldUnseen?: true;
}

/** What one act did to a resource. */
export interface Step {
  readonly act: Act;
  /** What it did to the resource's life. Absent for a change of tags, and for what was so already. */
  readonly life?: 'created' | 'found' | 'ended' | 'uncertain' | 'restored';
  /** Sorted by key. */
  readonly keys: readonly KeyChange[];
}

/** What a replay knows of a resource at its end. */
export interface Replayed {
  /** The last one may still be open. Empty if no act is known. */
  readonly lives: readonly Life[];
  readonly facts: ReadonlyMap<string, TagFact>;
  /** When all tags of the last life were last removed at once. */
  readonly cleared?: string;
  /** The last life began with tags copied from a source, and nothing has shown them since. */
  readonly unseenTags?: true;
}

interface World {
  lives: Life[];
  facts: Map<string, TagFact>;
  cleared?: string | undefined;
  /** With what the last life ends; absent if no act told it. A state does not hold it (see `continueFold`). */
  endsWith?: string | undefined;
  unseenTags?: true | undefined;
}

/**
 * Replays acts in the order of time. The order in which they are given does not matter.
 *
 * **Order.** Acts of different seconds happened in the order of their seconds. Within a second, {@link rankOf} and
 * then {@link byPlace} say which came first.
 *
 * **Lives.** A creation begins a life, an end ends it, and a restoration continues the life that ended last. A creation
 * after an end begins the next life, without the tags of the one before. Any other act on a resource of which
 * nothing is known begins a life whose creation is unknown. The earliest creation of a life counts, and the
 * earliest end. A creation within a life is a second sighting of the first: it tells the tags of keys that no act
 * of this life has set or removed, and the creation if that was unknown. A repetition ends a life whose end is
 * unknown, by nobody who is known.
 *
 * **What may have ended.** From an end that is uncertain on, nobody knows whether the resource exists: until its end is
 * known, or an act of {@link SHOWN_WITHIN_MS} or more later names it, or a call changes with what it ends. When a resource
 * ends on which another one depends, the other one ends with it; it is uncertain if it is not known to depend on it,
 * and lives on if it is known not to.
 *
 * **Tags.** A tag set later replaces one set before. A restored resource has the tags that it had. An act after the
 * end still changes tags: EC2 shows a terminated instance for a while. If tags were copied to it when it was created, keys
 * of which nothing is known may be there until EC2 shows all tags, or all are removed.
 *
 * **Sightings.** A resource that is shown exists, and has the shown tags and no others, except for what acts since
 * `settledAt` told: AWS may not have shown that yet. It is then known from that moment on, also if its creation is not. A
 * sighting of what had ended tells nothing: EC2 shows that for a while.
 *
 * `outcomes` says which requests had ended when what they set was recorded. `onStep` is called for each act that
 * changed something, or that may have changed a key (see `KeyChange.isUnordered`). `before` is what is known of the
 * seconds before those of the acts.
 */
export const replay = (
  acts: readonly Act[],
  outcomes: RequestOutcomes,
  { before, onStep }: { readonly before?: Replayed; readonly onStep?: (step: Step) => unknown } = {},
): Replayed => {
  const world: World = { ...before, lives: [...(before?.lives ?? [])], facts: new Map(before?.facts) };
  for (const together of bySecond(joinEnds(acts))) {
    const isEnded = hasEnded(world);
    together.sort((a, b) => rankOf(a, isEnded) - rankOf(b, isEnded) || byPlace(a, b));
    for (const act of together) {
      const step = perform(world, act, together, outcomes, onStep !== undefined);
      if (step.life || step.keys.length > 0) onStep?.(step);
    }
  }
  const { lives, facts, cleared, unseenTags } = world;
  return { lives, facts, ...(cleared !== undefined && { cleared }), ...(unseenTags && { unseenTags }) };
};

/**
 * EC2 shows a terminated instance for about an hour (EC2 API reference, TerminateInstances), and its tags can be
 * changed. What is named later than this exists.
 */
export const SHOWN_WITHIN_MS = 2 * 3_600_000;

const bySecond = (acts: readonly Act[]): Act[][] =>
  acts.length === 1
    ? [[...acts]]
    : [...groupBy(acts, ({ second }) => second)].sort(([a], [b]) => a - b).map(([, together]) => together);

/**
 * The order of acts in one second, as far as their kinds tell it: nothing happens to a resource before its
 * creation, and an end comes last. A resource that had ended before this second is restored before anything else
 * happens to it; otherwise a restoration undoes an end of this second. A repetition comes after the end that it
 * repeats.
 */
const rankOf = ({ what }: Act, isEnded: boolean): number =>
  ({
    creation: 0,
    restoration: isEnded ? 1 : 6,
    tags: 2,
    dependency: 2,
    sighting: 3,
    end: 4,
    repetition: 5,
  })[what];

/**
 * The order of acts of one second and kind: those that only CloudTrail tells of, by their ids, then the others by
 * their time, and by the count of their source. The ids tell nothing about time: they only make the order the
 * same in every answer.
 */
const byPlace = (a: Act, b: Act): number => {
  const [x, y] = [placeOf(a), placeOf(b)];
  if (!x || !y) return Number(x !== undefined) - Number(y !== undefined) || byText(a.id, b.id);
  return x.ms - y.ms || byText(x.by, y.by) || x.count - y.count || byText(a.id, b.id);
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const hasEnded = ({ lives }: World): boolean => lives.at(-1)?.ended !== undefined;

const perform = (
  world: World,
  act: Act,
  together: readonly Act[],
  outcomes: RequestOutcomes,
  isListed: boolean,
): Step => {
  if (world.lives.length === 0 || (act.what === 'creation' && hasEnded(world))) {
    world.lives.push({});
    world.facts.clear();
    world.cleared = undefined;
    world.endsWith = undefined;
    world.unseenTags = undefined;
  }
  switch (act.what) {
    case 'creation':
      return { act, ...create(world, act), keys: setFirst(world, act, isListed) };
    case 'tags':
      if (isShownLater(lastLife(world), act)) setLife(world, shown(lastLife(world)));
      return { act, keys: change(world, act, together, outcomes, isListed) };
    case 'dependency':
      depend(world, act);
      return { act, keys: [] };
    case 'sighting':
      return sight(world, act, isListed);
    case 'end':
    case 'repetition':
      return { act, ...end(world, act), keys: [] };
    case 'restoration':
      return { act, ...restore(world), keys: [] };
  }
};

const lastLife = ({ lives }: World): Life => lives.at(-1) ?? {};

const setLife = (world: World, life: Life): void => {
  world.lives[world.lives.length - 1] = life;
};

const milestoneOf = ({ at, who }: Act): Milestone => ({ at, ...(who && { who }) });

const create = (world: World, act: Act): Pick<Step, 'life'> => {
  world.endsWith ??= act.endsWith;
  const life = lastLife(world);
  if (life.created) return {};
  // Then it need not have been found.
  const { found: _, ...rest } = life;
  setLife(world, { ...rest, created: milestoneOf(act) });
  if (world.cleared === undefined) world.unseenTags = act.unseenTags;
  return { life: 'created' };
};

const depend = (world: World, { endsWith }: Act): void => {
  if (endsWith === undefined) return;
  world.endsWith = endsWith;
  // A call on the resource itself shows that it exists. What followed from its parent does not.
  if (endsWith !== 'unknown') setLife(world, shown(lastLife(world)));
};

const end = (world: World, act: Act): Pick<Step, 'life'> => {
  const life = lastLife(world);
  const effect = effectOfEnd(act, world.endsWith);
  if (life.ended || !effect) return {};
  const { reason } = effect;
  if (reason === undefined) {
    setLife(world, { ...shown(life), ended: milestoneOf(act) });
    return { life: 'ended' };
  }
  if (life.uncertain) return {};
  setLife(world, { ...life, uncertain: { ...milestoneOf(act), reason } });
  return { life: 'uncertain' };
};

/** EC2 restores a volume without its attachment, so it ends with nothing. */
const restore = (world: World): Pick<Step, 'life'> => {
  const { ended, ...rest } = shown(lastLife(world));
  setLife(world, rest);
  world.endsWith = 'nothing';
  return ended ? { life: 'restored' } : {};
};

/** A life of which is known again whether it lasts. */
const shown = ({ uncertain: _, ...life }: Life): Life => life;

const isShownLater = ({ uncertain }: Life, { at }: Act): boolean =>
  uncertain !== undefined && Date.parse(at) - Date.parse(uncertain.at) >= SHOWN_WITHIN_MS;

/** What an end does to a resource that depends on `endsWith`: nothing, or it ends it, or it may have, with the reason. */
const effectOfEnd = (
  { uncertain: reason, endedWith }: Act,
  endsWith = 'unknown',
): { readonly reason?: string } | undefined => {
  const isUnknown = endedWith !== undefined && endsWith === 'unknown';
  if (endedWith !== undefined && endsWith !== endedWith && !isUnknown) return undefined;
  if (reason !== undefined) return { reason };
  return isUnknown ? { reason: `it may have ended with ${endedWith}` } : {};
};

/** The tags of a creation: those of keys that nothing else has set or removed in this life. */
const setFirst = ({ facts, cleared }: World, act: Act, isListed: boolean): KeyChange[] => {
  if (cleared !== undefined) return [];
  const fresh = new Map(act.set.flatMap(({ key, value }) => (facts.has(key) ? [] : [[key, value]])));
  const { at, source } = act;
  const { seq, event } = source;
  for (const [key, value] of fresh) facts.set(key, { key, value, at, seq, ours: false, ...markOf(event) });
  return isListed ? [...fresh].sort(byKey).map(([key, value]) => ({ key, old: null, new: value })) : [];
};

/** A sighting of the last life. What may have ended is shown for a while, as its tags are. */
const sight = (world: World, act: Act, isListed: boolean): Step => {
  const before = lastLife(world);
  if (before.ended) return { act, keys: [] };
  const life = isShownLater(before, act) ? shown(before) : before;
  const isFound = !life.created && !life.found;
  setLife(world, isFound ? { ...life, found: act.at } : life);
  if ((life.created?.at ?? '') < (act.settledAt ?? act.at)) world.unseenTags = undefined;
  return { act, ...(isFound && { life: 'found' }), keys: show(world, act, isListed) };
};

/** The tags of a sighting. It contradicts neither what a call did since it was settled, nor what it agrees with. */
const show = ({ facts, cleared = '' }: World, act: Act, isListed: boolean): KeyChange[] => {
  const { at, set, settledAt = at, source } = act;
  if (cleared >= settledAt) return [];
  const shown = new Map<string, string | null>(set.map(({ key, value }) => [key, value]));
  const changed = [...new Set([...facts.keys(), ...shown.keys()])].sort().flatMap((key) => {
    const fact = facts.get(key);
    const change = { key, old: fact?.value ?? null, new: shown.get(key) ?? null };
    const isOpenToDoubt = !fact || fact.shown || fact.at < settledAt;
    return isOpenToDoubt && change.old !== change.new ? [change] : [];
  });
  const { seq, event } = source;
  for (const { key, new: value } of changed)
    facts.set(key, { key, value, at, seq, ours: false, shown: true, ...markOf(event) });
  return isListed ? changed : [];
};

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => byText(a, b);

const change = (
  world: World,
  act: Act,
  together: readonly Act[],
  outcomes: RequestOutcomes,
  isListed: boolean,
): KeyChange[] => {
  const { facts, unseenTags } = world;
  const effect = effectOf(act, facts);
  const old = new Map<string, string | null>();
  const unseen = new Set<string>();
  for (const [key, value] of effect) {
    const fact = facts.get(key);
    old.set(key, fact?.value ?? null);
    if (unseenTags && !fact) unseen.add(key);
    const { seq, event } = act.source;
    facts.set(key, { key, value, at: act.at, seq, ...by(act, key, fact, outcomes), ...markOf(event) });
  }
  if (act.removed === 'all') world.cleared = act.at;
  if (act.removed === 'all' || act.allSeen) world.unseenTags = undefined;
  if (!isListed) return [];
  const unordered = together.length > 1 ? unorderedKeys(act, together) : NO_KEYS;
  return [...new Set([...effect.keys(), ...unordered])].sort().flatMap((key) => {
    const now = facts.get(key)?.value ?? null;
    const before = old.has(key) ? (old.get(key) ?? null) : now;
    const isUnordered = unordered.has(key);
    const isOldUnseen = unseen.has(key);
    if (before === now && !isUnordered && !isOldUnseen) return [];
    const marks = { ...(isUnordered && { isUnordered }), ...(isOldUnseen && { isOldUnseen }) };
    return [{ key, old: before, new: now, ...marks }];
  });
};

const markOf = (event: TagEvent): Pick<TagFact, 'simulated'> =>
  isSimulated(event) ? { simulated: true } : {};

const NO_KEYS: ReadonlySet<string> = new Set();

/** What an act does to the keys of a resource with these facts: values that it sets, null where it removes. */
const effectOf = (act: Act, facts: ReadonlyMap<string, TagFact>): Map<string, string | null> => {
  const { told, set, removed, removedIf } = act;
  const gone = removed === 'all' ? [...facts.keys()] : removed;
  // Where EventBridge told which keys were removed, no condition needs to be decided.
  const met = told ? [] : removedIf.filter(({ key, value }) => facts.get(key)?.value === value);
  return new Map([
    ...[...gone, ...met.map(({ key }) => key)].map((key) => [key, null] as const),
    ...set.map(({ key, value }) => [key, value] as const),
    ...(told ? effectOf(told, facts) : []),
  ]);
};

/** Whose the new value of a key is, and what it hides if it is tagledger's. */
const by = (
  { source: { seq, event } }: Act,
  key: string,
  old: TagFact | undefined,
  outcomes: RequestOutcomes,
): Pick<TagFact, 'ours' | 'wins' | 'theirs'> => {
  if (event.type !== 'TagApplied') return { ours: false };
  const request = outcomes.get(seq);
  const theirs = old && (request ? hiddenBy(old) : shownBy(old));
  return {
    ours: true,
    ...(request?.overwrite.includes(key) && { wins: true as const }),
    ...(theirs && { theirs }),
  };
};

/** The value that tagledger hides by setting a key. One that a rule has already overwritten is not kept. */
const hiddenBy = (old: TagFact): TagFact['theirs'] =>
  old.ours ? (old.wins ? undefined : old.theirs) : shownBy(old);

/**
 * What an outcome that was recorded after its request had ended hides: a later request's value is treated like a
 * person's, and is to be given back.
 */
const shownBy = ({ value, at }: TagFact): TagFact['theirs'] => ({ value, at });

/**
 * The keys for which no record says whether an act came before or after another one of its second that names
 * them, too.
 */
const unorderedKeys = (act: Act, together: readonly Act[]): ReadonlySet<string> => {
  const others = together.filter((other) => other !== act && other.what === 'tags' && !isOrdered(act, other));
  if (others.length === 0) return NO_KEYS;
  const keys = keysOf(together).filter(
    (key) => touches(act, key) && others.some((other) => touches(other, key)),
  );
  return new Set(keys);
};

/** EventBridge's versions order its events. Milliseconds order acts of different sources. */
const isOrdered = (a: Act, b: Act): boolean => {
  const [x, y] = [placeOf(a), placeOf(b)];
  if (!x || !y) return false;
  return x.by === y.by || (isExact(x.ms) && isExact(y.ms));
};

/** EventBridge's time is in whole seconds, or in milliseconds. */
const isExact = (ms: number): boolean => ms % 1_000 !== 0;

const keysOf = (acts: readonly Act[]): string[] =>
  acts.flatMap(({ set, removed, removedIf }) => [
    ...[...set, ...removedIf].map(({ key }) => key),
    ...(removed === 'all' ? [] : removed),
  ]);
