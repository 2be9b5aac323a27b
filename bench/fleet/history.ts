import { type RecordedEvent, record } from '../../src/events/recorded-event.ts';
import { arnOf, type ResourceArn } from '../../src/events/resource-arn.ts';
import type { TagEvent, Who } from '../../src/events/tag-event.ts';

/** A made-up fleet: how many resources, each with one event a round. The same numbers give the same bytes. */
export interface History {
  readonly resources: number;
  readonly rounds: number;
}

const BEGAN = Date.parse('2025-01-01T00:00:00.000Z');
const YEAR_MS = 365 * 86_400_000;
/** A year has ten rounds, whatever the fleet. */
const roundMs = YEAR_MS / 10;

/** The moment at which this part of the rounds was over; 0 is the beginning. */
export const momentAt = (rounds: number): string => new Date(BEGAN + rounds * roundMs).toISOString();

const ACCOUNTS = Array.from({ length: 10 }, (_, i) => `1111222233${String(30 + i)}`);
/** A tenth of the fleet, as a part of its ARNs. */
export const TENTH = `:${ACCOUNTS[0]}:`;
const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1'];
const TYPES = ['instance', 'volume', 'network-interface', 'snapshot'];
const PREFIXES = ['i', 'vol', 'eni', 'snap'];
const TEAMS = Array.from({ length: 200 }, (_, i) => `team-${i}`);

/** A number from 0 on that looks like chance, below `below`. */
const chance = (resource: number, round: number, salt: number, below: number): number => {
  let x =
    Math.imul(resource ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(round + 1, 0xc2b2ae35) ^
    Math.imul(salt, 0x27d4eb2f);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) % below;
};
const hex = (resource: number, salt: number): string =>
  chance(resource, 0, salt, 0x100000000).toString(16).padStart(8, '0');

const arnOfResource = (i: number): ResourceArn => {
  const kind = chance(i, 0, 1, TYPES.length);
  return arnOf({
    region: REGIONS[chance(i, 0, 2, REGIONS.length)] ?? '',
    account: ACCOUNTS[i % ACCOUNTS.length] ?? '',
    type: TYPES[kind] ?? '',
    id: `${PREFIXES[kind]}-0${hex(i, 3)}${i.toString(16).padStart(8, '0')}`,
  });
};

/** The members in the schema's order, in which a store gives them back. */
const whoIs = (n: number): Who => ({
  name: `user-${n}@example.com`,
  arn: `arn:aws:sts::${ACCOUNTS[n % 10]}:assumed-role/engineer/user-${n}@example.com`,
  kind: 'AssumedRole',
  ip: `198.51.100.${n % 250}`,
});

const uuid = (i: number, r: number): string => {
  const part = (salt: number) => chance(i, r, salt, 0x100000000).toString(16).padStart(8, '0');
  return `${part(11)}-${part(12).slice(4)}-4${part(13).slice(5)}-a${part(14).slice(5)}-${part(15)}${part(16).slice(4)}`;
};

const HOUR_MS = 3_600_000;

/** When it became so: minutes before it was recorded, or days for 3 in 100. */
const effectiveMs = (i: number, r: number, recordedMs: number): number =>
  r > 0 && chance(i, r, 21, 100) < 3
    ? recordedMs - HOUR_MS - chance(i, r, 22, 240) * HOUR_MS
    : recordedMs - chance(i, r, 23, 400) * 1_000;

