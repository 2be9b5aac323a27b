import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assess } from '../../src/compliance/assess.ts';
import { frameOf } from '../../src/compliance/frame.ts';
import type { Selection } from '../../src/compliance/selection.ts';
import type { Policy } from '../../src/policies/policy.ts';
import { horizonView } from '../../src/projections/horizon.ts';
import type { Moment } from '../../src/projections/resource-at.ts';
import { flatListOf } from '../support/async.ts';
import {
  ALL_HEARD,
  arn,
  fleetOf,
  GIVEN,
  inferredHorizon,
  recorded,
  requires,
} from '../support/compliance/fleet.ts';
import { applied, at, chain, gapFound, observed, requested, retired, tags } from '../support/events.ts';

const test = suite('compliance of a fleet at a moment');

const born = (text: string) => requested('r1', { birth: { tags: tags(text) } });
const GOOD = arn('i-01');
const BAD = arn('i-02');
const ENDED = arn('i-03');
const STRANGE = arn('i-04');
const VOLUME = arn('vol-01', 'volume', '444455556666', 'us-east-1');
const GAP = arn('c1', 'cloudtrail-gap');

const fleet = await fleetOf(
  recorded(GOOD, [[at(1), born('Owner=ada Env=prod')]]),
  recorded(BAD, [
    [at(1), born('App=shop')],
    [at(30), applied('a1', at(10))],
  ]),
  recorded(ENDED, [
    [at(1), born('App=shop')],
    [at(21), retired('x1', at(20))],
  ]),
  recorded(STRANGE, [[at(6), observed('o1', at(5))]]),
  recorded(VOLUME, [
    [
      at(1),
      requested('r1', {
        who: { name: 'bob', kind: 'IAMUser', arn: 'arn:aws:iam::444455556666:user/bob' },
        birth: { tags: [] },
      }),
    ],
  ]),
  recorded(GAP, [[at(8), gapFound('g1', at(7))]]),
);

const statuses = async (moment: Moment, selection: Selection = {}, policy: Policy = requires('Owner')) =>
  Object.fromEntries(
    (await flatListOf(assess(fleet, { policy, selection, moment, horizon: ALL_HEARD }))).map(
      ({ resource, status }) => [resource.arn, status],
    ),
  );
const LATE = { asOf: at(50), knownAt: at(60) };

test('a resource counts from its birth until its retirement', async () => {
  assert.equal((await statuses({ asOf: at(4), knownAt: at(60) }))[ENDED], 'violating');
  assert.equal((await statuses({ asOf: at(19), knownAt: at(60) }))[ENDED], 'violating');
  assert.is((await statuses({ asOf: at(20), knownAt: at(60) }))[ENDED], undefined);
  assert.equal(await statuses({ asOf: '2026-03-31T11:59:59.999Z', knownAt: at(60) }), {});
});

test('what became true later changes nothing, nor does what was recorded later', async () => {
  assert.is((await statuses({ asOf: at(9), knownAt: at(60) }))[BAD], 'violating');
  assert.is((await statuses({ asOf: at(10), knownAt: at(60) }))[BAD], 'compliant');
  assert.is((await statuses({ asOf: at(10), knownAt: at(29) }))[BAD], 'violating');
});

test('a resource whose birth was never seen is unknown, also where it has what is asked', async () => {
  const [strange] = (
    await flatListOf(
      assess(fleet, { policy: requires('Owner'), selection: {}, moment: LATE, horizon: ALL_HEARD }),
    )
  ).filter(({ resource }) => resource.arn === STRANGE);
  assert.is(strange?.status, 'unknown');
  assert.equal(
    strange?.findings.map(({ status }) => status),
    ['unknown'],
  );
  assert.match(strange?.findings[0]?.reason ?? '', 'creation was not recorded');
});

test('the resources of a call that nothing tells are unknown, with the reason', async () => {
  const found = await flatListOf(
    assess(fleet, { policy: requires('Owner'), selection: {}, moment: LATE, horizon: ALL_HEARD }),
  );
  const gap = found.find(({ resource }) => resource.arn === GAP);
  assert.is(gap?.status, 'unknown');
  assert.match(gap?.findings[0]?.reason ?? '', 'CloudTrail left out');
});

