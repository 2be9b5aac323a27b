import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { meaningOf } from '../../src/cloudtrail/meaning.ts';
import { parseRecord } from '../../src/cloudtrail/record.ts';
import { arnOf, isResourceArn } from '../../src/events/resource-arn.ts';

const test = suite("other people's records");

// Test data of other projects, which lies beside the repository and is never copied into it.
const DIR = fileURLToPath(new URL('../../../shared/data/cloudtrail', import.meta.url));
const records: readonly Readonly<Record<string, unknown>>[] = existsSync(DIR)
  ? readdirSync(DIR)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => JSON.parse(readFileSync(join(DIR, name), 'utf8')).Records)
  : [];

if (records.length === 0) {
  test('are absent here, and nothing was tried on them', () => {
    console.log(`  no records in ${DIR}: the tests on real records were left out`);
  });
} else {
  test('are all read, and have a meaning each', () => {
    const counts = new Map<string, number>();
    for (const record of records) {
      const meaning = meaningOf(parseRecord(record));
      const kind = meaning.kind === 'nothing' ? meaning.code : meaning.kind;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (record.errorCode) assert.is(meaning.kind, 'nothing');
      if (meaning.kind !== 'creation') continue;
      for (const { identity } of meaning.resources) assert.ok(isResourceArn(arnOf(identity)));
    }
    console.log(`  ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
    assert.ok((counts.get('creation') ?? 0) > 0);
    assert.ok((counts.get('ending') ?? 0) > 0);
  });
}

test.run();
