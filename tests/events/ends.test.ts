import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SHOWN_WITHIN_MS } from '../../src/events/fold/replay.ts';
import type { TagEvent } from '../../src/events/tag-event.ts';
import { changesOf } from '../../src/projections/changes.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { timelineOf } from '../../src/projections/timeline.ts';
import {
  at,
  BOB,
  chain,
  created,
  depends,
  noticed,
  observed,
  restored,
  retired,
  stateAfter,
} from '../support/events.ts';
import { permutations } from '../support/permutations.ts';

const test = suite('ends that no call tells for certain');

const later = (moment: string, ms: number): string => new Date(Date.parse(moment) + ms).toISOString();

/** The state after these events, which is the same in whatever order they were recorded. */
const after = (...events: readonly TagEvent[]) => {
  const { retired, uncertain } = stateAfter(...events);
  for (const order of permutations(events)) {
    const other = stateAfter(...order);
    assert.equal({ retired: other.retired, uncertain: other.uncertain }, { retired, uncertain });
  }
  return { retired, uncertain };
};

const BIRTH = created('b1', at(0));

test('a notice and a call of about the same time are one end, by the person, at the earlier time', () => {
  for (const seconds of [-60, -1, 0, 1, 60, 3_600]) {
    const notice = later(at(5), seconds * 1_000);
    const first = seconds < 0 ? notice : at(5);
    assert.equal(after(BIRTH, retired('x1', at(5)), noticed('n1', notice)).retired, { at: first, who: BOB });
  }
});

test('a call that comes more than a minute after a notice did not end it', () => {
  const notice = later(at(5), -61_000);
  assert.equal(after(BIRTH, retired('x1', at(5)), noticed('n1', notice)).retired, { at: notice });
});

test('without a call nobody is named, and a repeated call names nobody', () => {
  assert.equal(after(BIRTH, noticed('n1', at(5))).retired, { at: at(5) });
  const again = retired('x1', later(at(5), 1_000), { repeated: true });
  assert.equal(after(BIRTH, noticed('n1', at(5)), again).retired, { at: at(5) });
});

test('one end is listed once, with the person', () => {
  const events = chain([BIRTH, noticed('n1', at(5)), retired('x1', later(at(5), 2_000))]);
  const changes = changesOf(events, '2027-01-01T00:00:00.000Z').map(({ what, who, effectiveAt }) => [
    what,
    who?.name,
    effectiveAt,
  ]);
  assert.equal(changes, [
    ['created', 'ada', at(0)],
    ['ended', 'bob', at(5)],
  ]);
});

const PERHAPS = retired('x1', at(5), { uncertain: 'a call failed' });
const UNCERTAIN = { at: at(5), who: BOB, reason: 'a call failed' };

test('what may have ended is unknown from then on, and was known before', () => {
  assert.equal(after(BIRTH, PERHAPS), { retired: undefined, uncertain: UNCERTAIN });
  const known = { knownAt: '2027-01-01T00:00:00.000Z' };
  const events = chain([BIRTH, PERHAPS]);
  assert.is(resourceAt(events, { ...known, asOf: at(4) })?.uncertain, undefined);
  assert.equal(resourceAt(events, { ...known, asOf: at(5) })?.uncertain, UNCERTAIN);
  const timeline = timelineOf(events, known.knownAt);
  assert.is(timeline?.endedAt, null);
  assert.equal(
    timeline?.changes.map(({ what }) => what),
    ['created', 'uncertain'],
  );
});

test('an end, whoever tells of it, decides; so does a call that names it when EC2 shows nothing that ended', () => {
  assert.equal(after(BIRTH, PERHAPS, noticed('n1', at(9))), { retired: { at: at(9) }, uncertain: undefined });
  const soon = observed('o1', later(at(5), SHOWN_WITHIN_MS - 1_000));
  const late = observed('o2', later(at(5), SHOWN_WITHIN_MS));
  assert.equal(after(BIRTH, PERHAPS, soon).uncertain, UNCERTAIN);
  assert.is(after(BIRTH, PERHAPS, soon, late).uncertain, undefined);
  assert.is(after(BIRTH, PERHAPS, restored('y1', at(6))).uncertain, undefined);
});

test('what had ended before is not in doubt', () => {
  const ended = after(BIRTH, retired('x0', at(3)), PERHAPS);
  assert.equal(ended, { retired: { at: at(3), who: BOB }, uncertain: undefined });
});

const WITH = retired('x1', at(5), { endedWith: 'instance/i-1' });
const TIED = created('b1', at(0), { endsWith: 'instance/i-1' });

test('a resource ends with the one on which it depends, and with no other', () => {
  assert.equal(after(TIED, WITH).retired, { at: at(5), who: BOB });
  const other = retired('x1', at(5), { endedWith: 'instance/i-2' });
  assert.equal(after(TIED, other), { retired: undefined, uncertain: undefined });
});

test('what was detached before lives on, and what was detached later had ended', () => {
  assert.equal(after(TIED, depends('d1', at(4)), WITH), { retired: undefined, uncertain: undefined });
  assert.equal(after(TIED, depends('d1', at(6)), WITH).retired, { at: at(5), who: BOB });
});

test('where it is not known on what it depends, it is unknown whether it ended', () => {
  const reason = 'it may have ended with instance/i-1';
  const uncertain = { at: at(5), who: BOB, reason };
  assert.equal(after(BIRTH, WITH), { retired: undefined, uncertain });
  assert.equal(after(TIED, depends('d1', at(4), { endsWith: 'unknown' }), WITH).uncertain, uncertain);
  // A call on the resource itself shows that it lives.
  assert.is(after(BIRTH, WITH, depends('d1', at(6))).uncertain, undefined);
});

test('a second record of the creation does not undo what happened since', () => {
  const again = created('b2', at(1), { endsWith: 'instance/i-1' });
  assert.equal(after(BIRTH, again, depends('d1', at(4)), WITH), { retired: undefined, uncertain: undefined });
});

test('a restored volume is attached to nothing', () => {
  const back = [retired('x0', at(2)), restored('y1', at(3))];
  assert.equal(after(TIED, ...back, WITH), { retired: undefined, uncertain: undefined });
});

test.run();
