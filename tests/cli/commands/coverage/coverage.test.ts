import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Coverage,
  type TypeCoverage,
  UNCREATED,
  UNENDED,
} from '../../../../src/cloudtrail/operations/coverage.ts';
import { CURATED_CREATIONS, CURATED_ENDINGS } from '../../../../src/cloudtrail/operations/curated.ts';
import { CREATIONS, ENDINGS, TYPES } from '../../../../src/cloudtrail/operations/generated.ts';
import { OPERATIONS } from '../../../../src/cloudtrail/operations/operations.ts';
import { UNNAMED } from '../../../../src/cloudtrail/operations/unnamed.ts';
import { MAKES_NOTHING } from '../../../../src/cloudtrail/operations/without-resource.ts';
import { linesOf, run } from '../../../support/cli/command-line.ts';

const test = suite('tagledger coverage');

const told = async (): Promise<Coverage> =>
  JSON.parse((await run(['coverage', '--format', 'json'])).out) as Coverage;

test('as JSON it is one object with every type, 106 or more of which an operation creates', async () => {
  const { types, totals } = await told();
  assert.equal(
    types.map(({ type }) => type),
    TYPES,
  );
  const created = types.filter(({ creates }) => creates.length > 0).length;
  assert.ok(created >= 106, `${created}`);
  assert.equal(
    [totals.types, totals.created, totals.ended],
    [TYPES.length, created, types.filter(({ ends }) => ends.length > 0).length],
  );
});

test('its totals are those of the tables', async () => {
  const { totals } = await told();
  assert.equal(totals.creations, { generated: CREATIONS.length, curated: CURATED_CREATIONS.length });
  assert.equal(totals.endings, { generated: ENDINGS.length, curated: CURATED_ENDINGS.length });
  const { plain, wrapped, unknown } = totals.operations;
  assert.is(plain + wrapped + unknown, OPERATIONS.length);
});

test('each operation comes with where the id stands, where the row is from, and how it is logged', async () => {
  const { types } = await told();
  const of = (type: string) => types.find((one) => one.type === type);
  assert.equal(of('natgateway'), {
    type: 'natgateway',
    creates: [
      {
        operation: 'CreateNatGateway',
        service: 'ec2',
        in: 'response',
        path: 'natGateway.natGatewayId',
        source: 'generated',
        shape: 'wrapped',
      },
    ],
    ends: [
      {
        operation: 'DeleteNatGateway',
        service: 'ec2',
        in: 'request',
        path: 'natGatewayId',
        source: 'generated',
        shape: 'wrapped',
      },
    ],
  });
  assert.equal(
    of('snapshot')?.creates.filter(({ service }) => service === 'ebs'),
    [
      {
        operation: 'StartSnapshot',
        service: 'ebs',
        in: 'response',
        path: 'snapshotId',
        source: 'curated',
        shape: 'plain',
      },
    ],
  );
  const scopes = of('ipam-scope')?.ends.filter(({ operation }) => operation === 'DeleteIpam');
  assert.equal(
    scopes?.map(({ path }) => path),
    ['ipam.publicDefaultScopeId', 'ipam.privateDefaultScopeId'],
  );
});

test('a type that nothing creates or ends has the reason', async () => {
  const { types } = await told();
  for (const { type, reason } of [...UNCREATED, ...UNENDED]) {
    assert.is(types.find((one) => one.type === type)?.reason, reason, type);
  }
});

test('as NDJSON it is one type a line', async () => {
  const { out } = await run(['coverage', '--format', 'ndjson']);
  assert.equal(linesOf<TypeCoverage>(out), (await told()).types);
});

test('as text it is every type with its operations, the totals, and what is not seen and why', async () => {
  const { code, out, said } = await run(['coverage']);
  assert.equal([code, said], [0, '']);
  for (const type of TYPES) assert.match(out, new RegExp(`^${type}$`, 'm'));
  assert.match(
    out,
    /^natgateway\n {2}created by +CreateNatGateway +wrapped +generated +response natGateway\.natGatewayId\n {2}ended by +DeleteNatGateway +wrapped +generated +request natGatewayId$/m,
  );
  assert.match(out, /^local-gateway\n {2}created by +nothing: AWS makes it with an Outpost\n$/m);
  const { created, ended } = (await told()).totals;
  assert.match(
    out,
    `\n${created} of ${TYPES.length} types are created by an operation, and ${ended} are ended by one\n`,
  );
  assert.match(
    out,
    new RegExp(`^creations +${CREATIONS.length} generated, ${CURATED_CREATIONS.length} curated$`, 'm'),
  );
  const notSeen = out.slice(out.indexOf('\nNot seen'));
  for (const { type, reason } of [...UNCREATED, ...UNENDED]) {
    assert.match(notSeen, type);
    assert.match(notSeen, reason);
  }
  for (const { operation, what } of UNNAMED) assert.match(notSeen, `${what} (${operation})`);
});

test('it needs no ledger, and takes no file', async () => {
  assert.is((await run(['coverage', '--ledger', 'dynamodb:nowhere,nothing'])).code, 0);
  const { code, said } = await run(['coverage', 'trail.json']);
  assert.is(code, 2);
  assert.match(said, 'trail.json');
});

test('what an operation makes unnamed is made by one that is followed, and of a type that another one makes', async () => {
  const { types, unnamed } = await told();
  assert.equal(unnamed, UNNAMED);
  for (const { operation, types: some } of UNNAMED) {
    for (const type of some) {
      const makers = types.find((one) => one.type === type)?.creates ?? [];
      assert.ok(makers.length > 0, `${operation} ${type}`);
      assert.not.ok(
        makers.some((maker) => maker.operation === operation),
        `${operation} ${type}`,
      );
    }
    assert.ok(
      OPERATIONS.some((row) => row.operation === operation && row.creates),
      operation,
    );
  }
});

const DOC = readFileSync(join('docs', 'coverage.md'), 'utf8').replace(/\s+/g, ' ');

test('docs/coverage.md names every type that nothing makes or ends, with its reason', () => {
  const names = (type: string, reason: string) => DOC.includes(`| \`${type}\` | ${reason} |`);
  for (const { type, reason } of [...UNCREATED, ...UNENDED]) assert.ok(names(type, reason), type);
  const rows = [...DOC.matchAll(/\| `([a-z0-9-]+)` \| [^|]+ \|/g)].map(([, type]) => type);
  assert.equal(rows.sort(), [...UNCREATED, ...UNENDED].map(({ type }) => type).sort());
});

test('docs/coverage.md names what is made unnamed, and what operations without a resource make', () => {
  for (const { operation, what } of UNNAMED) assert.ok(DOC.includes(`\`${operation}\`: ${what}`), operation);
  for (const what of new Set(MAKES_NOTHING.values())) assert.ok(DOC.includes(what), what);
});

test('docs/coverage.md has the totals', async () => {
  const { totals } = await told();
  for (const text of [
    `${totals.created} of ${totals.types} types`,
    `${totals.ended} are ended`,
    `${totals.operations.plain} are plain and ${totals.operations.wrapped} wrapped`,
  ]) {
    assert.ok(DOC.includes(text), text);
  }
});

test.run();
