import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceAtView } from '../../src/projections/resource-at-view.ts';
import { ALL_HEARD, recorded } from '../support/compliance/fleet.ts';
import { ADA, at, gapFound, observed, requested, retired, STREAM, tags } from '../support/events.ts';

const test = suite('the view of a resource at a moment');

const events = recorded(STREAM, [
  [at(1), requested('r1', at(0), { birth: { tags: tags('App=shop') } })],
  [at(60), retired('gone', at(59))],
]);
const viewAt = (asOf: string, knownAt = at(99)) =>
  resourceAtView(STREAM, events, { asOf, knownAt }, ALL_HEARD);

test('a resource that existed has its tags and its maker, and both instants', () => {
  const view = viewAt(at(30));
  assert.equal(
    [view.standing, view.tags, view.createdBy, view.createdAt, view.retiredAt, view.asOf, view.knownAt],
    ['exists', tags('App=shop'), ADA, at(0), null, at(30), at(99)],
  );
});

test('one that had ended says so, and one whose end was not known yet does not', () => {
  assert.equal([viewAt(at(59)).standing, viewAt(at(59)).retiredAt], ['retired', at(59)]);
  assert.is(viewAt(at(59), at(59)).standing, 'exists');
});

test('one that is made later is unborn, where that was known', () => {
  const before = '2026-03-31T11:00:00.000Z';
  assert.equal([viewAt(before).standing, viewAt(before).createdAt], ['unborn', at(0)]);
  assert.is(viewAt(before, at(0)).standing, 'unknown');
});

test('one whose birth was never seen is unknown, with the tags that are known', () => {
  const changed = recorded(STREAM, [[at(5), observed('o1', at(4))]]);
  const view = resourceAtView(STREAM, changed, { asOf: at(9), knownAt: at(9) }, ALL_HEARD);
  assert.equal([view.standing, view.tags, view.createdAt], ['unknown', tags('Owner=bob'), null]);
  assert.is(resourceAtView(STREAM, changed, { asOf: at(3), knownAt: at(9) }, ALL_HEARD).standing, 'unknown');
});

test('what stands for the resources of a call is none itself', () => {
  const gap = recorded(STREAM, [[at(1), gapFound('g1')]]);
  assert.is(resourceAtView(STREAM, gap, { asOf: at(9), knownAt: at(9) }, ALL_HEARD).standing, 'gap');
});

test('beyond the horizon it is unheard, with the last tags that are known; an end is known for ever', () => {
  const until = (heardUntil: string) => ({ ...ALL_HEARD, heardUntil });
  const late = { asOf: at(50), knownAt: at(99) };
  const view = resourceAtView(STREAM, events, late, until(at(30)));
  assert.equal([view.standing, view.tags, view.horizon.isBeyond], ['unheard', tags('App=shop'), true]);
  assert.is(resourceAtView(STREAM, events, late, until(at(40))).standing, 'exists');
  assert.is(resourceAtView(STREAM, events, { ...late, asOf: at(90) }, until(at(59))).standing, 'retired');
});

test.run();
