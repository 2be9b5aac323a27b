import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { inFormat1 } from '../../src/commands/in-format-1.ts';
import { restoreResource } from '../../src/commands/restore-resource.ts';
import { transact } from '../../src/commands/transact.ts';
import { UNKNOWN } from '../../src/events/resource.ts';
import {
  at,
  BOB,
  created,
  depends,
  NOW,
  noticed,
  observed,
  requested,
  restored,
  retired,
  STREAM,
  shown,
  stateAfter,
  tags,
  trail,
} from '../support/events.ts';

const test = suite('what a writer of format 1 records');

const removal = (over: object = {}) =>
  observed('o2', at(2), '', { removedIf: tags('Owner=ada Team=blue'), ...over });
const known = stateAfter(observed('o1', at(1), 'Owner=ada Team=red'));

test('of a removal on condition it keeps what is met now, and nothing where nothing is', () => {
  assert.equal(inFormat1(removal(), known), observed('o2', at(2), '', { removed: ['Owner'] }));
  assert.equal(
    inFormat1(removal({ removed: ['Zone'] }), known),
    observed('o2', at(2), '', { removed: ['Owner', 'Zone'] }),
  );
  assert.is(inFormat1(removal(), UNKNOWN), undefined);
});

test('that tags were copied, or all were seen, is left out, and what then says nothing is not recorded', () => {
  assert.equal(inFormat1(requested('r1', { unseenTags: true }), UNKNOWN), requested('r1'));
  const seen = (set: string) => observed('o1', at(1), set, { how: 'sweep', allSeen: true });
  assert.equal(inFormat1(seen('A=1'), UNKNOWN), observed('o1', at(1), 'A=1', { how: 'sweep' }));
  assert.is(inFormat1(seen(''), UNKNOWN), undefined);
});

test('EventBridge’s version is left out', () => {
  assert.equal(inFormat1(observed('o1', { version: 3 }), UNKNOWN), observed('o1'));
});

test('that a creation was only observed is left out', () => {
  const birth = observed('o1', { how: 'birth' });
  assert.equal(inFormat1({ ...birth, observing: true }, UNKNOWN), birth);
});

test('what a baseline shows is left out: format 1 cannot say that a resource existed, nor that it had no other tags', () => {
  assert.is(inFormat1(shown('s1', at(5), 'Owner=ada'), known), undefined);
});

test('a repeated deletion is the end where none is known, and nothing else', () => {
  const again = retired('x2', { repeated: true });
  assert.equal(inFormat1(again, UNKNOWN), retired('x2'));
  assert.is(inFormat1(again, stateAfter(retired('x1'))), undefined);
  assert.equal(inFormat1(retired('x3'), stateAfter(retired('x1'))), retired('x3'));
});

test('an end by nobody who is named is the end where none is known, by an unknown actor', () => {
  const notice = noticed('n1', at(2));
  const who = { name: 'unknown', kind: 'Unknown' };
  assert.equal(inFormat1(notice, UNKNOWN), { ...notice, who });
  assert.is(inFormat1(notice, stateAfter(retired('x1'))), undefined);
});

test('what is uncertain, and with what a resource ends, cannot be told', () => {
  assert.is(inFormat1(retired('x1', { uncertain: 'a call failed' }), UNKNOWN), undefined);
  assert.is(inFormat1(retired('x1', { endedWith: 'instance/i-1' }), UNKNOWN), undefined);
  assert.is(inFormat1(depends('d1'), UNKNOWN), undefined);
  const more = { endsWith: 'instance/i-1', children: ['volume/vol-1'] };
  assert.equal(inFormat1(requested('r1', more), UNKNOWN), requested('r1'));
  assert.equal(inFormat1(created('b1', more), UNKNOWN), created('b1'));
});

test('a restoration cannot be told, and all else is as it is', () => {
  assert.is(inFormat1(restored('y1'), known), undefined);
  assert.equal(inFormat1(requested('r1'), known), requested('r1'));
});

test('the ledger writes it where its format is 1', async () => {
  const decide = restoreResource(STREAM, { cause: trail('y'), who: BOB, at: at(3) });
  const appended = async (eventFormat: 1 | 2) => {
    const ledger = { store: memoryStore(), eventFormat, now: () => NOW };
    return (await transact(ledger, STREAM, decide)).appended.map(({ event }) => event.type);
  };
  assert.equal([await appended(1), await appended(2)], [[], ['ResourceRestored']]);
});

test.run();
