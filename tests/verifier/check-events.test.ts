import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LedgerLine, StoredColumns } from '../../src/events/ledger-line.ts';
import { type CheckOptions, checkEvents } from '../../src/verifier/check-events.ts';
import type { Finding } from '../../src/verifier/finding.ts';
import { FIRST, LEDGER, SECRET, SEEN, UNSEEN } from '../support/verifier/attacks.ts';

const test = suite('the check of a ledger’s events');

const check = (columns: readonly StoredColumns[], options?: CheckOptions): Finding[] => {
  const checking = checkEvents(options);
  return [...columns.flatMap((one) => checking.add(one)), ...checking.end()];
};
const places = (findings: readonly Finding[]) => findings.map(({ kind, seq, stream }) => [kind, seq, stream]);

test('finds nothing in a ledger as it was written, and counts it', () => {
  const checking = checkEvents({ isSorted: true });
  for (const one of LEDGER) assert.equal(checking.add(one), []);
  assert.equal(checking.end(), []);
  assert.equal(checking.counts, { events: 9, streams: 3 });
});

for (const { name, on, found } of SEEN) {
  test(`where ${name}, that is found and named, and nothing else`, () => {
    const findings = check(on([...LEDGER]));
    assert.equal(
      places(findings),
      found.map(([kind, seq, stream = FIRST]) => [kind, seq, stream]),
    );
  });

  test(`where ${name}, no finding holds a tag's value`, () => {
    assert.not.match(JSON.stringify(check(on([...LEDGER]))), SECRET);
  });
}

for (const { name, on } of UNSEEN) {
  test(`where ${name}, no chain is broken: that is for a sealed log to show`, () => {
    assert.equal(check(on([...LEDGER]), { isSorted: true }), []);
  });
}

/** Every text that differs from this one in one character. */
const changed = (text: string): string[] =>
  Array.from(text, (char, i) => `${text.slice(0, i)}${char === '0' ? '1' : '0'}${text.slice(i + 1)}`);

for (const column of ['type', 'eventId', 'recordedAt', 'effectiveAt', 'prev', 'hash', 'body'] as const) {
  test(`whatever character of the ${column} of an event is changed, it is found there`, () => {
    for (const [i, event] of LEDGER.slice(0, 3).entries()) {
      for (const text of changed(event[column])) {
        const findings = check(LEDGER.with(i, { ...event, [column]: text }));
        assert.ok(findings.length > 0, text);
        assert.ok(findings.every(({ seq }) => seq === event.seq || seq === event.seq + 1));
      }
    }
  });
}

test('streams that are not sorted are found where they must be, as one that comes twice', () => {
  const [first = {} as LedgerLine] = LEDGER;
  const twice = [...LEDGER, { ...first }];
  assert.equal(places(check(twice, { isSorted: true })), [['stream', 1, FIRST]]);
});

test('a place that comes twice in an export is found, whichever of the two was there before', () => {
  const event = LEDGER[2] as LedgerLine;
  const other = LEDGER[3] as LedgerLine;
  assert.equal(places(check(LEDGER.toSpliced(2, 0, event))), [
    ['place', 3, FIRST],
    ['event-id', 3, FIRST],
  ]);
  assert.equal(
    places(check(LEDGER.toSpliced(2, 0, { ...other, seq: 3 }))).map(([kind]) => kind),
    ['hash', 'prev', 'place', 'prev', 'event-id', 'time'],
  );
});

test('lines that are swapped in an export are found', () => {
  const swapped = LEDGER.toSpliced(1, 2, LEDGER[2] as LedgerLine, LEDGER[1] as LedgerLine);
  assert.equal(places(check(swapped)), [
    ['missing', 3, FIRST],
    ['place', 2, FIRST],
  ]);
});

test('a part of a ledger may begin in the middle of a stream, and is whole from there on', () => {
  const part = LEDGER.slice(2);
  assert.equal(places(check(part)), [['missing', 3, FIRST]]);
  assert.equal(check(part, { isPart: true }), []);
  assert.equal(places(check(part.toSpliced(1, 1), { isPart: true })), [['missing', 5, FIRST]]);
});

test('a finding says what was expected and what was found', () => {
  const event = LEDGER[2] as LedgerLine;
  const [finding] = check(LEDGER.with(2, { ...event, recordedAt: '2026-01-01T00:00:00.000Z' }));
  assert.equal(finding, {
    kind: 'column',
    stream: FIRST,
    seq: 3,
    expected: `recordedAt as the body says it, ${event.recordedAt}`,
    found: '2026-01-01T00:00:00.000Z',
  });
});

test.run();
