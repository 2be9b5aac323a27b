import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { archivedOrLedger } from '../../../src/archive/archived-or-ledger.ts';
import { rebuildArchive } from '../../../src/archive/rebuild-archive.ts';
import { recordCoverage } from '../../../src/commands/record-coverage.ts';
import { recordPolicy } from '../../../src/commands/record-policy.ts';
import { transact } from '../../../src/commands/transact.ts';
import type { FindingView } from '../../../src/compliance/finding-view.ts';
import type { Group } from '../../../src/compliance/tally.ts';
import type { EventStore } from '../../../src/events/event-store.ts';
import { POLICY_STREAM } from '../../../src/events/ledger-stream.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import { FOLD_VERSION } from '../../../src/events/resource.ts';
import type { CompliancePage } from '../../../src/handlers/query/compliance-page.ts';
import { query } from '../../../src/handlers/query/query.ts';
import { ledgerFleet } from '../../../src/projections/ledger-fleet.ts';
import type { FleetReader } from '../../../src/projections/resource-at.ts';
import { memoryArchive } from '../../support/archive.ts';
import { listOf, rejectionOf } from '../../support/async.ts';
import { arn, recorded, storeOf } from '../../support/compliance/fleet.ts';
import { GONE, remembering } from '../../support/doubles.ts';
import { ADA, at, gapFound, requested, tags } from '../../support/events.ts';

const test = suite('query');

const HOME = { account: '111122223333', region: 'eu-west-1' };
const NOW = '2026-03-31T20:00:00.000Z';
const POLICY = { tagledger: 1, rules: [{ key: 'Owner' }, { key: 'Env', values: ['prod'], required: false }] };
const PRIVATE = 'salary-band-7';

const born = (id: string, text: string, recordedAt = at(1)): RecordedEvent[] =>
  recorded(arn(id), [[recordedAt, requested('r1', { birth: { tags: tags(text) } })]]);
const STREAMS = [
  ...Array.from({ length: 9 }, (_, n) =>
    born(`i-0${n}`, n % 3 === 0 ? `Owner=ada Band=${PRIVATE}` : 'Env=test'),
  ),
  recorded(arn('c1', 'cloudtrail-gap'), [[at(2), gapFound('g1')]]),
];

const opened = async (
  over: { fleet?: (fleet: FleetReader, store: EventStore) => FleetReader; timeLeft?: () => number } = {},
) => {
  const store = await storeOf(...STREAMS);
  const { account, region } = HOME;
  await recordCoverage(
    { store, eventFormat: 2, now: () => new Date(NOW) },
    { account, source: 'files', from: at(0), to: NOW, regions: [region] },
  );
  const { telemetry, lines } = remembering();
  const clock = { now: NOW };
  const fleet = ledgerFleet(store);
  const run = query({
    store,
    openFleet: () => over.fleet?.(fleet, store) ?? fleet,
    source: { table: 'ledger', version: '0.1.0' },
    now: () => new Date(clock.now),
    telemetry,
  });
  const post = async (body: unknown, event: object = {}) => {
    const answer = await run(
      { requestContext: { http: { method: 'POST' } }, body: JSON.stringify(body), ...event },
      HOME,
      over.timeLeft ?? (() => 60_000),
    );
    return { ...answer, json: JSON.parse(answer.body) };
  };
  return { store, post, clock, lines };
};

const COMPLIANCE = { question: 'compliance', policies: [{ name: 'p.json', policy: POLICY }] };

/** All pages of a question, by a limit. */
const pagesOf = async (
  post: Awaited<ReturnType<typeof opened>>['post'],
  limit: number,
  between: () => Promise<void> = async () => {},
): Promise<CompliancePage[]> => {
  const pages: CompliancePage[] = [];
  let cursor: string | null = null;
  do {
    const { statusCode, json } = await post({ ...COMPLIANCE, limit, ...(cursor && { cursor }) });
    assert.is(statusCode, 200, JSON.stringify(json));
    pages.push(json);
    ({ cursor } = json as CompliancePage);
    await between();
  } while (cursor);
  return pages;
};

