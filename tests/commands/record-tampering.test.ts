import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordTampering, type TamperIncident } from '../../src/commands/record-tampering.ts';
import { isLedgerStream, POLICY_STREAM, tamperStreamOf } from '../../src/events/ledger-stream.ts';
import { isResourceArn } from '../../src/events/resource-arn.ts';
import { eventIdOf, type TamperDetected } from '../../src/events/tag-event.ts';
import { at, STREAM } from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('record tampering');

const TAMPERED = tamperStreamOf(STREAM);
const what = {
  how: 'verify',
  tampered: STREAM,
  seqs: [2],
  what: 'hash',
  expected: 'one',
  found: 'other',
} as const;
const incident = (id: string, minute: number): TamperIncident => ({ ...what, seqs: [2], id, at: at(minute) });
const fact = (id: string, minute: number): TamperDetected => ({
  ...what,
  seqs: [2],
  type: 'TamperDetected',
  eventId: eventIdOf('tampering', TAMPERED, id),
  effectiveAt: at(minute),
});

test('each incident is recorded once, whenever it is found and however often', () => {
  given(TAMPERED)
    .when(recordTampering(TAMPERED, [incident('a', 1), incident('b', 1), incident('a', 1)]))
    .yields(fact('a', 1), fact('b', 1));
  given(TAMPERED, fact('a', 1))
    .when(recordTampering(TAMPERED, [incident('a', 5), incident('b', 5)]))
    .yields(fact('b', 5));
});

test('each stream that is tampered with has a stream of the ledger’s own, and so has the ledger as a whole', () => {
  const streams = [STREAM, POLICY_STREAM, TAMPERED, 'what is no ARN', 'ledger', undefined].map(
    tamperStreamOf,
  );
  assert.is(new Set(streams).size, 6);
  for (const stream of streams) assert.ok(isLedgerStream(stream) && isResourceArn(stream), stream);
  assert.not(isLedgerStream(STREAM));
});

test.run();
