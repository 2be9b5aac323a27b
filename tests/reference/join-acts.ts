import type { Act, Pair } from './read-acts.ts';

/** An act of CloudTrail with the `Tag Change on Resource` event of the same act, or either of them alone. */
export interface JoinedAct extends Act {
  /** What the event said of it. */
  readonly told?: Act;
}

/** A tag change is told at most so long after the second of its call: that second and the one after it. */
const WITHIN_MS = 2_000;

/**
 * Joins each tag-change event with the call that it tells of. It fits a call of at most two seconds before if
 * the call explains every changed key: it set the key to the value, or its removal names the key. Of several
 * calls it takes the latest, then the one that names the fewest keys, then the one with the least id. Each call
 * is taken once, and events choose in the order of their versions.
 */
export const joinActs = (acts: readonly Act[]): JoinedAct[] => {
  const events = acts
    .filter(({ source, what }) => source === 'eventbridge' && what === 'tags')
    .sort(byVersion);
  const calls = new Map<Act, JoinedAct>(acts.filter((act) => !events.includes(act)).map((act) => [act, act]));
  const alone = events.filter((told) => {
    const [call] = [...calls.keys()]
      .filter((call) => calls.get(call) === call && fits(call, told))
      .sort((a, b) => b.ms - a.ms || keysIn(a) - keysIn(b) || (a.id < b.id ? -1 : 1));
    if (call) calls.set(call, { ...call, told });
    return !call;
  });
  return [...calls.values(), ...alone];
};

/** A notice of an end is told at most so long before or after the call, by clocks that differ. */
const SAME_END_MS = 60_000;

/**
 * Joins each end of which nobody is named with a call that ended the resource within a minute: they are one end, by the
 * caller, at the earlier time. Of several calls it takes the earliest, then the one with the least id.
 */
export const joinEnds = (acts: readonly JoinedAct[]): JoinedAct[] => {
  const inOrder = acts
    .filter(({ what }) => what === 'end')
    .sort((a, b) => a.ms - b.ms || (a.id < b.id ? -1 : 1));
  const calls = inOrder.filter(({ actor }) => actor !== null);
  const callOf = new Map<JoinedAct, JoinedAct>();
  for (const notice of inOrder.filter(({ actor }) => actor === null)) {
    const call = calls.find(({ ms }) => Math.abs(ms - notice.ms) <= SAME_END_MS);
    if (call) callOf.set(notice, call);
  }
  return acts
    .filter((act) => !callOf.has(act))
    .map((act) => {
      const notices = [...callOf].filter(([, call]) => call === act).map(([notice]) => notice.ms);
      return notices.length > 0 ? { ...act, ms: Math.min(act.ms, ...notices) } : act;
    });
};

const byVersion = (a: Act, b: Act): number =>
  a.ms - b.ms || (a.version ?? 0) - (b.version ?? 0) || (a.id < b.id ? -1 : 1);

const fits = (call: Act, told: Act): boolean =>
  (call.what === 'tags' || call.what === 'creation') &&
  call.ms <= told.ms &&
  told.ms < call.ms + WITHIN_MS &&
  told.set.every(([key, value]) => call.set.some(([k, v]) => k === key && v === value)) &&
  (told.removed === 'all' || told.removed.every((key) => mayRemove(call, key)));

const mayRemove = ({ removed, removedIf }: Act, key: string): boolean =>
  removed === 'all' || removed.includes(key) || removedIf.some(([k]) => k === key);

const keysIn = ({ set, removed, removedIf }: Act): number =>
  removed === 'all' ? Number.POSITIVE_INFINITY : set.length + removed.length + removedIf.length;

/** What an act does to the keys of a resource that has these tags: values that it sets, null where it removes. */
export const effectOf = (act: JoinedAct, tags: ReadonlyMap<string, string>): Map<string, string | null> => {
  const { told, set, removed, removedIf } = act;
  const unset = removed === 'all' ? [...tags.keys()] : removed;
  // Where the event tells which keys were removed, no condition needs to be decided.
  const met: readonly Pair[] = told ? [] : removedIf.filter(([key, value]) => tags.get(key) === value);
  return new Map([
    ...[...unset, ...met.map(([key]) => key)].map((key) => [key, null] as const),
    ...set,
    ...(told ? effectOf(told, tags) : []),
  ]);
};

/** Whether an act names a key, so that it may have changed it. */
export const touches = (act: JoinedAct, key: string): boolean =>
  act.set.some(([k]) => k === key) || mayRemove(act, key);
