import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { asffBatches, asffOf } from '../../src/compliance/asff.ts';
import type { Assessed } from '../../src/compliance/assess.ts';
import type { Frame } from '../../src/compliance/frame.ts';
import { ocsfOf } from '../../src/compliance/ocsf.ts';
import type { ComplianceFinding, ComplianceStatus } from '../../src/policies/policy.ts';
import { listOf } from '../support/async.ts';
import { AsffSchema, BatchSchema } from '../support/compliance/asff-schema.ts';
import { arn, GIVEN } from '../support/compliance/fleet.ts';
import { problemsIn } from '../support/compliance/ocsf-schema.ts';
import { ADA, at, tags } from '../support/events.ts';

const test = suite('findings as OCSF and as ASFF');

const FRAME: Frame = {
  asOf: at(30),
  knownAt: at(40),
  policy: 'p1',
  horizon: { heardUntil: at(60), basis: 'recorded', isBeyond: false, silentAccounts: [] },
  ledgerBegan: at(0),
  beforeLedger: false,
  policySource: GIVEN,
};

const found = (
  over: Partial<ComplianceFinding> = {},
  resource: Partial<Assessed['resource']> = {},
): [Assessed, ComplianceFinding] => {
  const finding: ComplianceFinding = {
    rule: {
      id: 'Owner:required',
      says: 'every resource must have the tag Owner',
      key: 'Owner',
      source: { file: 'p.json', place: 'rules[0]' },
    },
    status: 'violating',
    reason: 'it does not have the tag Owner',
    value: null,
    ...over,
  };
  const then = {
    arn: arn('i-0abc'),
    born: { at: at(0), who: ADA },
    tags: tags('App=shop Empty='),
    ...resource,
  };
  return [{ resource: then, status: finding.status, isUnheard: false, findings: [finding] }, finding];
};

const asff = (...of: Parameters<typeof found>) => asffOf(...found(...of), FRAME);
const TOOL = { toolVersion: '1.2.3' };
const ocsf = (...of: Parameters<typeof found>) => ocsfOf(...found(...of), FRAME, TOOL);
const unborn = { arn: arn('vol-0abc', 'volume', '444455556666', 'cn-north-1'), tags: [] };

test('the creator is never called the owner, which is what the Owner tag says', () => {
  const owned = { tags: tags('Owner=team-a') };
  const { resources, unmapped } = ocsf({}, owned);
  const account = { uid: '111122223333', type_id: 10, type: 'AWS Account' };
  assert.equal(resources[0]?.owner, { name: 'team-a', type_id: 0, type: 'Unknown', account });
  assert.is(unmapped?.creator?.name, 'ada');
  assert.is(ocsf().resources[0]?.owner, undefined);
  const { ProductFields } = asff({}, owned);
  assert.is(ProductFields['tagledger/creator'], 'ada');
  assert.not('tagledger/owner' in ProductFields);
});

