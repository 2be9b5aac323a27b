import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sqliteCoordinationStore } from '../../../../src/adapters/sqlite/coordination-store.ts';
import { sqliteStore } from '../../../../src/adapters/sqlite/event-store.ts';
import { sqliteStateStore } from '../../../../src/adapters/sqlite/state-store.ts';
import type { Diagnosis } from '../../../../src/doctor/diagnosis.ts';
import { openStores } from '../../../../src/embedded/embedded-stores.ts';
import { record } from '../../../../src/events/recorded-event.ts';
import { fold } from '../../../../src/events/resource.ts';
import type { ResourceArn } from '../../../../src/events/resource-arn.ts';
import { rowOf } from '../../../../src/projections/state-row.ts';
import { markTampered } from '../../../../src/projections/tampered-mark.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { databaseFile, editEvent, inDatabase, removeEvent, tamper } from '../../../support/cli/database.ts';
import { launch } from '../../../support/cloudtrail/trail.ts';
import { requested } from '../../../support/events.ts';

const test = suite('doctor on an embedded ledger');
const folder = temporaryFolder(test);
const healthy = join(folder, 'healthy');
const ARN = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-01' as ResourceArn;

test.before(async () => {
  const file = join(folder, 'trail.json');
  writeFileSync(file, JSON.stringify(launch(['i-01', 'i-02'])));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', healthy])).code, 0);
  assert.is((await run(['seal', '--ledger', healthy])).code, 0);
});

let copies = 0;

/** What doctor says of a copy of the healthy ledger to which something was done. */
const after = async (harm: (ledger: string) => unknown) => {
  const ledger = join(folder, `harmed-${copies++}`);
  cpSync(healthy, ledger, { recursive: true });
  await harm(ledger);
  return { ledger, ...(await diagnosed(ledger)) };
};

const diagnosed = async (ledger: string) => {
  const { code, out } = await run(['doctor', '--ledger', ledger, '--format', 'json']);
  const all: Diagnosis[] = JSON.parse(out);
  const wrong = all.filter(({ verdict }) => verdict === 'failed');
  return { code, all, wrong: wrong.map(({ check }) => check), first: { says: '', todo: '', ...wrong[0] } };
};

const placeOf = (seq: number) => ({ stream: ARN, seq });

test('a healthy ledger has nothing wrong, all is looked at, and nothing of it is changed', async () => {
  const files = () =>
    readdirSync(healthy, { recursive: true })
      .filter((file) => !String(file).startsWith('db/'))
      .sort();
  const before = files();
  const { code, all } = await diagnosed(healthy);
  assert.is(code, 0);
  assert.equal(
    all.map(({ check, verdict }) => `${check} ${verdict}`),
    [
      'folder',
      'database',
      'mode',
      'events',
      'seal',
      'change feed',
      'dead letters',
      'state',
      'requests',
      'horizon',
      'tampering',
      'archive',
    ].map((check) => `${check} ok`),
  );
  assert.equal(files(), before);
  const { out } = await run(['doctor', '--ledger', healthy]);
  assert.match(out, /\n12 OK, 0 failed, 0 not checked\n$/);
});

test('there is no ledger', async () => {
  const { code, first } = await diagnosed(join(folder, 'nowhere'));
  assert.is(code, 3);
  assert.match(first.says, 'there is no ledger at');
  assert.match(first.todo, 'tagledger ingest FILE');
});

test('the folder is somebody else’s', async () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'notes.txt'), 'mine');
  const { code, first } = await diagnosed(other);
  assert.is(code, 3);
  assert.match(first.says, 'is not a ledger');
});

test('its marker was damaged', async () => {
  const { wrong, first } = await after((ledger) => writeFileSync(join(ledger, 'tagledger.json'), '{'));
  assert.equal(wrong, ['folder']);
  assert.match(first.says, 'tagledger.json');
});

test('its database is gone, and none is made in its place', async () => {
  const { ledger, first } = await after((ledger) => rmSync(join(ledger, 'db'), { recursive: true }));
  assert.match(first.says, /has a sealed log of \d+ events, but its database is missing/);
  assert.not.ok(readdirSync(ledger).includes('db'));
});

for (const [what, damage, said] of [
  [
    'is no database any more',
    () => Buffer.alloc(8_192, 'x'),
    /is damaged or not a tagledger database: .* Restore it from a backup/,
  ],
  [
    'has pages that cannot be read',
    (file: Buffer) => file.fill(0xff, 4_096),
    /^it is damaged: .*restore db\/ from a backup, or import an export$/s,
  ],
] as const) {
  test(`its database was damaged: the file ${what}`, async () => {
    const { code, wrong, first } = await after((ledger) => {
      const file = databaseFile(ledger);
      writeFileSync(file, damage(readFileSync(file)));
    });
    assert.is(code, 3);
    assert.equal(wrong, ['database']);
    assert.match(`${first.says}. ${first.todo}`, said);
  });
}