test('compliance is answered as the command line answers it, with both instants', async () => {
  const { post } = await opened();
  const { statusCode, headers, json } = await post({ ...COMPLIANCE, asOf: '2026-03-31T19:00+01:00' });
  assert.is(statusCode, 200);
  assert.is(headers['content-type'], 'application/json');
  assert.equal(
    [json.asOf, json.knownAt, json.ledgerBegan, json.beforeLedger, json.cursor],
    ['2026-03-31T18:00:00.000Z', NOW, at(0), false, null],
  );
  assert.equal(json.resources, { compliant: 3, violating: 6, exempt: 0, unknown: 1 });
  assert.is(json.findings.filter(({ status }: { status: string }) => status === 'violating').length, 12);
});

test('F1: an answer says until when the archive had events, and what of it could not be read', async () => {
  const archive = memoryArchive();
  const { post, store, lines } = await opened({ fleet: (_, store) => archivedOrLedger(archive, store) });
  await rebuildArchive({ objects: archive, store, now: () => new Date(NOW) });
  const questions = [COMPLIANCE, { question: 'resource', resource: arn('i-00') }];
  const answer = async () => {
    const answers = [];
    for (const question of questions) {
      const { provenance, ...rest } = (await post(question)).json;
      answers.push({ archive: provenance.archive, rest });
    }
    return answers;
  };
  const whole = await answer();
  for (const { archive } of whole)
    assert.equal(archive, { catalogue: 1, recordedUntil: at(2), damage: null });
  const segment =
    (await listOf(archive.list('segments/'))).find((name) => name.endsWith('.outlines.gz')) ?? '';
  await archive.put(segment, new Uint8Array([1]));
  const [damaged] = await answer();
  assert.equal(damaged?.rest, whole[0]?.rest);
  assert.match(damaged?.archive.damage, `${segment} in the archive does not fit its digest`);
  assert.match(JSON.stringify(lines), 'the archive is damaged');
});

test('every answer says which version of the fold made it, and an error does not', async () => {
  const { post } = await opened();
  for (const question of [
    COMPLIANCE,
    { ...COMPLIANCE, limit: 1 },
    { question: 'resource', resource: arn('i-00') },
    { question: 'resource', resource: arn('i-00'), asOf: '2020-01-01' },
  ]) {
    assert.is((await post(question)).json.foldVersion, FOLD_VERSION, JSON.stringify(question));
  }
  assert.equal(Object.keys((await post({ question: 'resource', resource: arn('i-99') })).json), ['error']);
});

test('every answer says what it rests on', async () => {
  const { post } = await opened();
  for (const question of [
    { ...COMPLIANCE, limit: 1 },
    { question: 'resource', resource: arn('i-00') },
  ]) {
    assert.equal((await post(question)).json.provenance, {
      ledger: 'dynamodb:ledger',
      mode: 'live',
      archive: null,
      tool: 'tagledger 0.1.0',
      askedAt: NOW,
    });
  }
});

test('pages of any size hold together what one page holds, and their counts add up', async () => {
  const { post } = await opened();
  const [whole, ...more] = await pagesOf(post, 1_000);
  assert.is(more.length, 0);
  for (const limit of [1, 2, 3, 5, 7]) {
    const pages = await pagesOf(post, limit);
    assert.ok(pages.length > 1);
    assert.equal(
      pages.flatMap(({ findings }) => findings),
      whole?.findings,
    );
    const violating = pages.reduce((sum, { resources }) => sum + resources.violating, 0);
    assert.is(violating, whole?.resources.violating);
  }
});

test('later pages tell of the moment of the first one, however the ledger grows and the time goes on', async () => {
  const { post: steady } = await opened();
  const expected = await pagesOf(steady, 1);
  const { store, post, clock } = await opened();
  let n = 0;
  const pages = await pagesOf(post, 1, async () => {
    clock.now = new Date(Date.parse(clock.now) + 60_000).toISOString();
    for (const event of born(`i-0${n}${n++}`, 'Env=late', clock.now)) await store.append(event);
  });
  // Only when it was asked is of each page.
  const answered = (some: readonly CompliancePage[]) => some.map((page) => ({ ...page, provenance: null }));
  assert.equal(answered(pages), answered(expected));
});

