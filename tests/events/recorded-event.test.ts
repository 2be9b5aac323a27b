import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, NotCanonicalError } from '../../src/events/canonical-json.ts';
import { GENESIS, hashOf } from '../../src/events/hash-chain.ts';
import {
  isDamage,
  NewerEventError,
  type RecordedEvent,
  readRecorded,
  record,
  type StoredEvent,
  UnreadableEventError,
} from '../../src/events/recorded-event.ts';
import { EVENT_FORMATS } from '../../src/events/tag-event.ts';
import {
  at,
  chain,
  NOW,
  ONE_OF_EACH,
  observed,
  policyRecorded,
  requested,
  STREAM,
  streamOf,
  tags,
} from '../support/events.ts';

const test = suite('a recorded event');

const refusal = (stored: StoredEvent): UnreadableEventError => {
  try {
    readRecorded(stored);
  } catch (error) {
    if (error instanceof UnreadableEventError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

test('the first one is seq 1, after the genesis hash, at the time of the clock', () => {
  const first = record(STREAM, observed('o1'), undefined, NOW);
  assert.is(first.stream, STREAM);
  assert.is(first.seq, 1);
  assert.is(first.prev, GENESIS);
  assert.is(first.recordedAt, '2026-03-31T20:00:00.000Z');
  assert.is(
    first.body,
    canonicalJson({ ...observed('o1'), schemaVersion: 1, recordedAt: '2026-03-31T20:00:00.000Z' }),
  );
  assert.is(first.hash, hashOf(first));
  assert.equal(first.event, observed('o1'));
});

test('the next one counts on and names the hash before it', () => {
  const [first, second, third] = chain([observed('o1'), observed('o2'), observed('o3')]);
  assert.equal([first?.seq, second?.seq, third?.seq], [1, 2, 3]);
  assert.equal([second?.prev, third?.prev], [first?.hash, second?.hash]);
});

const CLOCKS: readonly (readonly [what: string, now: string, recordedAt: string])[] = [
  ['went on', '2026-03-31T20:00:05.000Z', '2026-03-31T20:00:05.000Z'],
  ['stood still', '2026-03-31T20:00:00.000Z', '2026-03-31T20:00:00.001Z'],
  ['went on by one millisecond', '2026-03-31T20:00:00.001Z', '2026-03-31T20:00:00.001Z'],
  ['went back by an hour', '2026-03-31T19:00:00.000Z', '2026-03-31T20:00:00.001Z'],
  ['went back to 1970', '1970-01-01T00:00:00.000Z', '2026-03-31T20:00:00.001Z'],
];
for (const [what, now, recordedAt] of CLOCKS) {
  test(`it is recorded later than the one before when the clock ${what}`, () => {
    const head = record(STREAM, observed('o1'), undefined, NOW);
    assert.is(record(STREAM, observed('o2'), head, new Date(now)).recordedAt, recordedAt);
  });
}

test('a late fact keeps its own older time', () => {
  const [, late] = chain([observed('o1', at(9)), observed('o2', at(1))]);
  assert.is(late?.event.effectiveAt, at(1));
});

test('what no text can hold is not recorded', () => {
  const cut = observed('o1', { set: [{ key: 'Owner', value: 'a\ud83d' }] });
  assert.throws(
    () => record(STREAM, cut, undefined, NOW),
    (error: unknown) => error instanceof NotCanonicalError && error.path === '$.set[0].value',
  );
});

for (const recorded of chain([...ONE_OF_EACH, policyRecorded('p1')])) {
  test(`a ${recorded.event.type} comes back as it was recorded`, () => {
    const { stream, seq, prev, hash, body } = recorded;
    assert.equal(readRecorded({ stream, seq, prev, hash, body }), recorded);
  });
}

test('keys that mean something to JavaScript come back as they were', () => {
  const event = requested('r1', { tags: tags('__proto__=a constructor=b toString=c') });
  const [recorded] = chain([event]);
  assert.ok(recorded);
  assert.equal(readRecorded(recorded).event, event);
});

const [, STORED] = chain([requested('r1'), observed('o1')]) as [RecordedEvent, RecordedEvent];
const MOVED: readonly (readonly [what: string, stored: StoredEvent])[] = [
  ['whose body was altered', { ...STORED, body: STORED.body.replace('bob', 'eve') }],
  ['whose body was written again with a blank', { ...STORED, body: `${STORED.body} ` }],
  ['that was moved to another stream', { ...STORED, stream: streamOf('i-0eee') }],
  ['that was moved to another seq', { ...STORED, seq: 3 }],
  ['that was hung behind another event', { ...STORED, prev: GENESIS }],
  ['whose hash was altered', { ...STORED, hash: GENESIS }],
];
for (const [what, stored] of MOVED) {
  test(`one ${what} is refused`, () => {
    const { message, stream, seq } = refusal(stored);
    assert.match(message, 'its hash does not match its bytes');
    assert.equal({ stream, seq }, { stream: stored.stream, seq: stored.seq });
  });
}

/** What a forger would store: another body with the hash that belongs to it. */
const rehashed = (body: string): StoredEvent => ({ ...STORED, body, hash: hashOf({ ...STORED, body }) });
const bodyWith = (over: object): string =>
  JSON.stringify({ ...observed('o1'), schemaVersion: 1, recordedAt: NOW.toISOString(), ...over });

const BODIES: readonly (readonly [what: string, body: string, why: string])[] = [
  ['that is not JSON', '{"type":', 'its body is not JSON'],
  ['that is empty', '', 'its body is not JSON'],
  ['that is null', 'null', 'Object'],
  ['that is a text', '"TagObserved"', 'Object'],
  ['that is a list', '[]', 'type'],
  ['of an unknown schema version', bodyWith({ schemaVersion: 0 }), 'schemaVersion'],
  ['without its schema version', bodyWith({ schemaVersion: undefined }), 'schemaVersion'],
  ['of a type that is no name', bodyWith({ type: 'salary band 7' }), 'type'],
  ['without its recordedAt', bodyWith({ recordedAt: undefined }), 'recordedAt'],
  [
    'with a time that is not in milliseconds',
    bodyWith({ effectiveAt: '2026-03-31T12:00:00Z' }),
    'effectiveAt',
  ],
  ['without an eventId', bodyWith({ eventId: undefined }), 'eventId'],
  ['with a tag that has no value', bodyWith({ set: [{ key: 'Owner' }] }), 'set.0.value'],
  ['of a request for nothing', bodyWith({ ...requested('r1'), tags: [] }), 'tags'],
  ['of attempt 0', bodyWith({ ...requested('r1'), attempt: 0 }), 'attempt'],
];
for (const [what, body, why] of BODIES) {
  test(`a body ${what} is refused although its hash is right`, () => {
    const { message, stream, seq } = refusal(rehashed(body));
    assert.match(message, `Event 2 of ${STREAM} cannot be read: `);
    assert.match(message, why);
    assert.equal({ stream, seq }, { stream: STREAM, seq: 2 });
  });
}

const NEWER: readonly (readonly [what: string, body: string, named: string])[] = [
  ['of a later format', bodyWith({ schemaVersion: 3 }), 'schemaVersion 3'],
  [
    'of a later format and another form',
    '{"recordedAt":"soon","schemaVersion":12,"type":"X"}',
    'schemaVersion 12',
  ],
  ['of a type that came later', bodyWith({ type: 'TagForgotten' }), 'event type "TagForgotten"'],
  [
    'of a type that came later, in format 2',
    bodyWith({ type: 'TagForgotten', schemaVersion: 2 }),
    'event type "TagForgotten"',
  ],
];
for (const [what, body, named] of NEWER) {
  test(`an event ${what} is refused by name, and it is said what to do`, () => {
    const error = refusal(rehashed(body));
    assert.instance(error, NewerEventError);
    assert.not(isDamage(error));
    assert.is(
      error.message,
      `Event 2 of ${STREAM} has the unknown ${named}: it was written by a newer version of tagledger; upgrade this one to at least that version.`,
    );
  });
}

test('what was changed after it was hashed is damaged, whatever version it claims', () => {
  const error = refusal({ ...STORED, body: STORED.body.replace('"schemaVersion":2', '"schemaVersion":3') });
  assert.ok(isDamage(error));
  assert.match(error.message, 'it was damaged. Restore the table');
});

test('a fact is written in the format that is asked for, and read in each', () => {
  for (const format of EVENT_FORMATS) {
    const recorded = record(STREAM, observed('o1'), undefined, NOW, format);
    assert.match(recorded.body, `"schemaVersion":${format},`);
    assert.is(readRecorded(recorded).schemaVersion, format);
    assert.equal(readRecorded(recorded), recorded);
  }
});

test('a refusal never says what may be a tag’s value', () => {
  const why = (over: object) => refusal(rehashed(bodyWith(over))).why;
  assert.is(why({ schemaVersion: 7_131_906_481 }), 'schemaVersion: Invalid type: Expected (1 | 2)');
  assert.not.match(why({ type: 'salary band 7' }), 'salary');
  assert.is(why({ how: 'salary-band-7' }), 'how: Invalid type: Expected ("birth" | "change" | "sweep")');
  assert.is(why({ set: [{ key: 'Owner', value: 4711 }] }), 'set.0.value: Invalid type: Expected string');
  assert.is(why({ set: 'salary-band-7' }), 'set: Invalid type: Expected Array');
});

test('a refusal keeps what lay behind it', () => {
  assert.instance(refusal(rehashed('{')).cause, SyntaxError);
});

test.run();
