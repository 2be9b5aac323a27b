import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasOnlyKnownFields, unknownFields } from '../../src/events/event-form.ts';
import { hashOf } from '../../src/events/hash-chain.ts';
import { type RecordedEvent, readRecorded, record } from '../../src/events/recorded-event.ts';
import { EVENT_TYPES, type EventFormat, type TagEvent } from '../../src/events/tag-event.ts';
import { anyFacts } from '../support/any-event.ts';
import {
  gapFound,
  NOW,
  ONE_OF_EACH,
  policyRecorded,
  requested,
  STREAM,
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

test('every type of event that there is was tried', () => {
  assert.equal([...EVENT_TYPES].filter((type) => !ALL.some((fact) => fact.type === type)).sort(), []);
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
