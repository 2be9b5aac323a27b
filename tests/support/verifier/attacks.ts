import { canonicalJson } from '../../../src/events/canonical-json.ts';
import { hashOf } from '../../../src/events/hash-chain.ts';
import { columnsOf, type LedgerLine, type StoredColumns } from '../../../src/events/ledger-line.ts';
import type { FindingKind } from '../../../src/verifier/finding.ts';
import { applied, at, chain, failed, observed, requested, streamOf, tags } from '../events.ts';

/** The streams that are attacked, sorted: of 5 events, 1 and 3. A tag's value that no finding may hold is in each. */
export const SECRET = 'confidential';
const secret = tags(`Note=${SECRET}`);
export const FIRST = streamOf('i-00000001');
const LAST = streamOf('i-00000003');
/** No ARN, and sorted before the last stream. */
const NO_ARN = `${streamOf('i-00000002')}!`;
export const LEDGER: readonly LedgerLine[] = [
  ...chain(
    [
      requested('r1', { tags: secret }),
      applied('a1', at(1), { tags: secret }),
      observed('o1', at(2), 'Owner=bob'),
      requested('r2', at(3)),
      failed('f1', at(4), { request: 'r2' }),
    ],
    streamOf('i-00000001'),
  ),
  ...chain([observed('o1', { set: secret })], streamOf('i-00000002')),
  ...chain([requested('r1', { tags: secret }), applied('a1'), observed('o1')], streamOf('i-00000003')),
].map(columnsOf);

/** What an attack must be found as: which kinds, at which seq, all of them in the first stream unless it says so. */
type Expected = readonly (readonly [kind: FindingKind, seq: number, stream?: string])[];

/** Somebody who may write to the table, or has an export in hands. */
export interface Attack {
  readonly name: string;
  readonly on: (ledger: LedgerLine[]) => StoredColumns[];
  readonly found: Expected;
}

type Change = (columns: LedgerLine) => Partial<LedgerLine>;
const change =
  (index: number, to: Change) =>
  (ledger: LedgerLine[]): StoredColumns[] =>
    ledger.map((columns, i) => (i === index ? { ...columns, ...to(columns) } : columns));
const without =
  (...names: (keyof LedgerLine)[]) =>
  ([first, second, ...rest]: LedgerLine[]): StoredColumns[] => [
    first as LedgerLine,
    Object.fromEntries(
      Object.entries(second as LedgerLine).filter(([name]) => !names.some((one) => one === name)),
    ) as StoredColumns,
    ...rest,
  ];
const rehashed = (columns: LedgerLine): LedgerLine => ({ ...columns, hash: hashOf(columns) });
const bodyWith = (columns: LedgerLine, over: object): string =>
  canonicalJson({ ...JSON.parse(columns.body), ...over });

