import { suite } from 'uvu';
import { recordSighting } from '../../src/commands/record-sighting.ts';
import { eventIdOf, type TagObserved } from '../../src/events/tag-event.ts';
import { at, created, observed, retired, STREAM, tags } from '../support/events.ts';
import { given } from '../support/given.ts';

const test = suite('record what a baseline shows');

const shows = (text: string, minute = 30) =>
  recordSighting({ arn: STREAM, at: at(minute), tags: tags(text) });

const sighting = (text: string, minute = 30): TagObserved => ({
  type: 'TagObserved',
  eventId: eventIdOf(
    'baseline',
    STREAM,
    JSON.stringify([at(minute), tags(text).map(({ key, value }) => [key, value])]),
  ),
  effectiveAt: at(minute),
  cause: { source: 'tagledger', id: at(minute), name: 'baseline' },
  how: 'sweep',
  set: tags(text),
  removed: [],
  complete: { settledAt: at(minute - 10) },
});

test('a resource without tags is recorded, because it existed', () => {
  given(STREAM).when(shows('')).yields(sighting(''));
});

test('all of its tags are recorded, sorted by key', () => {
  given(STREAM).when(shows('Owner=ada App=shop')).yields(sighting('App=shop Owner=ada'));
});

test('it is recorded also where the ledger says the same, and where it says that the resource had ended', () => {
  given(STREAM, created('c1', at(0), 'App=shop'))
    .when(shows('App=shop'))
    .yields(sighting('App=shop'));
  given(STREAM, retired('x1', at(20)))
    .when(shows('App=shop'))
    .yields(sighting('App=shop'));
});

test('other tags at the same moment, and the same tags at another moment, are other facts', () => {
  given(STREAM, sighting('App=shop')).when(shows('App=bank')).yields(sighting('App=bank'));
  given(STREAM, sighting('App=shop'), observed('o1'))
    .when(shows('App=shop', 40))
    .yields(sighting('App=shop', 40));
});

test.run();
