import type { CreateTagsCommandInput } from '@aws-sdk/client-ec2';
import type { Item } from '../../src/adapters/dynamodb/paging.ts';
import type { SentMessage } from '../../src/embedded/simulated-aws/sns.ts';
import { canonicalJson } from '../../src/events/canonical-json.ts';
import { GENESIS } from '../../src/events/hash-chain.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { isOpen } from '../../src/events/request.ts';
import { currentTags, fold } from '../../src/events/resource.ts';
import { parseArn, type ResourceArn, type ResourceIdentity } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import { rowOf } from '../../src/projections/state-row.ts';
import { groupBy } from '../../src/shared/collections.ts';
import type { Personal } from './scenario.ts';

/** All that is left when a run has ended. */
export interface Ended {
  /** Every event of the ledger. */
  readonly events: readonly RecordedEvent[];
  /** Every item of the state table. */
  readonly rows: readonly Item[];
  /** What a resource bears in EC2; undefined for one that is not there. */
  readonly tagsOf: (identity: ResourceIdentity) => Tag[] | undefined;
  /** Whether IAM forbids to tag a resource. */
  readonly isDenied: (identity: ResourceIdentity) => boolean;
  /** How many attempts a request has. */
  readonly attempts: number;
  /** In the order in which they were sent. */
  readonly alerts: readonly (SentMessage & { readonly at: number })[];
  readonly quietMs: number;
  /** How often a call of those who tell failed, or they died. */
  readonly interruptions: number;
  /** What people did to tags, in order. */
  readonly personal: readonly Personal[];
  /** The calls that EC2 accepted. */
  readonly calls: readonly { readonly at: number; readonly input: CreateTagsCommandInput }[];
}

/** What does not hold of all that tagledger promises, in words. */
export const violationsOf = (ended: Ended): string[] => {
  const streams = groupBy(ended.events, ({ stream }) => stream);
  for (const events of streams.values()) events.sort((a, b) => a.seq - b.seq);
  return [
    ...twice(ended.events),
    ...[...streams].flatMap(([stream, events]) => [
      ...chain(stream, events),
      ...outcomes(stream, events),
      ...keptByPeople(stream, events),
      ...inEc2(stream, events, ended),
      ...failedRightly(stream, events, ended),
      ...quiet(stream, events),
    ]),
    ...table(streams, ended.rows),
    ...heard(ended),
    ...storms(ended),
    ...peoplesTags(ended),
  ];
};

const twice = (events: readonly RecordedEvent[]): string[] =>
  [...groupBy(events, ({ event }) => event.eventId)].flatMap(([id, same]) =>
    same.length > 1 ? [`the event id ${id} is there ${same.length} times`] : [],
  );

/** Seqs without a gap, each event with the hash of the one before it, in the order of their recording. (Reading has checked the hashes.) */
const chain = (stream: ResourceArn, events: readonly RecordedEvent[]): string[] =>
  events.flatMap(({ seq, prev, recordedAt }, i) => {
    const before = events[i - 1];
    const holds =
      seq === i + 1 && prev === (before?.hash ?? GENESIS) && recordedAt > (before?.recordedAt ?? '');
    return holds ? [] : [`the chain of ${stream} breaks at ${seq}`];
  });

/** Every request has exactly one final outcome. */
const outcomes = (stream: ResourceArn, events: readonly RecordedEvent[]): string[] => {
  const { requests } = fold(events);
  const open = requests
    .filter(isOpen)
    .map(({ id, status }) => `the request ${id} of ${stream} is still ${status}`);
  const final = events.flatMap(({ event }) =>
    event.type === 'TagApplied' || (event.type === 'TagFailed' && !event.retryAt) ? [event.request] : [],
  );
  const several = [...groupBy(final, (id) => id)].flatMap(([id, all]) =>
    all.length > 1 ? [`the request ${id} of ${stream} has ${all.length} final outcomes`] : [],
  );
  const none = requests.flatMap(({ id, status }) =>
    (status === 'applied' || status === 'failed') && !final.includes(id)
      ? [`the request ${id} of ${stream} is ${status} without an outcome`]
      : [],
  );
  return [...open, ...several, ...none];
};

/** No attempt asked for a key that a person was known to have set, unless it might. */
const keptByPeople = (stream: ResourceArn, events: readonly RecordedEvent[]): string[] =>
  events.flatMap(({ seq, event }, i) => {
    if (event.type !== 'TagRequested') return [];
    const { tags } = fold(events.slice(0, i));
    return event.tags.flatMap(({ key }) => {
      const fact = tags.find((one) => one.key === key);
      return fact?.value && !fact.ours && !event.overwrite?.includes(key)
        ? [`the request at ${seq} of ${stream} asks for ${key}, which a person had set`]
        : [];
    });
  });

/** Clocks are minutes apart, and CloudTrail tells whole seconds: two facts so close have no order that anybody could know. */
const TOO_CLOSE_MS = 7 * 60_000;

