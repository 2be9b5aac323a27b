import type { RecordedEvent } from '../events/recorded-event.ts';
import { fold } from '../events/resource.ts';
import { BASELINE, type Cause } from '../events/tag-event.ts';
import type { TagFact } from '../events/tag-fact.ts';
import { type AttemptError, type ExplainedRequest, whoOrNull } from './requests.ts';
import type { WhoView } from './what-if.ts';

/**
 * The fate of a tag key. `set`: tagledger set it. `others`: somebody else set it, to the requested value if
 * one was requested. `kept`: it keeps its value although the rules set another. `replaced`: somebody set
 * another value than the requested one. `removed`: somebody removed it. `missing-field`: the rule needs a
 * field that the record lacks. `open` and `retrying`: it waits for an attempt. `failed`: it failed
 * permanently. `too-late`: the resource ended first. `untold`: no event explains it.
 */
export type TagFate = Decided['fate'];

/** The fate, with the error of the last attempt if that is the reason. */
type Decided =
  | Unset
  | { readonly fate: 'set' | 'others' | 'kept' | 'replaced' | 'removed'; readonly error: null };

/** Why a requested key was never set. */
type Unset =
  | { readonly fate: 'retrying' | 'failed'; readonly error: AttemptError }
  | { readonly fate: 'missing-field' | 'open' | 'too-late' | 'untold'; readonly error: null };

/** Why a resource has or lacks a tag. */
export type TagWhy = Decided & {
  readonly key: string;
  /** The current value; null when the resource lacks the key, or when no record shows the value. */
  readonly value: string | null;
  /** Whether the rules or a caller ever requested the key. */
  readonly isAsked: boolean;
  /** The last requested value; null when none was requested. */
  readonly asked: string | null;
  /** Whether the requested value was truncated to the length that EC2 accepts. */
  readonly isCut: boolean;
  /** Whether the resource was created with the value. */
  readonly isBornWith: boolean;
  /** Who set or removed the tag, or on whose behalf tagledger acts. Null when no event names anybody. */
  readonly who: WhoView | null;
  readonly at: string;
  readonly cause: Cause;
  /** The seq of the event that decided the fate. */
  readonly seq: number;
  /** Present if only a simulated EC2 told of the value. */
  readonly simulated?: true;
};

/** Whether only a baseline tells of what a key is: it shows what somebody did before it. */
export const isShownOnly = ({ cause }: Pick<TagWhy, 'cause'>): boolean =>
  cause.source === 'tagledger' && cause.name === BASELINE;

type Act = Pick<TagWhy, 'who' | 'at' | 'cause' | 'seq'>;

/** Explains every key that the resource has, had or should have had, sorted by key. */
export const tagsOf = (events: readonly RecordedEvent[], asks: readonly ExplainedRequest[]): TagWhy[] => {
  const { tags } = fold(events);
  const facts = new Map(tags.map((fact) => [fact.key, fact]));
  const asked = asks.flatMap((ask) => keysOf(ask));
  return [...new Set([...facts.keys(), ...asked])]
    .sort()
    .map((key) => tagOf(key, facts.get(key), asks, events));
};

const keysOf = ({ tags, notes }: ExplainedRequest): string[] => [...tags, ...notes].map(({ key }) => key);

