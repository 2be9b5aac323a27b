import fc from 'fast-check';
import type { TagEvent } from '../../src/events/tag-event.ts';
import {
  applied,
  at,
  created,
  depends,
  failed,
  noticed,
  observed,
  requested,
  restored,
  retired,
  shown,
  toldByEventBridge,
} from './events.ts';

/** Keys that are few enough to meet again, and that must not mean anything to JavaScript. */
const key = fc.constantFrom('App', 'Owner', '__proto__', 'constructor');
const tagList = fc
  .dictionary(key, fc.constantFrom('', 'a', 'b'), { maxKeys: 3 })
  .map((tags) => Object.entries(tags).map(([key, value]) => ({ key, value })));
const someTags = tagList.filter((tags) => tags.length > 0);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** `{ name: value }`, or nothing where the value is undefined. */
const member = <N extends string, T>(name: N, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: T };

const request = fc.integer({ min: 1, max: 8 }).map((n) => `e${n}`);
const attempt = fc.integer({ min: 1, max: 3 });

type Fact = (eventId: string, effectiveAt: string) => TagEvent;
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .record({
      tags: someTags,
      overwrite: optional(fc.array(key)),
      birth: optional(tagList),
      request: optional(request),
      attempt,
    })
    .map(
      ({ tags, overwrite, birth, request, attempt }) =>
        (eventId: string, effectiveAt: string) =>
          requested(eventId, {
            effectiveAt,
            tags,
            attempt,
            ...member('overwrite', overwrite),
            ...member('birth', birth && { tags: birth }),
            ...member('request', request),
          }),
    ),
  fc
    .record({ request, attempt, tags: tagList })
    .map((over) => (eventId: string, effectiveAt: string) => applied(eventId, { effectiveAt, ...over })),
  fc.record({ request, attempt, retryAt: optional(fc.constant(at(90))) }).map(
    ({ retryAt, ...over }) =>
      (eventId: string, effectiveAt: string) =>
        failed(eventId, { effectiveAt, ...over, ...member('retryAt', retryAt) }),
  ),
  fc
    .record({
      how: fc.constantFrom('birth', 'change', 'sweep'),
      set: tagList,
      removed: fc.oneof(fc.uniqueArray(key), fc.constant('all' as const)),
    })
    .map(
      (over) => (eventId: string, effectiveAt: string) =>
        observed(eventId, { effectiveAt, ...over, ...(over.how === 'birth' && { removed: [] }) }),
    ),
  fc.constant((eventId: string, effectiveAt: string) => retired(eventId, effectiveAt)),
);

/** Facts of every type in an order that nobody planned, at few enough moments to coincide; ids `e1`, `e2`, ... */
export const anyFacts: fc.Arbitrary<TagEvent[]> = fc
  .array(fc.tuple(anyFact, fc.integer({ min: 0, max: 6 })), { maxLength: 14 })
  .map((facts) => facts.map(([fact, minute], i) => fact(`e${i + 1}`, at(minute))));

const parent = fc.constantFrom('instance/i-1', 'instance/i-2');
/** A baseline, which was settled some minutes before. */
const anyShown: fc.Arbitrary<Fact> = fc.record({ set: tagList, minutes: fc.integer({ min: 0, max: 2 }) }).map(
  ({ set, minutes }) =>
    (id: string, at: string) =>
      shown(id, at, { set, complete: { settledAt: minutesBefore(at, minutes) } }),
);

const minutesBefore = (at: string, minutes: number): string =>
  new Date(Date.parse(at) - minutes * 60_000).toISOString();

/** What is observed of a resource, as it is recorded in format 2. */
const anyObservation: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ set: tagList, unseenTags: optional(fc.constant(true)) }).map(
    ({ set, unseenTags }) =>
      (id: string, at: string) =>
        created(id, at, { set, ...member('unseenTags', unseenTags) }),
  ),
  fc
    .record({ set: tagList, removed: fc.uniqueArray(key), removedIf: someTags })
    .map((over) => (id: string, at: string) => observed(id, at, over)),
  fc
    .record({ set: tagList, version: fc.integer({ min: 1, max: 9 }) })
    .map((over) => (id: string, at: string) => toldByEventBridge(id, at, over)),
  fc.boolean().map((repeated) => (id: string, at: string) => retired(id, at, { repeated })),
  fc
    .record({ endedWith: optional(parent), uncertain: optional(fc.constant('a call failed')) })
    .map(({ endedWith, uncertain }) => {
      const more = { ...member('endedWith', endedWith), ...member('uncertain', uncertain) };
      return (id: string, at: string) => (uncertain ? retired(id, at, more) : noticed(id, at, more));
    }),
  fc
    .constantFrom('nothing', 'unknown', 'instance/i-1')
    .map((endsWith) => (id: string, at: string) => depends(id, at, { endsWith })),
  parent.map((endsWith) => (id: string, at: string) => created(id, at, { endsWith })),
  fc.constant((id: string, at: string) => restored(id, at)),
  anyShown,
);

/** Observations at few enough moments to coincide. */
export const anyObservations: fc.Arbitrary<TagEvent[]> = fc
  .array(fc.tuple(anyObservation, fc.integer({ min: 0, max: 4 })), { maxLength: 10 })
  .map((facts) => facts.map(([fact, minute], i) => fact(`o${i + 1}`, at(minute))));

/** The same facts in any order. */
export const shuffled = (facts: readonly TagEvent[]): fc.Arbitrary<TagEvent[]> =>
  fc.shuffledSubarray([...facts], { minLength: facts.length });
