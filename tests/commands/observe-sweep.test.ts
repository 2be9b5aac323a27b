import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { observeSweep, type Sighting } from '../../src/commands/observe-sweep.ts';
import { type Cause, eventIdOf, type TagEvent, type TagObserved } from '../../src/events/tag-event.ts';
import {
  applied,
  at,
  chain,
  failed,
  observed,
  requested,
  retired,
  STREAM,
  stateAfter,
  tags,
  trail,
} from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('observe a sweep');

const sweep = (id: string): Cause => ({ source: 'tagledger', id, name: 'sweep' });

/** What EC2 shows at minute 30, when all before minute 25 is settled. */
const sees = (shown: string, more: Partial<Sighting> = {}) =>
  observeSweep(STREAM, {
    cause: sweep('run-1'),
    at: at(30),
    settledAt: at(25),
    tags: tags(shown),
    ...more,
  });

/** What a sweep records. */
const swept = (
  set: string,
  removed: readonly string[] = [],
  { id = 'run-1', at: seenAt = at(30) } = {},
): TagObserved => ({
  type: 'TagObserved',
  eventId: eventIdOf('sweep', STREAM, id),
  effectiveAt: seenAt,
  cause: sweep(id),
  how: 'sweep',
  set: tags(set),
  removed: [...removed],
});

const ASK = requested(trail('run-instances-1'), at(1), 'Owner=ada Team=blue');
const PAST = [ASK, applied(ASK, at(2))];

test('tags that are as the ledger has them are no news, whoever set them', () => {
  given(STREAM, ...PAST, observed(trail('c-1'), at(3), 'Name=web'))
    .when(sees('Owner=ada Team=blue Name=web'))
    .yields();
});

test('a tag that the ledger does not know is observed', () => {
  given(STREAM, ...PAST)
    .when(sees('Zone=a Owner=ada Team=blue Name=web'))
    .yields(swept('Name=web Zone=a'));
});

test('a value that somebody changed is observed, also where tagledger had set it', () => {
  given(STREAM, ...PAST)
    .when(sees('Owner=bob Team=blue'))
    .yields(swept('Owner=bob'));
});

const COPIED = requested(trail('copy-1', 'CopyImage'), at(1), 'Owner=ada', {
  birth: { tags: [] },
  unseenTags: true,
});

test('of a resource with copied tags, what EC2 shows first is all that it has, also where that is nothing new', () => {
  given(STREAM, COPIED, applied(COPIED, at(2)))
    .when(sees('Owner=ada'))
    .yields({ ...swept(''), allSeen: true });
  given(STREAM, COPIED, applied(COPIED, at(2)))
    .when(sees('CostCenter=4100 Owner=ada'))
    .yields({ ...swept('CostCenter=4100'), allSeen: true });
});

test('a copied tag is observed also under a key that a request is about to set', () =>
  given(STREAM, COPIED)
    .when(sees('Owner=platform'))
    .yields({ ...swept('Owner=platform'), allSeen: true }));

test('a resource that was created after all that is settled may have tags that EC2 does not show yet', () =>
  given(STREAM, { ...COPIED, effectiveAt: at(26) }, applied(COPIED, at(27)))
    .when(sees('Name=x Owner=ada'))
    .yields(swept('Name=x')));

test('a key that is gone is observed as removed, and one that was removed before is not', () => {
  given(STREAM, ...PAST, observed(trail('c-1'), at(3), '', { removed: ['Team'] }))
    .when(sees(''))
    .yields(swept('', ['Owner']));
});

test('a removed key that is there again is observed', () => {
  given(STREAM, ...PAST, observed(trail('c-1'), at(3), '', { removed: ['Owner'] }))
    .when(sees('Owner=ada Team=blue'))
    .yields(swept('Owner=ada'));
  given(STREAM, ...PAST, observed(trail('c-1'), at(3), '', { removed: 'all' }))
    .when(sees('New=1 Owner=ada'))
    .yields(swept('New=1 Owner=ada'));
});

test('all that differs is one event', () => {
  given(STREAM, ...PAST)
    .when(sees('Team=red Name=web'))
    .yields(swept('Name=web Team=red', ['Owner']));
});

