import { groupBy } from '../../shared/collections.ts';
import { type Act, mayRemove } from './act.ts';

/** A tag change is told of at most so long after the second of its call: in that second and the one after it. */
export const JOINED_WITHIN_MS = 2_000;

/**
 * Joins what EventBridge told with the call that it told of. It fits a call of CloudTrail's of at most two
 * seconds before if the call explains every changed key: it set the key to the value, or its removal names the
 * key. Of several calls, the latest is taken, then the one that names the fewest keys, then the one with the
 * least id. Each call is taken once, and the events choose in the order of their versions.
 *
 * EventBridge's event is the truth of the tags, and only CloudTrail's record names who acted.
 */
export const joinActs = (acts: readonly Act[]): Act[] => {
  const told = acts.filter(isTold);
  if (told.length === 0) return [...acts];
  const calls = acts.filter((one) => !isTold(one));
  const bySecond = groupBy(calls.filter(isCall), ({ second }) => second);
  const toldOf = new Map<Act, Act>();
  const alone = told.sort(byVersion).filter((one) => {
    const [call] = [one.second, one.second - 1]
      .flatMap((second) => bySecond.get(second) ?? [])
      .filter((call) => !toldOf.has(call) && fits(call, one))
      .sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1) || keysIn(a) - keysIn(b) || byId(a, b));
    if (call) toldOf.set(call, one);
    return !call;
  });
  const joined = calls.map((call): Act => {
    const one = toldOf.get(call);
    return one ? { ...call, told: one } : call;
  });
  return [...joined, ...alone];
};

/** How much earlier or later than a call a notice of the same end may be, by clocks that differ, in milliseconds. */
const SAME_END_WITHIN_MS = 60_000;

/**
 * Joins an end of which nobody is named with the call that a person made at about the same time: it is one end, by that
 * person, at the earlier of the two times. A notice at any later time changes nothing anyway. Of several calls the
 * earliest is taken, then the one with the least id.
 */
export const joinEnds = (acts: readonly Act[]): readonly Act[] => {
  const notices = acts.filter((one) => isCertainEnd(one) && !one.who);
  if (notices.length === 0) return acts;
  const calls = acts.filter((one) => isCertainEnd(one) && one.who).sort(byTime);
  const joined = new Map<Act, Act>();
  for (const notice of notices.sort(byTime)) {
    const call = calls.find((one) => isSameEnd(one, notice));
    if (!call) continue;
    joined.set(notice, call);
    const known = joined.get(call) ?? call;
    if (notice.at < known.at) joined.set(call, { ...known, at: notice.at, second: notice.second });
  }
  return acts.flatMap((one) => {
    const isDropped = isCertainEnd(one) && !one.who && joined.has(one);
    return isDropped ? [] : [joined.get(one) ?? one];
  });
};

const isCertainEnd = ({ what, uncertain }: Act): boolean => what === 'end' && uncertain === undefined;

const isSameEnd = (call: Act, notice: Act): boolean =>
  call.endedWith === notice.endedWith &&
  Math.abs(Date.parse(call.at) - Date.parse(notice.at)) <= SAME_END_WITHIN_MS;

const byTime = (a: Act, b: Act): number => (a.at === b.at ? byId(a, b) : a.at < b.at ? -1 : 1);

/**
 * Whether acts at `later` come after those at `earlier` in every order, and none of them is joined with one of those:
 * a whole second lies between their seconds.
 */
export const isApart = (earlier: string, later: string): boolean =>
  startOfSecond(later) - startOfSecond(earlier) >= JOINED_WITHIN_MS;

const startOfSecond = (at: string): number => Math.floor(Date.parse(at) / 1_000) * 1_000;

const isTold = ({ place }: Act): boolean => place?.by === 'eventbridge';

/** Whether an act is a call that can change tags, by somebody else than tagledger. */
const isCall = ({ what, place }: Act): boolean => (what === 'tags' || what === 'creation') && !place;

const byVersion = (a: Act, b: Act): number =>
  Date.parse(a.at) - Date.parse(b.at) || (a.place?.count ?? 0) - (b.place?.count ?? 0) || byId(a, b);

const byId = (a: Act, b: Act): number => (a.id < b.id ? -1 : 1);

const fits = (call: Act, told: Act): boolean => {
  const after = Date.parse(told.at) - Date.parse(call.at);
  return (
    after >= 0 &&
    after < JOINED_WITHIN_MS &&
    told.set.every(({ key, value }) => call.set.some((tag) => tag.key === key && tag.value === value)) &&
    (told.removed === 'all' || told.removed.every((key) => mayRemove(call, key)))
  );
};

const keysIn = ({ set, removed, removedIf }: Act): number =>
  removed === 'all' ? Number.POSITIVE_INFINITY : set.length + removed.length + removedIf.length;