const tagOf = (
  key: string,
  fact: TagFact | undefined,
  asks: readonly ExplainedRequest[],
  events: readonly RecordedEvent[],
): TagWhy => {
  const ask = asks.findLast((one) => keysOf(one).includes(key));
  const asked = ask?.tags.find((tag) => tag.key === key)?.value ?? null;
  const why = {
    key,
    value: fact?.value ?? null,
    isAsked: ask !== undefined,
    asked,
    isCut: hasNote(ask, key, 'cut'),
    isBornWith: false,
    error: null,
  } as const;
  const unset = ask && unsetIn(ask, key, fact);
  if (unset) return { ...why, ...actOfAsk(ask), ...unset };
  const decisive = fact ? events.find(({ seq }) => seq === fact.seq) : events.findLast(isClearing);
  if (!decisive) {
    // A key without a fact comes from a request. Tags of a creation whose values were lost leave no fact.
    return {
      ...why,
      ...actOfAsk(ask as ExplainedRequest),
      fate: hasNote(ask, key, 'uncertain') ? 'kept' : 'untold',
    };
  }
  return {
    ...why,
    ...actOf(decisive, asks),
    fate: !fact ? 'removed' : isCopied(decisive, fact, asked) ? 'kept' : setFate(fact, asked, ask),
    isBornWith: why.value !== null && isBirth(decisive),
    ...(fact?.simulated && { simulated: true as const }),
  };
};

/** Why the request did not set the key; undefined when something other than the request decided its fate. */
const unsetIn = (ask: ExplainedRequest, key: string, fact: TagFact | undefined): Unset | undefined => {
  const bears = typeof fact?.value === 'string';
  const isWanted = ask.tags.some((tag) => tag.key === key);
  if (!isWanted) {
    return hasNote(ask, key, 'missing-field') && !bears ? { fate: 'missing-field', error: null } : undefined;
  }
  const last = ask.attempts.at(-1);
  if (ask.pending.includes(key)) return waitingIn(ask);
  const hasWaited = !last || last.keys.includes(key);
  const isSetSince = bears && fact.seq > (last?.seq ?? ask.seq);
  return hasWaited && !isSetSince ? endedIn(ask) : undefined;
};

const waitingIn = ({ status, attempts }: ExplainedRequest): Unset => {
  const error = status === 'retrying' && attempts.at(-1)?.error;
  return error ? { fate: 'retrying', error } : { fate: 'open', error: null };
};

/** How a request ended without setting a key; undefined when it neither failed nor came too late. */
const endedIn = ({ status, attempts }: ExplainedRequest): Unset | undefined => {
  const error = attempts.at(-1)?.error;
  if (status === 'failed' && error) return { fate: 'failed', error };
  return status === 'retired' ? { fate: 'too-late', error: null } : undefined;
};

/** Whether EC2 showed another value than was asked for, before anything was set: it was copied, and stays. */
const isCopied = ({ event }: RecordedEvent, { value }: TagFact, asked: string | null): boolean =>
  event.type === 'TagObserved' && event.allSeen === true && asked !== null && value !== asked;

const setFate = ({ key, value, ours }: TagFact, asked: string | null, ask: ExplainedRequest | undefined) => {
  if (value === null) return 'removed';
  if (ours) return 'set';
  if (hasNote(ask, key, 'kept') || hasNote(ask, key, 'uncertain')) return 'kept';
  return asked === null || asked === value ? 'others' : 'replaced';
};

const hasNote = (
  ask: ExplainedRequest | undefined,
  key: string,
  note: ExplainedRequest['notes'][number]['note'],
): boolean => ask?.notes.some((one) => one.key === key && one.note === note) ?? false;

const actOfAsk = ({ who, at, cause, seq }: ExplainedRequest): Act => ({ who, at, cause, seq });

/** The actor, time and cause of an event. Those of an outcome are its request's, except for the time. */
const actOf = ({ seq, event }: RecordedEvent, asks: readonly ExplainedRequest[]): Act => {
  const { effectiveAt: at } = event;
  if ('cause' in event) return { who: whoOrNull(event.who), at, cause: event.cause, seq };
  const id = 'request' in event ? event.request : event.eventId;
  const ask = asks.find((one) => one.id === id);
  return { who: ask?.who ?? null, at, cause: ask?.cause ?? { source: 'tagledger', id }, seq };
};

const isBirth = ({ event }: RecordedEvent): boolean =>
  event.type === 'TagRequested' || (event.type === 'TagObserved' && event.how === 'birth');

const isClearing = ({ event }: RecordedEvent): boolean =>
  event.type === 'TagObserved' && event.removed === 'all';
