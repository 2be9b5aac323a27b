import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claimFindings } from '../../src/verifier/check-claims.ts';
import { emptyExtent, widen } from '../../src/verifier/extent.ts';
import type { Provenance } from '../../src/verifier/provenance.ts';

const test = suite('what a header says of the events behind it');

const at = (minute: number) => new Date(Date.UTC(2026, 2, 31, 12, minute)).toISOString();
const EVENTS = [
  { recordedAt: at(3), effectiveAt: at(2) },
  { recordedAt: at(1), effectiveAt: at(9) },
  { recordedAt: 'damaged', effectiveAt: '~' },
  { recordedAt: at(5) },
];
const COUNTS = { events: 4, streams: 2 };
const HEADER: Provenance = {
  format: 'tagledger/export/v1',
  ledger: { kind: 'folder', name: 'ledger' },
  selection: { kind: 'whole' },
  counts: COUNTS,
  newestRecordedAt: at(5),
  newestEffectiveAt: at(9),
  linesSha256: '0'.repeat(64),
  toolVersion: '0.1.0',
  exportedAt: at(6),
};
const found = (header: Partial<Provenance>, events: typeof EVENTS | readonly object[] = EVENTS) => {
  const extent = emptyExtent();
  for (const event of events) widen(extent, event);
  return claimFindings({ ...HEADER, ...header }, COUNTS, extent).map(({ kind, expected }) => {
    assert.is(kind, 'header');
    return expected;
  });
};

test('fits them, whatever is damaged among them', () => {
  assert.equal(found({}), []);
});

for (const selection of [
  { kind: 'period', since: at(1), until: at(5) },
  { kind: 'period', since: at(1) },
  { kind: 'period', until: at(5) },
  { kind: 'unknown' },
] as const) {
  test(`fits them with the selection ${JSON.stringify(selection)}`, () => {
    assert.equal(found({ selection }), []);
  });
}

const { newestRecordedAt: _, ...WITHOUT_NEWEST } = HEADER;
for (const [what, header, words] of [
  ['another number of events', { counts: { events: 5, streams: 2 } }, '5 events'],
  ['another number of streams', { counts: { events: 4, streams: 3 } }, 'in 3 streams'],
  ['an older newest recordedAt', { newestRecordedAt: at(4) }, 'newest recordedAt'],
  ['a newer newest effectiveAt', { newestEffectiveAt: at(10) }, 'newest effectiveAt'],
  ['a period that begins later', { selection: { kind: 'period', since: at(2) } }, 'recorded from'],
  ['a period that ends earlier', { selection: { kind: 'period', until: at(4) } }, 'recorded until'],
  ['a text as checkpoint', { log: { origin: 'example.com/a', checkpoint: 'none' } }, 'example.com/a'],
] as const) {
  test(`does not fit with ${what}`, () => {
    const [first, ...others] = found(header);
    assert.match(first ?? '', words);
    assert.equal(others, []);
  });
}

const SIMULATED = [...EVENTS, { body: '{"type":"TagApplied","simulated":true}' }];
for (const mode of ['observed', 'live'] as const) {
  test(`does not fit with the mode ${mode} and an event that a simulation told of`, () => {
    const [first, ...others] = found({ mode }, SIMULATED);
    assert.match(first ?? '', `the mode ${mode}`);
    assert.equal(others, []);
    assert.equal(found({ mode }), []);
    assert.equal(found({ mode }, [...EVENTS, { body: '{"value":"\\"simulated\\":true"}' }]), []);
  });
}

test('fits such an event with the mode simulated, or none', () => {
  assert.equal(found({ mode: 'simulated' }, SIMULATED), []);
  assert.equal(found({}, SIMULATED), []);
});

test('fits no event with no newest time, and no other', () => {
  const extent = emptyExtent();
  const { newestEffectiveAt: __, ...header } = WITHOUT_NEWEST;
  assert.equal(claimFindings(header, COUNTS, extent), []);
  assert.is(claimFindings(HEADER, COUNTS, extent).length, 2);
});

test.run();