test('a page ends before its time does, and the next one goes on', async () => {
  const { post } = await opened({ timeLeft: () => 1_000 });
  const pages = await pagesOf(post, 1_000);
  assert.is(pages.length, STREAMS.length);
});

test('a page stays below what Lambda can send, however much is found', async () => {
  const rules = Array.from({ length: 400 }, (_, n) => ({ key: `Key${n}${'x'.repeat(100)}` }));
  const { post } = await opened();
  const { body, json } = await post({
    ...COMPLIANCE,
    policies: [{ policy: { tagledger: 1, rules } }],
    limit: 10_000,
  });
  assert.ok(json.cursor);
  assert.ok(Buffer.byteLength(JSON.stringify(body)) < 6_000_000);
});

test('without a status nothing is listed, and the counts are of the whole selection', async () => {
  const { post } = await opened();
  const { json } = await post({
    ...COMPLIANCE,
    status: [],
    by: 'creator',
    selection: { type: ['instance'] },
  });
  assert.equal([json.findings, json.cursor], [[], null]);
  assert.equal(json.groups, [{ group: 'ada', compliant: 3, violating: 6, exempt: 0, unknown: 1 }]);
});

test('the creator is asked for by the old name, too', async () => {
  const { post } = await opened();
  const answer = async (by: string, selection: object) =>
    (await post({ ...COMPLIANCE, status: [], by, selection })).json;
  const all = await answer('creator', { type: ['instance'] });
  assert.equal(await answer('owner', { type: ['instance'], owner: ['ada'] }), all);
  assert.equal(await answer('creator', { type: ['instance'], creator: ['ada'] }), all);
  assert.equal((await answer('creator', { owner: ['eve'] })).groups, []);
});

test('a cursor of another question, a changed one, and none at all get one clear sentence', async () => {
  const { post } = await opened();
  const { cursor } = (await post({ ...COMPLIANCE, limit: 1 })).json;
  const changed = (change: (parts: unknown[]) => void) => {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    change(parts);
    return Buffer.from(JSON.stringify(parts)).toString('base64url');
  };
  for (const body of [
    { ...COMPLIANCE, cursor, by: 'creator' },
    { ...COMPLIANCE, cursor, asOf: '2026-03-31' },
    { ...COMPLIANCE, cursor, selection: { account: ['111122223333'] } },
    {
      ...COMPLIANCE,
      cursor,
      policies: [{ name: 'p.json', policy: { tagledger: 1, rules: [{ key: 'Env' }] } }],
    },
    { ...COMPLIANCE, cursor: cursor.slice(0, -4) },
    { ...COMPLIANCE, cursor: 'nonsense' },
    { ...COMPLIANCE, cursor: changed((parts) => parts.splice(2, 1, '2026-04-30T00:00:00.000Z')) },
    { ...COMPLIANCE, cursor: changed((parts) => parts.splice(4, 1, arn('i-05'))) },
    { ...COMPLIANCE, cursor: changed((parts) => parts.push(1)) },
  ]) {
    const { statusCode, json } = await post(body);
    assert.is(statusCode, 400);
    assert.match(json.error, 'This cursor does not belong to this question.');
  }
  assert.is((await post({ ...COMPLIANCE, cursor, limit: 7 })).statusCode, 200);
});

test('a resource is answered at a moment, by id at home and by ARN', async () => {
  const { post } = await opened();
  for (const resource of ['i-00', arn('i-00')]) {
    const { statusCode, json } = await post({ question: 'resource', resource, asOf: at(30) });
    assert.is(statusCode, 200);
    assert.equal([json.arn, json.standing, json.asOf, json.knownAt], [arn('i-00'), 'exists', at(30), NOW]);
  }
});