test('whatever is found of whatever resource, OCSF and ASFF are valid', () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('x'.repeat(5_000), `x${'🔥'.repeat(3_000)}`, '\u2028\n'),
  );
  const anyTags = fc.uniqueArray(
    fc.record({
      key: fc.oneof(fc.constantFrom('__proto__', 'constructor'), fc.string({ minLength: 1, maxLength: 127 })),
      value: fc.string({ maxLength: 256 }),
    }),
    { selector: ({ key }) => key, maxLength: 5 },
  );
  const born = fc.option(
    fc.record({
      at: fc.constantFrom(at(0), at(50)),
      who: fc.constantFrom(ADA, { name: '', kind: 'Unknown' }),
    }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(
      fc.constantFrom<ComplianceStatus>('compliant', 'violating', 'exempt', 'unknown'),
      wild,
      wild,
      anyTags,
      born,
      (status, reason, says, tagList, birth) => {
        const rule = { ...found()[1].rule, id: `${says.slice(0, 600)}x`, says };
        const over = { status, reason, rule };
        const resource = {
          arn: unborn.arn,
          tags: tagList.filter(({ key }) => /\S/.test(key)),
          ...(birth && { born: birth }),
        };
        const [one, finding] = found(over, resource);
        const { born: _, ...rest } = one.resource;
        const assessed = { ...one, resource: birth ? one.resource : rest };
        const { issues } = v.safeParse(AsffSchema, asffOf(assessed, finding, FRAME));
        assert.equal(issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`) ?? [], []);
        assert.equal(problemsIn(ocsfOf(assessed, finding, FRAME, TOOL)), []);
      },
    ),
    { numRuns: 60 },
  );
});

test('the schemas would find what is wrong', () => {
  const { time, ...timeless } = ocsf();
  assert.ok(time > 0);
  assert.equal(problemsIn(timeless), ['$.time: is missing']);
  assert.equal(problemsIn({ ...ocsf(), severity_id: 9 }), [
    '$.severity_id: is none of 0, 1, 2, 3, 4, 5, 6, 99',
  ]);
  assert.equal(problemsIn({ ...ocsf(), compliance: { control: 1, colour: 'red' } }), [
    '$.compliance.control: is no string',
    '$.compliance.colour: is unknown',
  ]);
  assert.not(v.is(AsffSchema, { ...asff(), Title: 'x'.repeat(257) }));
  assert.not(v.is(AsffSchema, { ...asff(), Description: ' ' }));
  assert.not(v.is(AsffSchema, { ...asff(), Colour: 'red' }));
});

for (const [status, id, name, label, became] of [
  ['compliant', 1, 'PASSED', 'INFORMATIONAL', 'Resolved'],
  ['violating', 3, 'FAILED', 'MEDIUM', 'New'],
  ['exempt', 99, 'WARNING', 'INFORMATIONAL', 'Suppressed'],
  ['unknown', 0, 'NOT_AVAILABLE', 'LOW', 'Unknown'],
] as const) {
  test(`${status} is ${name} in ASFF and status ${id} in OCSF`, () => {
    assert.is(asff({ status }).Compliance.Status, name);
    assert.is(asff({ status }).Severity.Label, label);
    assert.is(ocsf({ status }).compliance.status_id, id);
    assert.is(ocsf({ status }).status, became);
    assert.is('remediation' in ocsf({ status }), status === 'violating');
  });
}

test('a finding has the same id at every moment and whatever is found, and another for each rule and resource', () => {
  const [assessed, finding] = found();
  const later = { ...FRAME, asOf: at(50), knownAt: at(60) };
  const ids = [asff(), asff({ status: 'compliant' }), asffOf(assessed, finding, later)].map(({ Id }) => Id);
  assert.is(new Set(ids).size, 1);
  assert.is.not(asff({}, unborn).Id, ids[0]);
  assert.is.not(asff({ rule: { ...finding.rule, id: 'Env:required' } }).Id, ids[0]);
  assert.is(ocsf().finding_info.uid, ocsfOf(assessed, finding, later, TOOL).finding_info.uid);
  assert.is.not(ocsf().metadata.uid, ocsfOf(assessed, finding, later, TOOL).metadata.uid);
});

test('Security Hub hears what the ledger knew when, so that an older answer replaces no newer one', () => {
  assert.equal([asff().CreatedAt, asff().UpdatedAt], [at(0), FRAME.knownAt]);
});

test('the product is the integration of the resource’s own account and Region, unless another is named', () => {
  assert.is(
    asff({}, unborn).ProductArn,
    'arn:aws-cn:securityhub:cn-north-1:444455556666:product/444455556666/default',
  );
  const mine = 'arn:aws:securityhub:eu-west-1:111122223333:product/acme/tags';
  assert.is(asffOf(...found(), FRAME, mine).ProductArn, mine);
});

test('tags go along, but for values that Security Hub does not take', () => {
  assert.equal(asff().Resources[0]?.Tags, { App: 'shop' });
  assert.equal(ocsf().resources[0]?.tags, [
    { name: 'App', value: 'shop' },
    { name: 'Empty', value: '' },
  ]);
});

test('findings are sent by the hundred, each batch of one account and Region', async () => {
  async function* many() {
    for (let n = 0; n < 250; n++) yield asff();
    for (let n = 0; n < 30; n++) yield asff({}, unborn);
  }
  const batches = await listOf(asffBatches(many()));
  assert.equal(
    batches.map(({ Findings }) => Findings.length),
    [100, 100, 50, 30],
  );
  for (const batch of batches) v.assert(BatchSchema, batch);
});

test('a batch stays below what Security Hub takes, however large its findings are', async () => {
  const big = asff(
    {},
    { tags: Array.from({ length: 400 }, (_, n) => ({ key: `k${n}`, value: '名'.repeat(256) })) },
  );
  async function* many() {
    for (let n = 0; n < 40; n++) yield big;
  }
  for (const batch of await listOf(asffBatches(many()))) {
    assert.ok(Buffer.byteLength(JSON.stringify(batch)) < 6_000_000);
  }
});

test.run();