test('another process writes to it, which keeps nothing from being checked', async () => {
  const { close } = await openStores(healthy, () => new Date());
  try {
    const { code, all } = await diagnosed(healthy);
    assert.equal([code, all.filter(({ verdict }) => verdict !== 'ok')], [0, []]);
  } finally {
    close();
  }
});

test('an event was changed', async () => {
  const { code, wrong, first } = await after((ledger) =>
    tamper(ledger, (database) => editEvent(database, placeOf(1), 'hash', Buffer.alloc(32))),
  );
  assert.is(code, 3);
  assert.is(wrong[0], 'events');
  assert.match(first.says, ARN);
  assert.match(first.todo, 'tagledger verify');
});

test('the end of a stream was cut off, which only the sealed log shows', async () => {
  const { all, wrong } = await after((ledger) =>
    tamper(ledger, (database) => removeEvent(database, placeOf(3))),
  );
  assert.ok(wrong.includes('seal') && !wrong.includes('events'), wrong.join());
  const seal = all.find(({ check }) => check === 'seal');
  assert.match(seal?.says ?? '', 'does not agree with its log');
  assert.match(seal?.todo ?? '', 'tagledger verify --key');
});

test('nothing was ever sealed', async () => {
  const { wrong, first } = await after((ledger) => {
    for (const file of ['log', 'seal.key', 'seal.vkey']) rmSync(join(ledger, file), { recursive: true });
  });
  assert.equal(wrong, ['seal']);
  assert.match(first.todo, 'tagledger seal');
});

test('nothing was ever recorded, so there is nothing to seal', async () => {
  const [ledger, file] = [join(folder, 'empty'), join(folder, 'empty.json')];
  writeFileSync(file, '{"Records":[]}');
  assert.is((await run(['ingest', file, '--ledger', ledger])).code, 4);
  const { all } = await diagnosed(ledger);
  assert.equal(
    all.filter(({ check }) => check === 'seal'),
    [{ check: 'seal', verdict: 'ok', says: 'there is no event to seal' }],
  );
});

test('events have waited for long to be sealed, and the feed was not worked off', async () => {
  const other = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-09' as ResourceArn;
  const { wrong, all } = await after(async (ledger) => {
    const event = record(other, requested('r9'), undefined, new Date('2026-04-01T12:00:00.000Z'));
    await inDatabase(ledger, (database) => sqliteStore(database).append(event));
  });
  assert.equal(wrong, ['seal', 'change feed', 'state', 'archive']);
  const says = (check: string) => all.find((one) => one.check === check)?.says ?? '';
  assert.match(says('change feed'), /^1 event not handled by apply, 1 event not handled by project/);
  assert.match(says('seal'), /are sealed, 1 are not, the oldest for \d+ days/);
  assert.match(says('archive'), `missing ${other} 1`);
});

test('a batch was given up', async () => {
  const { wrong, first } = await after((ledger) =>
    inDatabase(ledger, (database) =>
      database.run('INSERT INTO dead_letters (message) VALUES (?)', '{"version":"1.0"}'),
    ),
  );
  assert.equal(wrong, ['dead letters']);
  assert.match(first.says, '1 dead letter in the database, which could not be processed');
  assert.match(first.todo, 'tagledger redrive');
});

test('a row was edited', async () => {
  const { wrong, first } = await after((ledger) =>
    inDatabase(ledger, (database) =>
      database.run("UPDATE states SET item = json_set(item, '$.status', 'failed') WHERE resource = ?", ARN),
    ),
  );
  assert.equal(wrong, ['state']);
  assert.match(first.says, `${ARN} differs`);
  assert.match(first.todo, 'tagledger rebuild');
});

/** Rewrites the `state` of rows. `state` is SQL; the empty string added to its result makes text of JSON. */
const rewriteStates = (ledger: string, state: string, where = '1') =>
  inDatabase(ledger, (database) =>
    database.run(`UPDATE states SET item = json_set(item, '$.state', ${state} || '') WHERE ${where}`),
  );

const STATE = "json_extract(item, '$.state')";

