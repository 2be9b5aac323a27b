import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Confidence, confidenceOf } from '../../../src/cloudtrail/identity/confidence.ts';
import { principalOf } from '../../../src/cloudtrail/identity/principal.ts';
import { permissionSetOf, roleSessionIn } from '../../../src/cloudtrail/identity/role-session.ts';
import { parseRecord } from '../../../src/cloudtrail/record.ts';

const test = suite("who acted in other people's records");

// Test data of other projects, which lies beside the repository and is never copied into it.
const DIR = fileURLToPath(new URL('../../../../shared/data/cloudtrail', import.meta.url));
const records: readonly Readonly<Record<string, unknown>>[] = existsSync(DIR)
  ? readdirSync(DIR)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => JSON.parse(readFileSync(join(DIR, name), 'utf8')).Records)
  : [];

if (records.length === 0) {
  test('was not tried: there are no such records here', () => {
    console.log(`  no records in ${DIR}: the tests on real records were left out`);
  });
} else {
  const all = records.map((record) => principalOf(parseRecord(record)));
  const graded = all.map((who) => ({ who, confidence: confidenceOf(who) }));

  test('people, roles, services and accounts are told apart', () => {
    const counts = new Map<Confidence, number>();
    for (const { confidence } of graded) counts.set(confidence, (counts.get(confidence) ?? 0) + 1);
    console.log(`  ${[...counts].map(([grade, n]) => `${grade} ${n}`).join(', ')}`);
    assert.equal([...counts.keys()].sort(), ['account', 'person', 'role-session', 'service', 'unknown']);
  });

  test('every IAM user is a person, every role of a service is a service', () => {
    for (const { who, confidence } of graded) {
      if (who.kind === 'IAMUser') assert.is(confidence, 'person', who.name);
      if (who.arn?.includes('assumed-role/AWSServiceRoleFor')) assert.is(confidence, 'service', who.arn);
    }
  });

  test('every session of an instance is a machine, and none is a person', () => {
    const machines = graded.filter(({ who }) => who.found === 'instance-profile');
    assert.ok(machines.length > 0);
    for (const { confidence } of machines) assert.is(confidence, 'role-session');
  });

  test('everyone who came by Identity Center has a name and a permission set', () => {
    const people = graded.filter(({ who }) => who.found === 'sso');
    assert.ok(people.length > 0);
    for (const { who, confidence } of people) {
      // Some ARNs were masked past recognition.
      if (roleSessionIn(who.arn)?.role.startsWith('AWSReservedSSO_'))
        assert.ok(permissionSetOf(who), who.arn);
      assert.is(confidence, 'person');
    }
  });

  test('no service’s name is taken for an address', () => {
    for (const { ip } of all) assert.not.match(ip ?? '', /amazonaws|Internal/);
  });
}

test.run();