test('an empty value is a tag, and not the same as none', () => {
  given(STREAM, observed(trail('c-1'), at(3), 'Mark='))
    .when(sees(''))
    .yields(swept('', ['Mark']));
  given(STREAM, observed(trail('c-1'), at(3), '', { removed: ['Mark'] }))
    .when(sees('Mark='))
    .yields(swept('Mark='));
});

test('what EC2 may not show yet contradicts nothing, key by key, and does so once it is settled', () => {
  const past = [...PAST, observed(trail('c-1'), at(25), 'Owner=bob', { removed: ['Team'] })];
  given(STREAM, ...past)
    .when(sees('Owner=ada Team=blue Name=web'))
    .yields(swept('Name=web'));
  const later = { at: at(31), settledAt: at(26) };
  given(STREAM, ...past)
    .when(sees('Owner=ada Team=blue', later))
    .yields(swept('Owner=ada Team=blue', [], later));
});

test('facts from a clock that is ahead are left alone until the sweep’s clock has passed them', () => {
  const past = [ASK, applied(ASK, at(33))];
  given(STREAM, ...past)
    .when(sees(''))
    .yields();
  const later = { at: at(39), settledAt: at(34) };
  given(STREAM, ...past)
    .when(sees('', later))
    .yields(swept('', ['Owner', 'Team'], later));
});

test('a removal of all that EC2 may not show yet is left alone, also for keys that nobody knew', () => {
  given(STREAM, ...PAST, observed(trail('c-1'), at(26), '', { removed: 'all' }))
    .when(sees('Owner=ada Team=blue Name=web'))
    .yields();
});

test('keys that an open request is about to set are no difference, be it its first attempt or a later one', () => {
  const ask = requested(trail('run-2'), at(5), 'Team=green', { overwrite: ['Team'] });
  const retrying = failed(ask, at(6), { class: 'throttled', retryAt: at(40) });
  for (const past of [[ask], [ask, retrying]]) {
    given(STREAM, ...PAST, ...past)
      .when(sees('Owner=ada'))
      .yields();
    given(STREAM, ...PAST, ...past)
      .when(sees('Team=red Owner=bob'))
      .yields(swept('Owner=bob'));
  }
});

test('a request that failed for good is about to set nothing', () => {
  const ask = requested(trail('run-2'), at(5), 'Name=web');
  given(STREAM, ask, failed(ask, at(6)))
    .when(sees('Name=else'))
    .yields(swept('Name=else'));
});

test('a resource that ended is left alone', () => {
  given(STREAM, ...PAST, retired(trail('end-1'), at(4)))
    .when(sees('Name=web'))
    .yields();
});

test('the same sweep records of a resource once, and another one only what differs again', () => {
  const before = [...PAST, swept('Owner=bob')];
  given(STREAM, ...before)
    .when(sees('Owner=eve Team=blue'))
    .yields();
  const next = { id: 'run-2', at: at(60) };
  const look = { cause: sweep('run-2'), at: at(60), settledAt: at(55) };
  given(STREAM, ...before)
    .when(sees('Owner=bob Team=blue', look))
    .yields();
  given(STREAM, ...before)
    .when(sees('Owner=eve Team=blue', look))
    .yields(swept('Owner=eve', [], next));
});

test('the record that tells who did it may come later: it is kept, and the sweep stays the last word', () => {
  given(STREAM, ...PAST, swept('Owner=bob'), observed(trail('c-1'), at(20), 'Owner=bob'))
    .when(sees('Owner=bob Team=blue', { cause: sweep('run-2') }))
    .yields();
});

test('tags that EC2 shows long after an end that is uncertain show that the resource exists', () => {
  const past = [observed('o1', at(0), 'Owner=bob'), retired('x1', at(1), { uncertain: 'a call failed' })];
  const look = (moment: string) =>
    observeSweep(STREAM, {
      cause: { source: 'tagledger', id: 's1', name: 'sweep' },
      at: moment,
      settledAt: moment,
      tags: tags('Owner=bob'),
    });
  given(STREAM, ...past)
    .when(look(at(120)))
    .yields();
  const [shown] = look(at(121))(stateAfter(...past), chain(past));
  assert.is(shown?.type, 'TagObserved');
  assert.is(stateAfter(...past, shown as TagEvent).uncertain, undefined);
});

test.run();
