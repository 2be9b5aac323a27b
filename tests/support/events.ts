import { POLICY_STREAM } from '../../src/events/ledger-stream.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { fold, type Resource } from '../../src/events/resource.ts';
import { arnOf, type ResourceArn } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import type { CoverageRecorded } from '../../src/events/tag-event.ts';
import {
  type Cause,
  type DependencyObserved,
  eventIdOf,
  type GapFound,
  type PolicyRecorded,
  type ResourceRestored,
  type ResourceRetired,
  requestIdOf,
  type TagApplied,
  type TagEvent,
  type TagFailed,
  type TagObserved,
  type TagRequested,
  type TamperDetected,
  type Who,
} from '../../src/events/tag-event.ts';

/*
 * The words in which tests tell a history: who acted on which resource and when, the events as they happened, and the
 * events as the ledger recorded them. Every date is fixed, and a test says only what matters to it.
 */

/** The stream of a made-up instance. */
export const streamOf = (id: string): ResourceArn =>
  arnOf({ region: 'eu-west-1', account: '111122223333', type: 'instance', id });
/** The resource of a test that needs only one. */
export const STREAM = streamOf('i-0a1b2c3d4e5f60718');

/** Ada creates resources and asks for tags. */
export const ADA: Who = { name: 'ada', kind: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada' };
/** Bob comes later: he changes tags and deletes resources. */
export const BOB: Who = { name: 'bob', kind: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob' };

/** A moment on 31 March 2026, `minute` minutes after noon UTC. */
export const at = (minute: number): string => new Date(Date.UTC(2026, 2, 31, 12, minute)).toISOString();
/** When the ledger records, unless a test says otherwise: eight hours after `at(0)`. */
export const NOW = new Date('2026-03-31T20:00:00.000Z');

/** A CloudTrail record as a cause: its event id, and the name of the call. */
export const trail = (id: string, name = 'RunInstances'): Cause => ({ source: 'cloudtrail', id, name });
/** Ada's launch of the resource. */
export const LAUNCH = trail('7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01');

/** `Owner=ada App=shop` as a list of tags, in that order. */
export const tags = (text: string): Tag[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return { key, value: value.join('=') };
    });

/** The fields of an event that a test sets itself. */
type More<E extends TagEvent> = Partial<Omit<E, 'type' | 'eventId'>>;

/**
 * Tells of an event by its id, or by what its id derives from, as the code derives it for {@link STREAM}. What is not
 * said has a default: it happened at `at(0)`.
 */
interface Told<By, E extends TagEvent> {
  (by: By, at: string, more?: More<E>): E;
  (by: By, more?: More<E>): E;
}

/** As {@link Told}, of an event with tags: they may be said as `Owner=ada App=shop`. */
interface ToldWithTags<By, E extends TagEvent> {
  (by: By, at: string, tags: string, more?: More<E>): E;
  (by: By, at: string, more?: More<E>): E;
  (by: By, more?: More<E>): E;
}

/** Puts what a test says, in this order, over the defaults of an event. `tagged` is the field that holds its tags. */
const told = <E extends TagEvent>(
  defaults: E,
  said: readonly (string | object | undefined)[],
  tagged?: 'tags' | 'set',
): E => {
  const [effectiveAt = defaults.effectiveAt, text] = said.filter((part) => typeof part === 'string');
  const more = said.find((part) => typeof part === 'object');
  return { ...defaults, effectiveAt, ...(tagged && text !== undefined && { [tagged]: tags(text) }), ...more };
};

type Said = readonly (string | object | undefined)[];

/** An id as it is, or the one that `act` derives from a cause. */
const idBy = (act: string, by: string | Cause): string =>
  typeof by === 'string' ? by : eventIdOf(act, STREAM, by.id);
const causeBy = (by: string | Cause, name: string): Cause =>
  typeof by === 'string' ? trail(`cause of ${by}`, name) : by;

/** Ada asked for `Owner=ada`: the first attempt. Its eventId is also the request's id. */
export const requested: ToldWithTags<string | Cause, TagRequested> = (by, ...said: Said) =>
  told<TagRequested>(
    {
      type: 'TagRequested',
      eventId: idBy('ask', by),
      effectiveAt: at(0),
      cause: typeof by === 'string' ? LAUNCH : by,
      who: ADA,
      tags: tags('Owner=ada'),
      attempt: 1,
    },
    said,
    'tags',
  );

/** A later attempt of a request, as `reconcile` raises it. */
export const attempted = (request: TagRequested, attempt: number, at: string): TagRequested => ({
  ...request,
  eventId: eventIdOf('attempt', STREAM, `${request.eventId}/${attempt}`),
  effectiveAt: at,
  attempt,
  request: request.eventId,
});

/** What an outcome has of its request; by an id alone, it is an outcome of the request `r1`. */
const outcomeOf = (of: string | TagRequested) =>
  typeof of === 'string'
    ? { eventId: of, request: 'r1', attempt: 1 }
    : {
        eventId: eventIdOf('outcome', STREAM, `${requestIdOf(of)}/${of.attempt}`),
        request: requestIdOf(of),
        attempt: of.attempt,
      };

/** EC2 took the tags of a request. */
export const applied: ToldWithTags<string | TagRequested, TagApplied> = (of, ...said: Said) =>
  told<TagApplied>(
    {
      type: 'TagApplied',
      ...outcomeOf(of),
      effectiveAt: at(0),
      tags: typeof of === 'string' ? tags('Owner=ada') : of.tags,
    },
    said,
    'tags',
  );

/** A request was refused, for ever unless the test gives a `retryAt`. */
export const failed: Told<string | TagRequested, TagFailed> = (of, ...said: Said) =>
  told<TagFailed>(
    {
      type: 'TagFailed',
      ...outcomeOf(of),
      effectiveAt: at(0),
      code: 'UnauthorizedOperation',
      message: 'You are not authorized.',
      class: 'denied',
    },
    said,
  );

/** Bob set `Owner=bob`. */
export const observed: ToldWithTags<string | Cause, TagObserved> = (by, ...said: Said) =>
  told<TagObserved>(
    {
      type: 'TagObserved',
      eventId: idBy('observe', by),
      effectiveAt: at(0),
      cause: causeBy(by, 'CreateTags'),
      who: BOB,
      how: 'change',
      set: tags('Owner=bob'),
      removed: [],
    },
    said,
    'set',
  );

/** Ada created the resource, with no tags, and none were asked for. */
export const created: ToldWithTags<string | Cause, TagObserved> = (by, ...said: Said) =>
  told<TagObserved>(
    {
      type: 'TagObserved',
      eventId: idBy('ask', by),
      effectiveAt: at(0),
      cause: typeof by === 'string' ? LAUNCH : by,
      who: ADA,
      how: 'birth',
      set: [],
      removed: [],
    },
    said,
    'set',
  );

/** Bob deleted the resource. */
export const retired: Told<string | Cause, ResourceRetired> = (by, ...said: Said) =>
  told<ResourceRetired>(
    {
      type: 'ResourceRetired',
      eventId: idBy('retire', by),
      effectiveAt: at(0),
      cause: causeBy(by, 'TerminateInstances'),
      who: BOB,
    },
    said,
  );

/** EventBridge told that the resource ended; it names nobody. */
export const noticed = (
  id: string,
  effectiveAt: string,
  more: More<ResourceRetired> = {},
): ResourceRetired => ({
  type: 'ResourceRetired',
  eventId: idBy('retire', trail(id)),
  effectiveAt,
  cause: { source: 'eventbridge', id, name: 'EC2 Instance State-change Notification' },
  ...more,
});

/** Bob changed with what the resource ends: with nothing any more. */
export const depends: Told<string | Cause, DependencyObserved> = (by, ...said: Said) =>
  told<DependencyObserved>(
    {
      type: 'DependencyObserved',
      eventId: idBy('depend', by),
      effectiveAt: at(0),
      cause: causeBy(by, 'DetachVolume'),
      who: BOB,
      endsWith: 'nothing',
    },
    said,
  );

/** Bob brought the resource back from the Recycle Bin. */
export const restored: Told<string | Cause, ResourceRestored> = (by, ...said: Said) =>
  told<ResourceRestored>(
    {
      type: 'ResourceRestored',
      eventId: idBy('restore', by),
      effectiveAt: at(0),
      cause: causeBy(by, 'RestoreSnapshotFromRecycleBin'),
      who: BOB,
    },
    said,
  );

/** Files with records of an account were read, from noon until a moment. */
export const covered = (
  account: string,
  to: string,
  more: Partial<Omit<CoverageRecorded, 'type' | 'account'>> = {},
): CoverageRecorded => ({
  type: 'CoverageRecorded',
  eventId: `coverage of ${account} until ${to}`,
  effectiveAt: to,
  account,
  source: 'files',
  from: at(0),
  to,
  regions: ['eu-west-1'],
  heardUntil: to,
  ...more,
});

/** A baseline showed the resource, with no tags; it was settled ten minutes before. */
export const shown: ToldWithTags<string, TagObserved> = (id, ...said: Said) => {
  const event = told<TagObserved>(
    {
      type: 'TagObserved',
      eventId: id,
      effectiveAt: at(0),
      cause: { source: 'tagledger', id: `baseline of ${id}`, name: 'baseline' },
      how: 'sweep',
      set: [],
      removed: [],
    },
    said,
    'set',
  );
  const settledAt = new Date(Date.parse(event.effectiveAt) - 10 * 60_000).toISOString();
  return { complete: { settledAt }, ...event };
};

/** EventBridge told that `Owner=bob` was set; it names nobody. */
export const toldByEventBridge: ToldWithTags<string, TagObserved> = (id, ...said: Said) =>
  told<TagObserved>(
    {
      type: 'TagObserved',
      eventId: idBy('observe', trail(id)),
      effectiveAt: at(0),
      cause: { source: 'eventbridge', id, name: 'Tag Change on Resource' },
      who: { name: 'unknown', kind: 'Unknown' },
      how: 'change',
      set: tags('Owner=bob'),
      removed: [],
    },
    said,
    'set',
  );

/**
 * What somebody had set is asked for again, because `event` showed that tagledger had taken it from them. `seq` is the
 * place of the event by which it stood there.
 */
export const givenBack = (event: TagEvent, wanted: string, seq: number): TagRequested => ({
  type: 'TagRequested',
  eventId: eventIdOf(
    'give-back',
    STREAM,
    tags(wanted)
      .map(({ key }) => `${seq} ${key}`)
      .join('\n'),
  ),
  effectiveAt: event.effectiveAt,
  cause: { source: 'tagledger', id: event.eventId, name: 'give-back' },
  who: { name: 'tagledger', kind: 'Tagledger' },
  tags: tags(wanted),
  attempt: 1,
});

/** Ada launched something, and CloudTrail does not say what. */
export const gapFound: Told<string, GapFound> = (eventId, ...said: Said) =>
  told<GapFound>(
    {
      type: 'GapFound',
      eventId,
      effectiveAt: at(0),
      cause: LAUNCH,
      who: ADA,
      reason: 'CloudTrail left out responseElements of RunInstances, which was over its size limit',
    },
    said,
  );

/** Ada put a policy into force. */
export const policyRecorded: Told<string, PolicyRecorded> = (eventId, ...said: Said) =>
  told<PolicyRecorded>(
    {
      type: 'PolicyRecorded',
      eventId,
      effectiveAt: at(0),
      cause: { source: 'direct', id: 'policy-1', name: 'policy record' },
      who: ADA,
      policy: 'policy-1',
      files: [{ name: 'policy.json', text: '{"tagledger":1}' }],
    },
    said,
  );

/** Somebody removed the first event of the ledger's policies. */
export const tamperDetected: Told<string, TamperDetected> = (eventId, ...said: Said) =>
  told<TamperDetected>(
    {
      type: 'TamperDetected',
      eventId,
      effectiveAt: at(0),
      how: 'change-feed',
      tampered: POLICY_STREAM,
      seqs: [1],
      what: 'removed',
      expected: 'the event with the hash of the policy',
      found: 'none',
    },
    said,
  );

/** One event of each of the types that a resource can have, with every optional field. */
export const ONE_OF_EACH: readonly TagEvent[] = [
  requested('r1', {
    rules: 'rules-1',
    tags: tags('App=shop Owner=ada'),
    overwrite: ['App'],
    birth: { tags: tags('Name=web') },
    notes: [{ key: 'Team', note: 'missing-field' }],
    request: 'r0',
    attempt: 2,
  }),
  applied('a1', { awsRequestId: '59dbff89-35bd-4eac-99ed-be587EXAMPLE' }),
  failed('f1', { class: 'throttled', code: 'RequestLimitExceeded', retryAt: at(5) }),
  observed('o1', { who: { ...BOB, via: 'autoscaling.amazonaws.com' }, notes: [], removed: 'all' }),
  retired('x1'),
];

/** Events as a stream records them in format 2 at {@link NOW}, one after another, behind those of `onto`. */
export const chain = (
  events: readonly TagEvent[],
  stream: ResourceArn = STREAM,
  onto: readonly RecordedEvent[] = [],
): RecordedEvent[] => {
  const recorded = [...onto];
  for (const event of events) recorded.push(record(stream, event, recorded.at(-1), NOW, 2));
  return recorded;
};

/** What the ledger knows after these events, recorded in this order. */
export const stateAfter = (...events: readonly TagEvent[]): Resource => fold(chain(events));
