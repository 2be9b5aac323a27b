import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasOnlyKnownFields, unknownFields } from '../../src/events/event-form.ts';
import { hashOf } from '../../src/events/hash-chain.ts';
import { type RecordedEvent, readRecorded, record } from '../../src/events/recorded-event.ts';
import { EVENT_TYPES, type EventFormat, type TagEvent } from '../../src/events/tag-event.ts';
import { anyFacts } from '../support/any-event.ts';
import {
  at,
  covered,
  created,
  depends,
  gapFound,
  NOW,
  noticed,
  ONE_OF_EACH,
  observed,
  policyRecorded,
  requested,
  restored,
  retired,
  STREAM,
  shown,
  tags,
  tamperDetected,
} from '../support/events.ts';
import { readThen } from '../support/format-1-reader.ts';

const test = suite('the formats of events');

const ALL: readonly TagEvent[] = [...ONE_OF_EACH, gapFound('g1'), policyRecorded('p1'), tamperDetected('t1')];
const inFormat = (format: EventFormat, facts: readonly TagEvent[]): RecordedEvent[] => {
  const recorded: RecordedEvent[] = [];
  for (const fact of facts) recorded.push(record(STREAM, fact, recorded.at(-1), NOW, format));
  return recorded;
};
/** Facts of every type that the generator makes, and one of each that it does not. */
const facts = anyFacts.map((some) => [...some, ...ALL]);

/** Facts that only format 2 can say. */
const OF_FORMAT_2: readonly TagEvent[] = [
  observed('c1', at(1), { removedIf: tags('Owner=ada'), version: 7 }),
  retired('x2', at(2), { repeated: true }),
  restored('y1', at(3)),
  created('b2', at(3), { endsWith: 'instance/i-0abc', children: ['network-interface/eni-0abc'] }),
  requested('r2', { birth: { tags: [] }, endsWith: 'unknown', children: ['volume/vol-0abc'] }),
  depends('d1', at(3)),
  depends('d2', at(3), { unsure: 'volume', children: ['volume/vol-0abc'] }),
  retired('x3', at(3), { uncertain: 'a call failed' }),
  noticed('x4', at(3), { endedWith: 'instance/i-0abc' }),
  covered('111122223333', at(4)),
  shown('s1', at(5), 'App=shop'),
];

test('an event of format 1 is read today exactly as the reader before format 2 reads it', () => {
  fc.assert(
    fc.property(facts, (some) => {
      for (const recorded of inFormat(1, some)) {
        const { event, recordedAt, schemaVersion } = readRecorded(recorded);
        assert.equal({ recordedAt, event: { ...event, schemaVersion } }, readThen(recorded));
      }
    }),
  );
});

test('the reader before format 2 refuses every event of format 2 by its schemaVersion, and today it is read', () => {
  fc.assert(
    fc.property(facts, (some) => {
      for (const [i, recorded] of inFormat(2, some).entries()) {
        assert.throws(() => readThen(recorded), /^schemaVersion: Invalid type: Expected 1 but received 2$/);
        assert.equal(readRecorded(recorded).event, some[i]);
      }
    }),
  );
});

test('what only format 2 can say is read in format 2, and in format 1 its fields mean nothing', () => {
  for (const recorded of inFormat(2, OF_FORMAT_2)) {
    assert.equal(readRecorded(recorded).event, recorded.event);
    assert.ok(hasOnlyKnownFields(recorded.event.type, recorded.body));
    assert.equal(unknownFields(JSON.parse(recorded.body)), []);
  }
  const [observedIn1, retiredIn1] = inFormat(1, OF_FORMAT_2.slice(0, 2));
  const [shownIn1] = inFormat(1, OF_FORMAT_2.slice(-1));
  for (const [recorded, fields] of [
    [observedIn1, ['removedIf', 'version']],
    [retiredIn1, ['repeated']],
    [shownIn1, ['complete']],
  ] as const) {
    if (!recorded) throw new Error('nothing was recorded');
    const { schemaVersion, event } = readRecorded(recorded);
    assert.equal({ event: { ...event, schemaVersion } }, { event: readThen(recorded).event });
    assert.not(hasOnlyKnownFields(event.type, recorded.body));
    assert.equal(unknownFields(JSON.parse(recorded.body)), fields);
  }
});

test('every type of event that there is was tried', () => {
  assert.equal(
    [...EVENT_TYPES].filter((type) => ![...ALL, ...OF_FORMAT_2].some((fact) => fact.type === type)).sort(),
    [],
  );
});

test('an event as it is written has known fields only', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom<EventFormat>(1, 2), (some, format) => {
      for (const { body, event } of inFormat(format, some)) {
        assert.ok(hasOnlyKnownFields(event.type, body), body);
        assert.equal(unknownFields(JSON.parse(body)), []);
      }
    }),
  );
});

/** The JSON with one more field in one of its objects, and that field's path. */
const anyMore = (json: object): fc.Arbitrary<readonly [path: string, more: object]> => {
  const paths: string[][] = [];
  const visit = (one: unknown, path: string[]): void => {
    if (typeof one !== 'object' || one === null) return;
    if (!Array.isArray(one)) paths.push(path);
    for (const [name, inner] of Object.entries(one)) visit(inner, [...path, name]);
  };
  visit(json, []);
  return fc.tuple(fc.constantFrom(...paths), fc.constantFrom('colour', 'aaa', 'zzz')).map(([path, name]) => {
    const more = structuredClone(json);
    let at = more as Record<string, unknown>;
    for (const step of path) at = at[step] as Record<string, unknown>;
    at[name] = { salary: 'band-7' };
    return [[...path, name].join('.'), more];
  });
};

test('one field more, at any depth, is noticed and named by its path', () => {
  const sorted = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const any = fc
    .constantFrom(...inFormat(2, ALL))
    .chain(({ event, body }) => anyMore(JSON.parse(body)).map((more) => [event.type, ...more] as const));
  fc.assert(
    fc.property(any, ([type, path, more]) => {
      assert.not(hasOnlyKnownFields(type, JSON.stringify(more, sorted)));
      assert.equal(unknownFields(more as Record<string, unknown>), [path]);
    }),
  );
});

test('a field that is known elsewhere is unknown where it does not belong', () => {
  const [recorded] = inFormat(1, [requested('r1')]) as [RecordedEvent];
  const body = JSON.parse(recorded.body);
  assert.equal(unknownFields({ ...body, retryAt: 'x', who: { ...body.who, tags: [] } }), [
    'who.tags',
    'retryAt',
  ]);
  assert.equal(unknownFields({ ...body, 'salary band 7': 1 }), ['(a name of 13 characters)']);
});

test('a long text in a body is looked at like a short one', () => {
  const long = '"\\,:{}[]é'.repeat(40_000);
  const [recorded] = inFormat(1, [requested('r1', { tags: [{ key: 'Owner', value: long }] })]) as [
    RecordedEvent,
  ];
  assert.ok(hasOnlyKnownFields('TagRequested', recorded.body));
});

test('an unknown field that only informs does not keep an event from being read', () => {
  const [recorded] = inFormat(1, [requested('r1')]) as [RecordedEvent];
  const body = recorded.body.replace('{"attempt":1', '{"aside":"x","attempt":1');
  const stored = { ...recorded, body, hash: hashOf({ ...recorded, body }) };
  assert.equal(readRecorded(stored).event, requested('r1'));
});

test.run();