test('a resource that the ledger never heard of is 404', async () => {
  const { post } = await opened();
  const { statusCode, json } = await post({ question: 'resource', resource: 'i-0ffff' });
  assert.is(statusCode, 404);
  assert.match(json.error, /^This ledger does not know .*i-0ffff\. /);
});

/** A policy that comes into force in the ledger. */
const putIntoForce = (store: EventStore, policy: object, effectiveAt: string, now: string) =>
  transact(
    { store, eventFormat: 1, now: () => new Date(now) },
    POLICY_STREAM,
    recordPolicy({
      policy: JSON.stringify(policy),
      files: [{ name: 'p.json', text: JSON.stringify(policy) }],
      who: ADA,
      effectiveAt,
    }),
  );
const OTHER = { tagledger: 1, rules: [{ key: 'Band' }] };

test('without a policy it is the recorded one in force at asOf, or at policyAt, as known at knownAt', async () => {
  const { store, post } = await opened();
  const rulesOf = async (question: object) =>
    (await post({ question: 'compliance', ...question })).json.groups.map(({ group }: Group) => group);
  await putIntoForce(store, OTHER, at(0), at(3));
  assert.equal(await rulesOf({}), ['Band:required']);
  await putIntoForce(store, POLICY, at(10), at(20));
  assert.ok((await rulesOf({})).includes('Owner:required'));
  assert.equal(await rulesOf({ asOf: at(9) }), ['Band:required']);
  assert.ok((await rulesOf({ asOf: at(10) })).includes('Owner:required'));
  assert.equal(await rulesOf({ asOf: at(10), knownAt: at(19) }), ['Band:required']);
  assert.equal(await rulesOf({ policyAt: at(9) }), ['Band:required']);
  assert.ok((await rulesOf({ policyAt: at(10) })).includes('Owner:required'));
  assert.equal(await rulesOf({ policyAt: at(10), knownAt: at(19) }), ['Band:required']);
});

test('of a recorded policy whose pattern is refused today, what the pattern asks is unknown and the rest is answered', async () => {
  const { store, post } = await opened();
  const rules = [{ key: 'Owner', notEmpty: true, pattern: '(?!none).+' }];
  await putIntoForce(store, { tagledger: 1, rules }, at(0), at(3));
  const { statusCode, json } = await post({ question: 'compliance' });
  assert.is(statusCode, 200);
  const counts = ({ compliant, violating, unknown }: Group) => ({
    known: compliant + violating > 0,
    unknown: unknown > 0,
  });
  assert.equal(
    json.groups.map((group: Group) => [group.group, counts(group)]),
    [
      ['Owner:not-empty', { known: true, unknown: true }],
      ['Owner:pattern', { known: false, unknown: true }],
      ['Owner:required', { known: true, unknown: true }],
    ],
  );
  const reasons = json.findings
    .filter(({ rule }: FindingView) => rule === 'Owner:pattern')
    .map(({ reason }: FindingView) => reason);
  assert.ok(
    reasons.some((reason: string) =>
      /^the pattern that the recorded policy has for the value of Owner has a lookahead, .*; then record the policy anew with `tagledger policy record FILE`$/.test(
        reason,
      ),
    ),
    reasons.join('; '),
  );
});

test('a recorded policy that changes between two pages ends the answer in one sentence', async () => {
  const { store, post } = await opened();
  await putIntoForce(store, POLICY, at(0), at(3));
  const { cursor } = (await post({ question: 'compliance', limit: 1 })).json;
  assert.is((await post({ question: 'compliance', limit: 1, cursor })).statusCode, 200);
  await putIntoForce(store, OTHER, at(4), at(5));
  const { statusCode, json } = await post({ question: 'compliance', limit: 1, cursor });
  assert.is(statusCode, 400);
  assert.match(json.error, 'This cursor is of an answer under another policy. Ask again without it.');
});

