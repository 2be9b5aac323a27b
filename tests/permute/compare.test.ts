import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Life, TagChange } from '../reference/answers.ts';
import { creation, tagChangeEvent, tagging } from '../reference/records.ts';
import { differencesByOrder, differencesFromReference } from './compare.ts';
import { momentsOf } from './moments.ts';
import { permuteTrail } from './permute-trail.ts';
import type { ProductAnswers } from './product-answers.ts';

const test = suite('the comparison with the reference');

const ID = 'vol-0a1b2c3d4e5f60718';
const AT = '2026-03-02T10:00:00.000Z';
const LIFE: Life = { created: AT, creator: 'ana', ended: null, ender: null, uncertain: null };
const CHANGE: TagChange = { at: AT, key: 'Owner', before: null, after: 'a', actor: 'ana', unordered: false };
const OTHER: TagChange = { ...CHANGE, key: 'Env' };
const SNAPSHOT = { lives: [LIFE], tags: { Owner: 'a', Env: 'a' } };
const ANSWERS: ProductAnswers = {
  now: SNAPSHOT,
  asOf: [SNAPSHOT],
  changes: [CHANGE, OTHER],
  timeline: { bornAt: AT },
};

const kindsOf = (over: Partial<ProductAnswers>): string[] =>
  differencesFromReference(new Map([[ID, ANSWERS]]), new Map([[ID, { ...ANSWERS, ...over }]]), [AT]).map(
    ({ kind }) => kind,
  );

test('equal answers do not differ', () => {
  const reordered = { lives: [LIFE], tags: { Env: 'a', Owner: 'a' } };
  assert.equal(kindsOf({ now: reordered }), []);
});

test('each kind of difference has its name', () => {
  assert.equal(kindsOf({ now: { ...SNAPSHOT, tags: { Owner: 'a' } } }), ['now: tags']);
  assert.equal(kindsOf({ asOf: [{ ...SNAPSHOT, tags: {} }] }), ['as of: tags']);
  assert.equal(kindsOf({ now: { ...SNAPSHOT, lives: [LIFE, LIFE] } }), ['now: number of lives']);
  for (const member of ['created', 'creator', 'ended', 'ender', 'uncertain'] as const) {
    const lives = [{ ...LIFE, [member]: 'another' }];
    assert.equal(kindsOf({ now: { ...SNAPSHOT, lives } }), [`now: ${member}`]);
  }
  assert.equal(kindsOf({ changes: [CHANGE] }), ['changes: missing']);
  assert.equal(kindsOf({ changes: [CHANGE, OTHER, OTHER] }), ['changes: invented']);
  assert.equal(kindsOf({ changes: [CHANGE, { ...OTHER, actor: null }] }), ['changes: actor']);
  assert.equal(kindsOf({ changes: [CHANGE, { ...OTHER, unordered: true }] }), ['changes: unordered']);
  assert.equal(kindsOf({ changes: [OTHER, CHANGE] }), ['changes: order']);
});

test('a resource that only one side knows differs', () => {
  const none = new Map<string, ProductAnswers>();
  const some = new Map([[ID, ANSWERS]]);
  assert.ok(differencesFromReference(some, none, [AT]).some(({ kind }) => kind === 'now: number of lives'));
  assert.ok(differencesFromReference(none, some, [AT]).some(({ kind }) => kind === 'changes: invented'));
});

test('answers of two orders differ by part, timelines included', () => {
  const other = { ...ANSWERS, timeline: { bornAt: null } };
  assert.equal(differencesByOrder(new Map([[ID, ANSWERS]]), new Map([[ID, ANSWERS]])), []);
  assert.equal(
    differencesByOrder(new Map([[ID, ANSWERS]]), new Map([[ID, other]])).map(({ kind }) => kind),
    ['by order: timeline'],
  );
});

test('the product and the reference agree on a trail without any difficulty', async () => {
  const records = [
    creation({ id: 'a', at: '2026-03-02T10:00:00Z' }, ID, { Owner: 'a' }),
    tagging({ id: 'b', at: '2026-03-02T11:00:00Z', by: 'eve' }, [ID], { Owner: 'b', Env: 'p' }),
    tagging({ id: 'c', at: '2026-03-02T12:00:00Z', by: 'bob' }, [ID], { Owner: 'c' }),
  ];
  assert.equal(await permuteTrail(records, 1), []);
});

test('the ends of each second are asked about, and moments inside only where one source tells', () => {
  const call = tagging({ id: 'a', at: '2026-03-02T10:00:00Z' }, [ID], { Owner: 'a' });
  const event = (clock: string) =>
    tagChangeEvent({ id: clock, at: `2026-03-02T${clock}Z` }, ID, { changed: [], tags: {}, version: 1 });
  const clocks = momentsOf([call, event('10:00:00.300'), event('10:00:07.500')]).map((at) =>
    at.slice(11, 23),
  );
  assert.equal(clocks, [
    '09:59:59.999',
    '10:00:00.999',
    '10:00:06.999',
    '10:00:07.499',
    '10:00:07.500',
    '10:00:07.999',
  ]);
});

test.run();