test('rows were made by an earlier version of the fold, and rebuild makes them anew', async () => {
  const { ledger, all } = await after((ledger) =>
    rewriteStates(ledger, `json_remove(${STATE}, '$.foldVersion')`),
  );
  const rows = await inDatabase(ledger, (database) =>
    database.get<{ n: number }>('SELECT count(*) n FROM states'),
  );
  const says = all.filter(({ check }) => check === 'state').map(({ says }) => says);
  assert.is(says.length, 2);
  assert.is(says[1], `${rows?.n} rows were made by an earlier version of the fold`);
  assert.is((await run(['rebuild', '--ledger', ledger])).code, 0);
  assert.is((await diagnosed(ledger)).code, 0);
});

for (const [what, state] of [
  ['of a later version', `json_set(${STATE}, '$.foldVersion', 99)`],
  ['that is no JSON', "'{'"],
  ['that is null', "'null'"],
]) {
  test(`a row has a state ${what}`, async () => {
    const { all } = await after((ledger) => rewriteStates(ledger, String(state), `resource = '${ARN}'`));
    const said = all.filter(({ check }) => check === 'state').at(-1);
    assert.is(said?.says, '1 row was made by a later version of the fold, or cannot be read');
    assert.match(said?.todo ?? '', 'tagledger rebuild');
  });
}

test('a row is half as large as DynamoDB allows', async () => {
  const cleared = (letters: number) => `json_set(${STATE}, '$.cleared', '${'ä'.repeat(letters)}')`;
  const saysOf = async (letters: number) => {
    const { all } = await after((ledger) => rewriteStates(ledger, cleared(letters), `resource = '${ARN}'`));
    return all.filter(({ check }) => check === 'state');
  };
  assert.is((await saysOf(100_000)).length, 1);
  const [, large] = await saysOf(105_000);
  assert.match(large?.says ?? '', new RegExp(`^the row of ${ARN} has 20\\d KB: `));
  assert.match(large?.todo ?? '', `tagledger history ${ARN}`);
});

test('a request is stuck', async () => {
  const { wrong, first } = await after((ledger) => {
    const event = record(ARN, requested('r9'), undefined, new Date('2026-04-01T12:00:00.000Z'));
    const stuck = rowOf('arn:aws:ec2:eu-west-1:111122223333:instance/i-08' as ResourceArn, fold([event]));
    return inDatabase(ledger, (database) => sqliteStateStore(database).save(stuck));
  });
  assert.ok(wrong.includes('requests'), wrong.join());
  assert.match(first.says, 'i-08');
});

test('events were changed once, and put back', async () => {
  const at = new Date('2026-04-02T12:00:00.000Z');
  const { wrong, first } = await after((ledger) =>
    inDatabase(ledger, (database) => markTampered(sqliteCoordinationStore(database), ARN, [1], 'one', at)),
  );
  assert.equal(wrong, ['tampering']);
  assert.match(first.says, `${ARN} were changed or removed at 2026-04-02`);
});

test('the archive is gone, and is not made by looking', async () => {
  const { ledger, wrong, first } = await after((ledger) =>
    rmSync(join(ledger, 'archive'), { recursive: true }),
  );
  assert.equal(wrong, ['archive']);
  assert.match(first.todo, 'tagledger archive rebuild');
  assert.not.ok(readdirSync(ledger).includes('archive'));
});

test('F1: objects of the archive are gone: each is named', async () => {
  const { code, wrong, first } = await after((ledger) =>
    rmSync(join(ledger, 'archive', 'segments'), { recursive: true }),
  );
  assert.equal([code, wrong], [3, ['archive']]);
  assert.match(
    first.says,
    /from the ledger, the first: The archive has no segments\/.*, which belongs to it/,
  );
  assert.match(first.todo, 'tagledger archive rebuild');
});

test('an object of the archive cannot be read: that could not be checked, and the exit code says so', async () => {
  const { code, wrong, all } = await after((ledger) => {
    const segments = join(ledger, 'archive', 'segments');
    for (const name of readdirSync(segments)) {
      rmSync(join(segments, name));
      mkdirSync(join(segments, name));
    }
  });
  const archive = all.find(({ check }) => check === 'archive');
  assert.equal([code, wrong, archive?.verdict], [4, [], 'not-checked']);
});

test('an exported file is not for doctor', async () => {
  const { code, said } = await run(['doctor', '--ledger', 'x.ndjson.gz']);
  assert.is(code, 2);
  assert.match(said, 'tagledger verify');
});

test('a deployment is known by its table’s name, or by --name', async () => {
  const { code, said } = await run(['doctor', '--ledger', 'dynamodb:events,states']);
  assert.is(code, 2);
  assert.match(said, 'Pass it with --name NAME.');
});

test.run();