/** Attacks that the ledger itself shows. */
export const SEEN: readonly Attack[] = [
  {
    name: 'a value in a body is changed',
    on: change(2, ({ body }) => ({ body: body.replace('bob', 'eve') })),
    found: [['hash', 3]],
  },
  {
    name: 'a body is written in another form of JSON',
    on: change(2, ({ body }) => ({ body: JSON.stringify(JSON.parse(body), null, 1) })),
    found: [
      ['hash', 3],
      ['body', 3],
    ],
  },
  {
    name: 'a body is written in another form, and its event hashed anew',
    on: change(4, (columns) => {
      const { type, ...rest } = JSON.parse(columns.body);
      return rehashed({ ...columns, body: JSON.stringify({ type, ...rest }) });
    }),
    found: [['body', 5]],
  },
  {
    name: 'a body is changed, and its event hashed anew',
    on: change(2, (columns) => rehashed({ ...columns, body: columns.body.replace('bob', 'eve') })),
    found: [['prev', 4]],
  },
  {
    name: 'a member that no event has is put into a body',
    on: change(2, (columns) => ({ body: bodyWith(columns, { type: 'TagForgotten' }) })),
    found: [
      ['hash', 3],
      ['body', 3],
    ],
  },
  {
    name: 'a field that no event has is put into an event in the middle, and its stream is hashed anew',
    on: (all) => {
      const columns = all[1] as LedgerLine;
      const body = bodyWith(columns, { colour: SECRET });
      const changed = rehashed({ ...columns, body });
      const next = rehashed({ ...(all[2] as LedgerLine), prev: changed.hash });
      return all.with(1, changed).with(2, next);
    },
    found: [
      ['field', 2],
      ['prev', 4],
    ],
  },
  {
    name: 'a newer version wrote an event in the middle',
    on: change(2, (columns) => rehashed({ ...columns, body: bodyWith(columns, { schemaVersion: 3 }) })),
    found: [
      ['newer', 3],
      ['prev', 4],
    ],
  },
  { name: 'an event in the middle is deleted', on: (all) => all.toSpliced(2, 1), found: [['missing', 4]] },
  { name: 'the first event is deleted', on: (all) => all.slice(1), found: [['missing', 2]] },
  {
    name: 'two events in the middle are deleted',
    on: (all) => all.toSpliced(1, 2),
    found: [['missing', 4]],
  },
  {
    name: 'an event is inserted between two places',
    on: (all) => all.toSpliced(2, 0, rehashed({ ...(all[1] as LedgerLine), seq: 2.5 })),
    found: [
      ['place', 2.5],
      ['event-id', 2.5],
    ],
  },
  {
    name: 'two bodies are swapped',
    on: (all) => {
      const [a, b] = [all[2]?.body ?? '', all[3]?.body ?? ''];
      return change(3, () => ({ body: a }))(change(2, () => ({ body: b }))(all) as LedgerLine[]);
    },
    found: [
      ['hash', 3],
      ['column', 3],
      ['column', 3],
      ['column', 3],
      ['column', 3],
      ['hash', 4],
      ['column', 4],
      ['column', 4],
      ['column', 4],
      ['column', 4],
      ['time', 4],
    ],
  },
  {
    name: 'two events are swapped, all but their places',
    on: (all) => {
      const [a, b] = [all[2] as LedgerLine, all[3] as LedgerLine];
      return all.toSpliced(2, 2, { ...b, seq: 3 }, { ...a, seq: 4 });
    },
    found: [
      ['hash', 3],
      ['prev', 3],
      ['hash', 4],
      ['prev', 4],
      ['time', 4],
      ['prev', 5],
    ],
  },
  {
    name: 'the last event is given a later place',
    on: change(4, () => ({ seq: 7 })),
    found: [
      ['missing', 7],
      ['hash', 7],
    ],
  },
  {
    name: 'an event is moved to the end of another stream',
    on: (all) => [...all.slice(0, 2), ...all.slice(3), { ...(all[2] as LedgerLine), stream: LAST, seq: 4 }],
    found: [
      ['missing', 4],
      ['hash', 4, LAST],
      ['prev', 4, LAST],
      ['event-id', 4, LAST],
      ['time', 4, LAST],
    ],
  },
  {
    name: 'a whole stream is given another name',
    on: (all) => all.map((one) => (one.stream === LAST ? { ...one, stream: `${LAST}f` } : one)),
    found: [
      ['hash', 1, `${LAST}f`],
      ['hash', 2, `${LAST}f`],
      ['hash', 3, `${LAST}f`],
    ],
  },
  {
    name: 'a whole stream is given a name that is none, and hashed anew',
    on: (all) =>
      all.map((one) => (one.seq === 1 && one.stream === LAST ? rehashed({ ...one, stream: NO_ARN }) : one)),
    found: [
      ['stream', 1, NO_ARN],
      ['missing', 2, LAST],
    ],
  },
  {
    name: 'an event is recorded a second time at the end, properly chained',
    on: (all) => {
      const [event, head] = [all[2] as LedgerLine, all[4] as LedgerLine];
      const recordedAt = '2026-04-01T00:00:00.000Z';
      const body = bodyWith(event, { recordedAt });
      return all.toSpliced(5, 0, rehashed({ ...event, seq: 6, prev: head.hash, body, recordedAt }));
    },
    found: [['event-id', 6]],
  },
  {
    name: 'an event is appended that was recorded before the one before it',
    on: (all) => {
      const head = all[4] as LedgerLine;
      const body = bodyWith(head, { eventId: 'f2', recordedAt: '2026-03-01T00:00:00.000Z' });
      const event = { ...head, seq: 6, prev: head.hash, body, eventId: 'f2' };
      return all.toSpliced(5, 0, rehashed({ ...event, recordedAt: '2026-03-01T00:00:00.000Z' }));
    },
    found: [['time', 6]],
  },
  { name: 'a hash is changed', on: change(2, () => ({ hash: 'f'.repeat(64) })), found: [['hash', 3]] },
  {
    name: 'a hash is cut short',
    on: change(4, ({ hash }) => ({ hash: hash.slice(2) })),
    found: [['hash', 5]],
  },
  {
    name: 'a prev is changed',
    on: change(2, () => ({ prev: 'f'.repeat(64) })),
    found: [
      ['hash', 3],
      ['prev', 3],
    ],
  },
  { name: 'a type is changed', on: change(2, () => ({ type: 'TagApplied' })), found: [['column', 3]] },
  { name: 'an eventId is changed', on: change(2, () => ({ eventId: SECRET })), found: [['column', 3]] },
  {
    name: 'a recordedAt is changed',
    on: change(2, () => ({ recordedAt: '2026-01-01T00:00:00.000Z' })),
    found: [['column', 3]],
  },
  {
    name: 'an effectiveAt is changed',
    on: change(2, () => ({ effectiveAt: '2026-01-01T00:00:00.000Z' })),
    found: [['column', 3]],
  },
  { name: 'a type is removed', on: without('type'), found: [['column', 2]] },
  { name: 'a hash is removed', on: without('hash'), found: [['hash', 2]] },
  {
    name: 'a prev is removed',
    on: without('prev'),
    found: [
      ['hash', 2],
      ['prev', 2],
    ],
  },
  {
    name: 'a body is removed',
    on: without('body'),
    found: [
      ['hash', 2],
      ['body', 2],
    ],
  },
  {
    name: 'a body is replaced with what is no JSON',
    on: change(2, () => ({ body: SECRET })),
    found: [
      ['hash', 3],
      ['body', 3],
    ],
  },
];

/** Rewrites the chain of the first stream from the change on. */
const rechained = (ledger: StoredColumns[]): StoredColumns[] => {
  let prev = '';
  return (ledger as LedgerLine[]).map((one) => {
    const event = rehashed(one.stream === FIRST && one.seq > 1 ? { ...one, prev } : one);
    prev = event.hash;
    return one.stream === FIRST ? event : one;
  });
};

/** Attacks that break no chain: nothing within the ledger can tell them from a ledger that was always so. */
export const UNSEEN: readonly Omit<Attack, 'found'>[] = [
  { name: 'the tail of a stream is cut', on: (all) => all.toSpliced(3, 2) },
  { name: 'a whole stream is deleted', on: (all) => all.filter(({ stream }) => stream !== LAST) },
  {
    name: 'a body is changed, and the whole stream hashed anew',
    on: (all) => rechained(change(2, ({ body }) => ({ body: body.replace('bob', 'eve') }))(all)),
  },
  { name: 'the table is rolled back to an older copy', on: (all) => all.filter(({ seq }) => seq === 1) },
];