test('what may have ended is unknown from then on, with the reason, and was judged before', async () => {
  const PERHAPS = arn('i-05');
  const lost = retired('x1', at(20), { uncertain: 'a call failed for another instance' });
  const some = await fleetOf(chain([{ ...born('App=shop'), effectiveAt: at(1) }, lost], PERHAPS));
  const findingAt = async (asOf: string) => {
    const moment = { asOf, knownAt: '2026-03-31T23:00:00.000Z' };
    const asked = { policy: requires('Owner'), selection: {}, moment, horizon: ALL_HEARD };
    const [found] = await flatListOf(assess(some, asked));
    return found?.findings[0];
  };
  assert.is((await findingAt(at(19)))?.status, 'violating');
  assert.is((await findingAt(at(20)))?.status, 'unknown');
  assert.is(
    (await findingAt(at(50)))?.reason,
    `it is not known whether it exists since ${at(20)}: a call failed for another instance`,
  );
});

test('a resource is as bad as the worst that is said of it', async () => {
  const both = await statuses(LATE, {}, requires('Owner', 'Env'));
  assert.equal([both[GOOD], both[BAD]], ['compliant', 'violating']);
});

test('a resource that no rule concerns is left out', async () => {
  assert.equal(await statuses(LATE, {}, { ...requires(), judge: () => [] }), {});
});

for (const [what, selection, expected] of [
  ['an account', { account: ['444455556666'] }, [VOLUME]],
  ['a Region', { region: ['us-east-1', 'eu-north-1'] }, [VOLUME]],
  ['a type, with the calls whose resources may be of it', { type: ['volume'] }, [GAP, VOLUME]],
  ['a creator by name', { creator: ['bob'] }, [VOLUME]],
  ['a creator by ARN', { creator: ['arn:aws:iam::444455556666:user/bob'] }, [VOLUME]],
  ['nobody knows whom', { creator: ['unknown'] }, [STRANGE]],
  ['a tag, with what may bear it unseen', { tag: tags('Env=prod') }, [GAP, GOOD, STRANGE]],
  ['a tag that what is unseen bears otherwise', { tag: tags('Owner=ada') }, [GAP, GOOD, BAD]],
  ['several things at once', { type: ['instance'], tag: tags('Env=prod Owner=ada') }, [GAP, GOOD]],
] as const) {
  test(`a selection by ${what} holds these alone, sorted`, async () => {
    assert.equal(Object.keys(await statuses(LATE, selection)), [...expected]);
  });
}

test('the frame tells where the ledger begins, and whether that is too late', async () => {
  const policy = requires('Owner');
  const frameAt = async (moment: Moment) =>
    frameOf(await inferredHorizon(fleet, moment.knownAt), { policy, source: GIVEN }, moment);
  assert.equal(await frameAt(LATE), {
    ...LATE,
    policy: policy.id,
    policySource: GIVEN,
    horizon: horizonView(await inferredHorizon(fleet, LATE.knownAt), LATE.asOf),
    ledgerBegan: at(0),
    beforeLedger: false,
  });
  assert.is((await frameAt({ asOf: '2026-03-31T11:59:59.999Z', knownAt: at(60) })).beforeLedger, true);
  const empty = await frameAt({ asOf: at(9), knownAt: at(0) });
  assert.equal([empty.ledgerBegan, empty.beforeLedger], [null, true]);
});

test('a fleet goes on behind an ARN, so that it can be read in pages', async () => {
  const all = Object.keys(await statuses(LATE));
  for (const [i, after] of all.entries()) {
    const rest = await flatListOf(
      assess(
        fleet,
        { policy: requires('Owner'), selection: {}, moment: LATE, horizon: ALL_HEARD },
        after as typeof GOOD,
      ),
    );
    assert.equal(
      rest.map(({ resource }) => resource.arn),
      all.slice(i + 1),
    );
  }
});

test.run();
