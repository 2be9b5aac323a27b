import { POLICY_STREAM } from '../../src/events/ledger-stream.ts';
import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { fold, type Resource } from '../../src/events/resource.ts';
import { arnOf, type ResourceArn } from '../../src/events/resource-arn.ts';
import type {
  Cause,
  GapFound,
  PolicyRecorded,
  ResourceRetired,
  TagApplied,
  TagEvent,
  TagFailed,
  TagObserved,
  TagRequested,
  TamperDetected,
  Who,
} from '../../src/events/tag-event.ts';

/** The stream of a made-up instance. */
export const streamOf = (id: string): ResourceArn =>
  arnOf({ region: 'eu-west-1', account: '111122223333', type: 'instance', id });
export const STREAM = streamOf('i-0a1b2c3d4e5f60718');

/** A moment on 31 March 2026, `minute` minutes after noon UTC. */
export const at = (minute: number): string => new Date(Date.UTC(2026, 2, 31, 12, minute)).toISOString();

export const NOW = new Date('2026-03-31T20:00:00.000Z');
export const ADA: Who = { name: 'ada', kind: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada' };
export const LAUNCH: Cause = {
  source: 'cloudtrail',
  id: '7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01',
  name: 'RunInstances',
};

/** `Owner=ada App=shop` as a list of tags, in that order. */
export const tags = (text: string): { key: string; value: string }[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return { key, value };
    });

type Over<E extends TagEvent> = Partial<Omit<E, 'type' | 'eventId'>>;
const common = { effectiveAt: at(0) } as const;

/** The first attempt of a request for `Owner=ada`; its eventId is also the request's id. */
export const requested = (eventId: string, over: Over<TagRequested> = {}): TagRequested => ({
  ...common,
  type: 'TagRequested',
  eventId,
  cause: LAUNCH,
  who: ADA,
  tags: tags('Owner=ada'),
  attempt: 1,
  ...over,
});

/** EC2 took the tags of request `r1`. */
export const applied = (eventId: string, over: Over<TagApplied> = {}): TagApplied => ({
  ...common,
  type: 'TagApplied',
  eventId,
  request: 'r1',
  attempt: 1,
  tags: tags('Owner=ada'),
  ...over,
});

/** Request `r1` was refused for good. */
export const failed = (eventId: string, over: Over<TagFailed> = {}): TagFailed => ({
  ...common,
  type: 'TagFailed',
  eventId,
  request: 'r1',
  attempt: 1,
  code: 'UnauthorizedOperation',
  message: 'You are not authorized.',
  class: 'denied',
  ...over,
});

/** Ada set `Owner=bob` herself. */
export const observed = (eventId: string, over: Over<TagObserved> = {}): TagObserved => ({
  ...common,
  type: 'TagObserved',
  eventId,
  cause: { source: 'cloudtrail', id: `cause of ${eventId}`, name: 'CreateTags' },
  who: ADA,
  how: 'change',
  set: tags('Owner=bob'),
  removed: [],
  ...over,
});

/** Ada deleted the resource. */
export const retired = (eventId: string, over: Over<ResourceRetired> = {}): ResourceRetired => ({
  ...common,
  type: 'ResourceRetired',
  eventId,
  cause: { source: 'cloudtrail', id: `cause of ${eventId}`, name: 'TerminateInstances' },
  who: ADA,
  ...over,
});

/** Ada launched something that CloudTrail does not tell. */
export const gapFound = (eventId: string, over: Over<GapFound> = {}): GapFound => ({
  ...common,
  type: 'GapFound',
  eventId,
  cause: LAUNCH,
  who: ADA,
  reason: 'CloudTrail left out responseElements of RunInstances, which was over its size limit',
  ...over,
});

/** Ada put a policy into force. */
export const policyRecorded = (eventId: string, over: Over<PolicyRecorded> = {}): PolicyRecorded => ({
  ...common,
  type: 'PolicyRecorded',
  eventId,
  cause: { source: 'direct', id: 'policy-1', name: 'policy record' },
  who: ADA,
  policy: 'policy-1',
  files: [{ name: 'policy.json', text: '{"tagledger":1}' }],
  ...over,
});

/** Somebody changed the first event of the ledger's policies. */
export const tamperDetected = (eventId: string, over: Over<TamperDetected> = {}): TamperDetected => ({
  ...common,
  type: 'TamperDetected',
  eventId,
  how: 'change-feed',
  tampered: POLICY_STREAM,
  seqs: [1],
  what: 'removed',
  expected: 'the event with the hash of the policy',
  found: 'none',
  ...over,
});

/** One event of each of the types that a resource can have, with every optional member there. */
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
  observed('o1', { who: { ...ADA, via: 'autoscaling.amazonaws.com' }, notes: [], removed: 'all' }),
  retired('x1'),
];

/** The facts as a stream records them, one after another, at {@link NOW}. */
export const chain = (events: readonly TagEvent[], stream: ResourceArn = STREAM): RecordedEvent[] => {
  const recorded: RecordedEvent[] = [];
  for (const event of events) recorded.push(record(stream, event, recorded.at(-1), NOW));
  return recorded;
};

/** All that an asynchronous iterable gives some at a time. */
export const flatListOf = async <T>(some: AsyncIterable<Iterable<T>>): Promise<T[]> =>
  (await listOf(some)).flatMap((items) => [...items]);

/** All that an asynchronous iterable gives. (`Array.fromAsync` is not in Node 20.) */
export const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

/** What a promise rejects with; throws when it resolves. */
export const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error: unknown) => error,
  );

/** What the ledger knows after these facts, recorded in this order. */
export const stateAfter = (...events: readonly TagEvent[]): Resource => fold(chain(events));
