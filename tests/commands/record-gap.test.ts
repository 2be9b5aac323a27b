import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gapStream, recordGap } from '../../src/commands/record-gap.ts';
import { isResourceArn } from '../../src/events/resource-arn.ts';
import { eventIdOf, type GapFound } from '../../src/events/tag-event.ts';
import { ADA, at, trail } from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('record a gap');

const WHERE = { account: '111122223333', region: 'eu-west-1' };
const LOST = { cause: trail('cut-1'), who: ADA, at: at(1), reason: 'CloudTrail left it out' };
const STREAM = gapStream(WHERE, LOST.cause);
const FOUND: GapFound = {
  type: 'GapFound',
  eventId: eventIdOf('gap', STREAM, 'cut-1'),
  effectiveAt: at(1),
  cause: LOST.cause,
  who: ADA,
  reason: 'CloudTrail left it out',
};

test('a gap is recorded once, whoever tells of it again', () => {
  given(STREAM).when(recordGap(STREAM, LOST)).yields(FOUND);
  given(STREAM, FOUND)
    .when(recordGap(STREAM, { ...LOST, reason: 'in other words' }))
    .yields();
});

test('a gap’s stream is named for its cause, and for a short id of it where an ARN cannot hold it', () => {
  assert.is(STREAM, 'arn:aws:ec2:eu-west-1:111122223333:cloudtrail-gap/cut-1');
  const odd = ['a b', 'x'.repeat(5_000), 'é', ''].map((id) => gapStream(WHERE, trail(id)));
  assert.is(new Set(odd).size, odd.length);
  for (const arn of odd) {
    assert.ok(isResourceArn(arn));
    assert.ok(arn.length < 100);
  }
});

test.run();