/** EC2 bears what the ledger says. */
const inEc2 = (stream: ResourceArn, events: readonly RecordedEvent[], { tagsOf }: Ended): string[] => {
  const resource = fold(events);
  const real = tagsOf(parseArn(stream));
  if (!real || resource.retired || !resource.born) return [];
  const believed = currentTags(resource);
  const keys = new Set([...real, ...believed].map(({ key }) => key));
  return [...keys].flatMap((key) => {
    const [is, said] = [real, believed].map((tags) => tags.find((tag) => tag.key === key)?.value ?? null);
    if (is === said) return [];
    return [`${stream} has ${key}=${is} in EC2, and ${key}=${said} in the ledger`];
  });
};

/** What fails for good has a reason to: no resource fails because of a neighbour, too early, or after too many attempts. */
const failedRightly = (
  stream: ResourceArn,
  events: readonly RecordedEvent[],
  { tagsOf, isDenied, attempts }: Ended,
): string[] =>
  events.flatMap(({ seq, event }) => {
    if (event.type !== 'TagFailed') return [];
    const identity = parseArn(stream);
    const isRight = (): boolean => {
      switch (event.class) {
        case 'denied':
          return isDenied(identity) && !event.retryAt;
        case 'not-found':
          return tagsOf(identity) === undefined && !event.retryAt;
        case 'invalid':
          return false;
        case 'unknown':
          return event.code === 'NoOutcome' && event.attempt === attempts;
        default:
          return event.retryAt ? event.attempt < attempts : event.attempt === attempts;
      }
    };
    return isRight()
      ? []
      : [`the failure at ${seq} of ${stream} is wrong: ${event.class}, attempt ${event.attempt}`];
  });

/** tagledger's own calls, and calls that failed, cause nothing. */
const quiet = (stream: ResourceArn, events: readonly RecordedEvent[]): string[] =>
  events.flatMap(({ seq, event }) =>
    'cause' in event && event.cause.id.startsWith('own')
      ? [`the event ${seq} of ${stream} was caused by tagledger itself`]
      : [],
  );

/** The state table is the fold of the ledger, byte for byte. */
const table = (
  streams: ReadonlyMap<ResourceArn, readonly RecordedEvent[]>,
  items: readonly Item[],
): string[] => {
  const rows = new Map(items.map((item) => [item.resource?.S ?? '', item]));
  const wrong = [...streams].flatMap(([stream, events]) => {
    const { status, resource } = rowOf(stream, fold(events));
    const { lastSeq, ...state } = resource;
    const row = rows.get(stream);
    const same =
      row?.state?.S === canonicalJson(state) &&
      row.lastSeq?.N === String(lastSeq) &&
      row.status?.S === status;
    return same
      ? []
      : [
          `the row of ${stream} is ${row ? `not the fold of its events (${row.lastSeq?.N} of ${lastSeq})` : 'missing'}`,
        ];
  });
  const astray = [...rows.keys()].filter((arn) => arn.startsWith('arn:') && !streams.has(arn as ResourceArn));
  return [...wrong, ...astray.map((arn) => `the row of ${arn} has no events`)];
};

/** Every final failure is covered by an alert of its class, or by the summary of one. */
const heard = ({ events, alerts }: Ended): string[] => {
  const classes = new Set(
    events.flatMap(({ event }) => (event.type === 'TagFailed' && !event.retryAt ? [event.class] : [])),
  );
  return [...classes].flatMap((failureClass) =>
    alerts.some(({ subject, message }) => `${subject} ${message}`.includes(`(${failureClass})`))
      ? []
      : [`no alert tells of failures of the class ${failureClass}`],
  );
};

/** The clocks of those who tell may be this far apart. */
const SKEW_MS = 6 * 60_000;

/**
 * One message of a kind in a quiet period. One more may come for each time that who tells could not write down that it
 * had: nothing is known to be told until that stands in the table.
 */
const storms = ({ alerts, quietMs, interruptions }: Ended): string[] => {
  const kinds = groupBy(
    alerts.filter(({ subject }) => subject?.includes('not tagged')),
    ({ message }) => `${/\(([a-z-]+)\)/.exec(message)?.[1]} ${message.includes('another attempt')}`,
  );
  const early = [...kinds.values()].flatMap((told) =>
    told.filter(({ at }, i) => at - (told[i - 1]?.at ?? Number.NEGATIVE_INFINITY) < quietMs - SKEW_MS),
  );
  return early.length > interruptions
    ? [`${early.length} alerts came within a quiet period, with ${interruptions} interruptions`]
    : [];
};

/** A tag that a person set last is there in the end, unless a rule wins over it, or clocks cannot tell who was last. */
const peoplesTags = ({ personal, tagsOf, calls }: Ended): string[] => {
  const last = new Map(personal.map((act) => [`${act.id} ${act.key}`, act]));
  return [...last.values()].flatMap(({ id, key, value, at }) => {
    const type = id.startsWith('i-') ? 'instance' : 'volume';
    const real = tagsOf({ account: '111122223333', region: 'eu-west-1', type, id });
    if (!real || value === null || key === 'CostCenter') return [];
    const isClose = calls.some(
      (call) =>
        Math.abs(call.at - at) < TOO_CLOSE_MS &&
        call.input.Resources?.includes(id) &&
        call.input.Tags?.some((tag) => tag.Key === key),
    );
    const is = real.find((tag) => tag.key === key)?.value;
    return is === value || isClose ? [] : [`${id} has ${key}=${is} in EC2, where a person had set ${value}`];
  });
};
