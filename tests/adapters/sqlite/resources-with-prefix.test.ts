import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Database, IN_MEMORY, openDatabase } from '../../../src/adapters/sqlite/database.ts';
import { resourcesWithPrefix } from '../../../src/adapters/sqlite/resources-with-prefix.ts';

const test = suite('resources whose name begins with a text');

const IRELAND = 'arn:aws:ec2:eu-west-1:111122223333:';
const OREGON = 'arn:aws:ec2:us-west-2:444455556666:';

const databaseWith = (...names: readonly string[]): Database => {
  const database = openDatabase(IN_MEMORY);
  for (const name of names)
    database.run(
      'INSERT INTO states (resource, item) VALUES (?, ?)',
      name,
      JSON.stringify({ resource: name }),
    );
  return database;
};

const FLEET = [
  `${IRELAND}instance/i-0a`,
  `${IRELAND}instance/i-0b`,
  `${IRELAND}volume/vol-0a`,
  `${OREGON}instance/i-0a1`,
  `${OREGON}instance/i-0c`,
];

const arnsWith = (database: Database, text: string, most = 100): readonly string[] =>
  resourcesWithPrefix(database, text, most).map(({ arn }) => arn);

test('an id is looked for among the resources of every account, Region and type', () => {
  const database = databaseWith(...FLEET);
  assert.equal(arnsWith(database, 'i-0a'), [`${IRELAND}instance/i-0a`, `${OREGON}instance/i-0a1`]);
  assert.equal(arnsWith(database, 'vol-'), [`${IRELAND}volume/vol-0a`]);
  assert.equal(arnsWith(database, ''), FLEET);
  assert.equal(arnsWith(database, 'i-0d'), []);
});

test('a text that begins like an ARN is looked for in ARNs', () => {
  const database = databaseWith(...FLEET);
  assert.equal(arnsWith(database, OREGON), FLEET.slice(3));
  assert.equal(arnsWith(database, `${IRELAND}v`), [`${IRELAND}volume/vol-0a`]);
});

test('no more are given than were asked for', () => {
  const database = databaseWith(...FLEET);
  assert.equal(arnsWith(database, 'i-', 3).length, 3);
  assert.equal(arnsWith(database, 'arn:', 2).length, 2);
});

test('a row whose name is no ARN of a resource is passed over', () => {
  const odd = ['', 'a', '$(touch pwned)', `${IRELAND}instance/i-0$(touch pwned)`, 'z/i-0', 'zz'];
  const database = databaseWith(...FLEET, ...odd);
  assert.equal(arnsWith(database, ''), FLEET);
  assert.equal(arnsWith(database, 'i-0').length, 4);
  assert.equal(arnsWith(database, 'arn:'), FLEET);
});

test.run();