const factOf = (i: number, r: number, recordedMs: number): TagEvent => {
  const team = TEAMS[chance(i, r, 31, TEAMS.length)] ?? '';
  const who = whoIs(chance(i, r, 32, 500));
  const common = {
    eventId: Buffer.from(uuid(i, r).replaceAll('-', ''), 'hex').toString('base64url'),
    effectiveAt: new Date(effectiveMs(i, r, recordedMs)).toISOString(),
  } as const;
  const cause = { source: 'cloudtrail', id: uuid(i, r), name: 'CreateTags' } as const;
  const asked = [
    { key: 'CostCenter', value: String(4_000 + (i % 300)) },
    { key: 'CreatedBy', value: who.arn ?? '' },
    { key: 'Owner', value: who.name },
  ];
  if (r === 0) {
    const tags = [{ key: 'Name', value: `${team}-${i}` }];
    return {
      ...common,
      type: 'TagRequested',
      cause,
      who,
      rules: 'rules-1',
      tags: asked,
      attempt: 1,
      birth: { tags },
    };
  }
  if (r === 1) return { ...common, type: 'TagApplied', request: `r${i}`, attempt: 1, tags: asked };
  const kind = chance(i, r, 33, 100);
  if (kind < 1) return { ...common, type: 'ResourceRetired', cause, who };
  const change = (set: { key: string; value: string }[], removed: string[] | 'all'): TagEvent => ({
    ...common,
    type: 'TagObserved',
    cause,
    who,
    how: 'change',
    set,
    removed,
  });
  if (kind < 3) return change([], 'all');
  if (kind < 15) return change([], ['Owner']);
  if (kind < 40) return change([{ key: 'Owner', value: who.name }], []);
  return change([{ key: ['Team', 'Stage', 'Project'][r % 3] ?? '', value: team }], []);
};

/** In each round the resources have their turn in another order, which can be asked both ways. */
const STRIDE = 611_953; // prime, and no divisor of a power of ten
const offset = (r: number): number => r * 7_919;

/** Which resource has the turn `j` of a round. */
const resourceAtTurn = (resources: number, r: number, j: number): number =>
  (j * (STRIDE % resources) + offset(r)) % resources;

const inverse = (a: number, n: number): number => {
  let [r0, r1, t0, t1] = [n, a % n, 0, 1];
  while (r1 > 0) {
    const q = Math.floor(r0 / r1);
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return ((t0 % n) + n) % n;
};

const recordedMsAt = (resources: number, r: number, j: number): number =>
  BEGAN + Math.floor((r + j / resources) * roundMs);

const eventOf = (i: number, r: number, recordedMs: number, head: RecordedEvent | undefined): RecordedEvent =>
  record(arnOfResource(i), factOf(i, r, recordedMs), head, new Date(recordedMs));

/** The events of some rounds in the order in which they are recorded. `hashes` are those of the rounds before them. */
export function* eventsByTime(
  { resources }: Pick<History, 'resources'>,
  fromRound: number,
  toRound: number,
  hashes: Buffer,
): Generator<RecordedEvent> {
  for (let r = fromRound; r < toRound; r++) {
    for (let j = 0; j < resources; j++) {
      const i = resourceAtTurn(resources, r, j);
      const hash = hashes.toString('hex', i * 32, i * 32 + 32);
      // Of the event before it, an event takes over seq, hash and moment.
      const head = { seq: r, hash, recordedAt: new Date(0).toISOString() } as RecordedEvent;
      const event = eventOf(i, r, recordedMsAt(resources, r, j), r === 0 ? undefined : head);
      hashes.write(event.hash, i * 32, 'hex');
      yield event;
    }
  }
}

/** The same events stream by stream, of the resources that `wanted` names, as a table gives them. */
export function* eventsByStream(
  history: History,
  wanted: (arn: ResourceArn) => boolean,
): Generator<RecordedEvent> {
  for (let i = 0; i < history.resources; i++) if (wanted(arnOfResource(i))) yield* eventsOf(history, i);
}

/** The events of one stream, as a table gives them. */
export const eventsOfStream = (history: History, arn: ResourceArn): RecordedEvent[] => [
  ...eventsOf(history, Number.parseInt(arn.slice(-8), 16)),
];

function* eventsOf({ resources, rounds }: History, i: number): Generator<RecordedEvent> {
  const back = inverse(STRIDE % resources, resources);
  let head: RecordedEvent | undefined;
  for (let r = 0; r < rounds; r++) {
    const turn = ((((i - offset(r)) % resources) + resources) % resources) * back;
    head = eventOf(i, r, recordedMsAt(resources, r, turn % resources), head);
    yield head;
  }
}