test('no policy at all is 400, and asks for one', async () => {
  const { store, post } = await opened();
  const { statusCode, json } = await post({ question: 'compliance' });
  assert.is(statusCode, 400);
  assert.match(
    json.error,
    /^No policy was in force at \S+Z: none had been recorded by \S+Z\. Pass policies, /,
  );
  await putIntoForce(store, OTHER, at(5), at(6));
  const early = await post({ question: 'compliance', asOf: at(4) });
  assert.is(early.statusCode, 400);
  assert.is(
    early.json.error,
    `No policy was in force at ${at(4)}. The first is in force since ${at(5)}. Pass policies, or policyAt ${at(5)}.`,
  );
});

for (const [what, body, event, words] of [
  ['no JSON', undefined, { body: '{"question":' }, 'body'],
  ['no body', undefined, { body: undefined }, 'There is no question. Send a POST request'],
  [
    'another method',
    {},
    { requestContext: { http: { method: 'GET' } } },
    'There is no question. Send a POST request',
  ],
  ['no function URL’s', {}, { requestContext: null }, 'There is no question. Send a POST request'],
  ['an unknown question', { question: 'why' }, {}, 'question'],
  ['an unknown member', { ...COMPLIANCE, colour: 'red' }, {}, 'colour'],
  [
    'a bad moment',
    { ...COMPLIANCE, asOf: 'yesterday' },
    {},
    'The value "yesterday" of asOf is not a date or a time.',
  ],
  ['a time without a zone', { ...COMPLIANCE, asOf: '2026-03-31T23:59' }, {}, 'has no zone. Add Z or +02:00'],
  ['an unknown type', { ...COMPLIANCE, selection: { type: ['instnce'] } }, {}, 'did you mean "instance"?'],
  ['half an account', { ...COMPLIANCE, selection: { account: ['1111'] } }, {}, 'expected the 12 digits'],
  ['no Region', { ...COMPLIANCE, selection: { region: ['Ireland'] } }, {}, 'the name of a Region'],
  ['a bad limit', { ...COMPLIANCE, limit: 0 }, {}, 'limit'],
  ['a bad policy', { ...COMPLIANCE, policies: [{ policy: { rules: [] } }] }, {}, 'The policy cannot be used'],
  [
    'a pattern that could take for ever',
    {
      ...COMPLIANCE,
      policies: [{ policy: { tagledger: 1, rules: [{ key: 'Owner', pattern: '(?=(a+)+b).*' }] } }],
    },
    {},
    'rules[0].pattern: has a lookahead, "(?=...)"',
  ],
  [
    'a policy and a time of one',
    { ...COMPLIANCE, policyAt: '2026-03-31' },
    {},
    'policyAt and policies cannot be used together.',
  ],
  ['no resource', { question: 'resource', resource: 'web-server' }, {}, 'web-server'],
] as const) {
  test(`${what} is 400 with one sentence`, async () => {
    const { post } = await opened();
    const { statusCode, json } = await post(body, event);
    assert.is(statusCode, 400);
    assert.equal(Object.keys(json), ['error']);
    assert.match(json.error, words);
    assert.is(json.error.split('\n').length, 1);
  });
}

test('a body in base64 is read', async () => {
  const { post } = await opened();
  const body = Buffer.from(JSON.stringify(COMPLIANCE)).toString('base64');
  assert.is((await post(undefined, { body, isBase64Encoded: true })).statusCode, 200);
});

test('what goes wrong otherwise is thrown, so that the caller learns nothing of it', async () => {
  const { post } = await opened({
    fleet: (fleet) => ({ ...fleet, span: () => Promise.reject(GONE) }),
  });
  assert.is(await rejectionOf(post(COMPLIANCE)), GONE);
});

test('supports evidence for CC6.7: no log line holds a tag value', async () => {
  const { post, lines } = await opened();
  const { body } = await post({ question: 'resource', resource: 'i-00' });
  await post({ ...COMPLIANCE, status: ['compliant', 'violating'] });
  assert.match(body, PRIVATE);
  assert.ok(lines.length > 0);
  assert.not.match(JSON.stringify(lines), PRIVATE);
});

test.run();
