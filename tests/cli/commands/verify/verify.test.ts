import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Database } from '../../../../src/adapters/sqlite/database.ts';
import { sqliteStore } from '../../../../src/adapters/sqlite/event-store.ts';
import { hashOf } from '../../../../src/events/hash-chain.ts';
import { isLedgerStream } from '../../../../src/events/ledger-stream.ts';
import type { RecordedEvent } from '../../../../src/events/recorded-event.ts';
import { listOf } from '../../../support/async.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { dropTypes, editEvent, removeEvent, tamper } from '../../../support/cli/database.ts';
import { ingestUnsealed } from '../../../support/cli/unsealed.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger verify');
const folder = temporaryFolder(test);
const trail = join(folder, 'trail.json');
const VOLUMES = ['vol-0a1b2c3d4e5f60718', 'vol-0a1b2c3d4e5f60719'];
const SECRET = 'confidential';

const creation = (id: string) =>
  sample('CreateVolume', {
    eventID: `create-${id}`,
    responseElements: { volumeId: id },
    requestParameters: {
      tagSpecificationSet: {
        items: [{ resourceType: 'volume', tags: [{ key: 'Note', value: SECRET }] }],
      },
    },
  });
const writeTrail = (path: string, ids: readonly string[]) =>
  writeFileSync(path, JSON.stringify(ids.map(creation)));

test.before(() => writeTrail(trail, VOLUMES));

/** All events, of which there is one at least. */
type Events = readonly [RecordedEvent, ...RecordedEvent[]];

type Attack = (database: Database, events: Events) => void;

let ledgers = 0;
const attacked = async (ledger: string, attack: Attack): Promise<string> => {
  await tamper(ledger, async (database) =>
    attack(database, (await listOf(sqliteStore(database).readAll())) as unknown as Events),
  );
  return ledger;
};
/** A fresh ledger as `ingest` leaves it, sealed, attacked by somebody who may write its database. */
const ledgerAfter = async (attack: Attack = () => {}): Promise<string> => {
  const ledger = join(folder, `ledger-${++ledgers}`);
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', ledger])).code, 0);
  return attacked(ledger, attack);
};
/** The same ledger without a log, as if the process had died before it sealed. */
const unsealedAfter = async (attack: Attack = () => {}): Promise<string> => {
  const ledger = join(folder, `ledger-${++ledgers}`);
  await ingestUnsealed(ledger, VOLUMES.map(creation));
  return attacked(ledger, attack);
};

test('a ledger as it was written has no findings, and is compared with its own log, in every format; reading it changes nothing', async () => {
  const ledger = await ledgerAfter();
  const before = await contentsOf(ledger);
  const text = await run(['verify', '--ledger', ledger]);
  assert.equal([text.code, text.said], [0, '']);
  assert.match(text.out, /^key +OWN /m);
  assert.match(text.out, /^integrity +OK +7 events in 4 streams$/m);
  assert.match(text.out, /^sealed +OK +7 events are in the sealed log, .*; 0 are not sealed yet$/m);
  assert.match(
    text.out,
    /^completeness +OK +compared with the 7 events among the first 8 entries of the log$/m,
  );
  assert.match(text.out, /^trail +NOT CHECKED /m);
  const json = await run(['verify', '--ledger', ledger, '--format', 'json']);
  assert.equal(JSON.parse(json.out), {
    verdicts: {
      integrity: 'ok',
      sealed: 'ok',
      completeness: 'ok',
      trail: 'not-checked',
      digests: 'not-checked',
    },
    integrity: { events: 7, streams: 4, findings: 0 },
    sealed: { sealed: 7, included: 7, unsealed: 0, findings: 0 },
    completeness: { atSize: 8, others: 0, findings: 0 },
    trail: null,
    digests: null,
    provenance: null,
    ownKey: true,
    unproven: [],
    findings: [],
  });
  const ndjson = await run(['verify', '--ledger', ledger, '--format', 'ndjson']);
  assert.equal([ndjson.code, ndjson.out], [0, '']);
  assert.equal(await contentsOf(ledger), before);
});

test('a ledger without a log has no findings, and is unproven, in every format; reading it changes nothing', async () => {
  const ledger = await unsealedAfter();
  const before = await contentsOf(ledger);
  const text = await run(['verify', '--ledger', ledger]);
  assert.is(text.code, 4);
  assert.is(
    text.said,
    `UNPROVEN: ${ledger} is internally consistent, but has no key of a sealed log to compare it with. Run \`tagledger seal --ledger ${ledger}\`, or pass --key FILE with the public key of its log.\n`,
  );
  assert.match(text.out, /^integrity +OK +7 events in 4 streams$/m);
  assert.match(text.out, /^sealed +NOT CHECKED /m);
  assert.match(text.out, /^completeness +NOT CHECKED /m);
  assert.match(text.out, /^trail +NOT CHECKED /m);
  const json = await run(['verify', '--ledger', ledger, '--format', 'json']);
  assert.equal(JSON.parse(json.out), {
    verdicts: {
      integrity: 'ok',
      sealed: 'not-checked',
      completeness: 'not-checked',
      trail: 'not-checked',
      digests: 'not-checked',
    },
    integrity: { events: 7, streams: 4, findings: 0 },
    sealed: null,
    completeness: null,
    trail: null,
    digests: null,
    provenance: null,
    ownKey: false,
    unproven: [text.said.trim()],
    findings: [],
  });
  const ndjson = await run(['verify', '--ledger', ledger, '--format', 'ndjson']);
  assert.equal([ndjson.code, ndjson.out], [4, '']);
  assert.equal(await contentsOf(ledger), before);
});

const ATTACKS: readonly (readonly [
  name: string,
  attack: Attack,
  found: readonly (readonly [kind: string, seq: number])[],
  /** What the log shows besides. */
  lost?: readonly (readonly [kind: string, seq: number])[],
])[] = [
  [
    'a body was edited',
    (database, [first]) => editEvent(database, first, 'body', first.body.replace('ada', 'eve')),
    [['hash', 1]],
  ],
  [
    'a hash was edited',
    (database, [first]) => editEvent(database, first, 'hash', Buffer.alloc(32)),
    [['hash', 1]],
  ],
  [
    'a hash is of another type',
    (database, [first]) => {
      dropTypes(database);
      editEvent(database, first, 'hash', first.hash);
    },
    [['hash', 1]],
  ],
  [
    'a body is of another type',
    (database, [first]) => {
      dropTypes(database);
      editEvent(database, first, 'body', 1);
    },
    [
      ['hash', 1],
      ['body', 1],
    ],
  ],
  [
    'the first event was deleted',
    (database, [first]) => removeEvent(database, first),
    [['missing', 2]],
    [['missing', 1]],
  ],
  [
    'an event was put between two',
    (database, [first]) => {
      dropTypes(database);
      database.run(
        'INSERT INTO events (stream, seq, prev, hash, body) SELECT stream, 1.5, prev, hash, body FROM events WHERE stream = ? AND seq = 1',
        first.stream,
      );
    },
    [
      ['place', 1.5],
      ['hash', 1.5],
      ['event-id', 1.5],
    ],
  ],
];

for (const [name, attack, expected, lost = []] of ATTACKS) {
  test(`where ${name} in the database, verify says so with exit code 3, of the database, without a log, too, and of its export`, async () => {
    const [ledger, unsealed] = [await ledgerAfter(attack), await unsealedAfter(attack)];
    const file = `${ledger}.ndjson.gz`;
    const exporting = await run(['export', '--out', file, '--ledger', ledger]);
    assert.is(exporting.code, 3);
    assert.match(exporting.said, 'exported as it stands');
    for (const where of [ledger, unsealed, file]) {
      const { code, out } = await run(['verify', '--ledger', where, '--format', 'ndjson']);
      assert.is(code, 3);
      const findings = linesOf(out);
      const of = (name: string) =>
        findings.filter(({ check }) => check === name).map(({ kind, seq }) => [kind, seq]);
      assert.equal(of('integrity'), expected);
      assert.equal(of('completeness'), where === ledger ? lost : []);
      assert.is(findings.length, of('integrity').length + of('completeness').length);
      for (const { stream } of findings) assert.match(String(stream), VOLUMES[0] ?? '');
      const text = await run(['verify', '--ledger', where]);
      assert.is(text.code, 3);
      assert.match(text.out, /^integrity +FAILED +\d findings?; /m);
      assert.not.match(out + text.out, SECRET);
    }
  });
}

test('with the files of a trail, verify says which creations have no event here', async () => {
  const ledger = await ledgerAfter();
  const missing = 'vol-0a1b2c3d4e5f6071a';
  const all = await run(['verify', '--trail', trail, '--ledger', ledger]);
  assert.is(all.code, 0);
  assert.match(all.out, /^trail +OK +the ledger records the 2 resources /m);
  const more = join(folder, 'more.json');
  writeTrail(more, [...VOLUMES, missing]);
  const args = ['verify', '--trail', trail, '--trail', more, '--ledger', ledger];
  const { code, out } = await run([...args, '--format', 'json']);
  assert.is(code, 3);
  const { verdicts, trail: compared, findings } = JSON.parse(out);
  assert.is(verdicts.trail, 'failed');
  assert.equal(compared, { creations: 3, rejected: 0, findings: 1 });
  assert.equal(findings, [
    {
      check: 'trail',
      kind: 'creation',
      stream: `arn:aws:ec2:eu-west-1:111122223333:volume/${missing}`,
      seq: null,
      expected: `an event because of CreateVolume create-${missing} at 2026-03-31T23:59:00.000Z`,
      found: 'no event of this resource',
    },
  ]);
});

test('a resource of which the trail has another creation than the ledger is found', async () => {
  const ledger = await ledgerAfter();
  const other = join(folder, 'other.json');
  const [volume = ''] = VOLUMES;
  writeFileSync(other, JSON.stringify([{ ...(creation(volume) as object), eventID: 'another-call' }]));
  const { code, out } = await run(['verify', '--trail', other, '--ledger', ledger, '--format', 'ndjson']);
  assert.is(code, 3);
  assert.match(out, 'events, none of them because of it');
});

test('types that no rule is for are not missing', async () => {
  const ledger = await ledgerAfter();
  const more = join(folder, 'no-rule.json');
  writeTrail(more, ['vol-0a1b2c3d4e5f6071c']);
  const env = { TAG_RULES: JSON.stringify({ Owner: { value: '{who.name}', include: ['instance'] } }) };
  const { code, out, said } = await run(['verify', '--trail', more, '--ledger', ledger], env);
  assert.is(code, 4);
  assert.match(out, /^trail +NOT CHECKED +the trail holds no creation that the ledger would record$/m);
  assert.match(said, /^NOT CHECKED: the trail holds no creation [^\n]+ Pass --trail FILE/m);
});

test('what cannot be read in a trail is told, and the check failed whatever else was found', async () => {
  const ledger = await ledgerAfter();
  const broken = join(folder, 'broken.ndjson');
  writeFileSync(broken, '{"half":\n');
  const { code, said } = await run(['verify', '--trail', broken, '--ledger', ledger]);
  assert.is(code, 1);
  assert.match(said, 'rejected: broken.ndjson');
  const more = join(folder, 'one-more.json');
  writeTrail(more, ['vol-0a1b2c3d4e5f6071d']);
  const found = await run(['verify', '--trail', broken, '--trail', more, '--ledger', ledger]);
  assert.is(found.code, 1);
  assert.match(found.out, /^creation /m);
});

test('a part of a ledger is judged as one if its header or --part says so', async () => {
  const ledger = await ledgerAfter();
  const part = join(folder, 'part.ndjson.gz');
  const { events } = await contentsOf(ledger);
  const since = events.find(({ seq }) => seq === 2)?.recordedAt ?? '';
  const exporting = await run(['export', '--out', part, '--from', since, '--ledger', ledger]);
  assert.is(exporting.code, 0, exporting.said);
  const bare = join(folder, 'bare-part.ndjson');
  writeFileSync(bare, gunzipSync(readFileSync(part)));
  assert.is((await run(['verify', '--ledger', bare])).code, 3, 'nothing says that it is a part');
  assert.is((await run(['verify', '--part', '--ledger', bare])).code, 4);
  const { code, out, said } = await run(['verify', '--ledger', part]);
  assert.is(code, 4);
  assert.match(
    out,
    /^origin +CLAIMED +the events recorded from \S+Z of ledger-\d+ \(simulated\), exported /m,
  );
  assert.match(out, /^integrity +OK /m);
  assert.is(
    said,
    `UNPROVEN: ${part} is internally consistent, but anyone can make such a file. Pass --key FILE, the public key of the log, and --log WHERE, its folder or s3://BUCKET/PREFIX, to compare it with the sealed log.\n`,
  );
});

test('bytes behind a compressed export are a finding', async () => {
  const ledger = await ledgerAfter();
  const file = join(folder, 'longer.ndjson.gz');
  await run(['export', '--out', file, '--ledger', ledger]);
  appendFileSync(file, 'more');
  const { code, out } = await run(['verify', '--ledger', file]);
  assert.is(code, 3);
  assert.match(out, /^file .*nothing behind the compressed events +4 bytes$/m);
});

test('what cannot be verified is said in one sentence', async () => {
  const cut = join(folder, 'cut.ndjson.gz');
  writeFileSync(cut, Buffer.from('1f8b08000000000000', 'hex'));
  const cases: readonly (readonly [args: readonly string[], code: number, words: string])[] = [
    [['--ledger', cut], 1, 'to its end'],
    [['--ledger', join(folder, 'none.ndjson.gz')], 1, 'no such file'],
    [['--ledger', join(folder, 'none')], 1, 'no ledger at'],
    [['--ledger', ''], 2, '--ledger is empty'],
    [['more'], 2, 'Unexpected argument "more"'],
  ];
  for (const [args, expected, words] of cases) {
    const { code, out, said } = await run(['verify', ...args]);
    assert.is(code, expected, said);
    assert.is(out, '');
    assert.ok(said.includes(words), said);
    assert.is(said.trim().split('\n').length, 1);
  }
});

test('--record records what was found, once, where state and history show it', async () => {
  const ledger = await ledgerAfter((database, [first]) =>
    editEvent(database, first, 'body', first.body.replace(SECRET, 'other')),
  );
  const args = ['verify', '--record', '--ledger', ledger];
  for (const _ of ['first', 'again']) {
    const { code, out, said } = await run(args);
    assert.is(code, 3, said);
    assert.match(out, /^the ledger records 1 finding$/m);
  }
  const { out } = await run(['state', VOLUMES[0] as string, '--ledger', ledger, '--format', 'json']);
  const { arn, incidents, tampered } = JSON.parse(out);
  assert.equal([incidents.count, tampered], [1, null]);
  const history = await run(['history', incidents.history, '--ledger', ledger, '--format', 'ndjson']);
  const [event] = linesOf(history.out);
  assert.equal(
    [event?.type, event?.how, event?.tampered, event?.seqs, event?.what],
    ['TamperDetected', 'verify', arn, [1], 'hash'],
  );
  assert.not.match(history.out, SECRET);
  assert.match(
    (await run(['state', VOLUMES[0] as string, '--ledger', ledger])).out,
    new RegExp(`^incidents +1 of tampering is recorded: tagledger history ${incidents.history}$`, 'm'),
  );
  const text = await run(['history', incidents.history, '--ledger', ledger]);
  assert.match(text.out, 'verify found it: hash\n');
  assert.match(text.out, `where     seq 1 of ${arn}\n  expected`);
  // Its own history cannot be read any more, and says where to go on.
  const damaged = await run(['history', arn, '--ledger', ledger]);
  assert.is(damaged.code, 1);
  assert.match(damaged.said, `tampered with: \`tagledger history ${incidents.history}\` shows`);
});

test('--record does not record as tampering what a newer version may have written, unless it is not what was sealed', async () => {
  const rewriting =
    (change: (body: string) => string): Attack =>
    (database, events) => {
      const last = events.findLast(({ stream }) => !isLedgerStream(stream)) as RecordedEvent;
      const body = change(last.body);
      editEvent(database, last, 'body', body);
      editEvent(database, last, 'hash', Buffer.from(hashOf({ ...last, body }), 'hex'));
    };
  for (const [change, kind] of [
    [(body: string) => body.replace(/"schemaVersion":\d/, '"schemaVersion":3'), 'newer'],
    [(body: string) => body.replace('{', `{"aside":"${SECRET}",`), 'field'],
  ] as const) {
    const recorded = async (ledger: string) => {
      const { code, out } = await run(['verify', '--record', '--ledger', ledger]);
      assert.is(code, 3);
      assert.match(out, new RegExp(`^${kind} `, 'm'));
      assert.not.match(out, SECRET);
      return out;
    };
    assert.match(await recorded(await unsealedAfter(rewriting(change))), /^the ledger records 0 findings$/m);
    const sealed = await recorded(await ledgerAfter(rewriting(change)));
    assert.match(sealed, /^sealed +FAILED +1 finding; /m);
    assert.match(sealed, /^the ledger records 1 finding$/m);
  }
});

test('--record says that nothing was to be recorded, and refuses an export', async () => {
  const ledger = await ledgerAfter();
  const { code, out } = await run(['verify', '--record', '--ledger', ledger]);
  assert.is(code, 0);
  assert.match(out, /^the ledger records 0 findings$/m);
  const file = join(folder, 'refused.ndjson.gz');
  await run(['export', '--out', file, '--ledger', ledger]);
  const refused = await run(['verify', '--record', '--ledger', file]);
  assert.is(refused.code, 1);
  assert.match(refused.said, 'read');
});

test('a history ends with what was recorded of tampering with it, also after the events were put back', async () => {
  let was: RecordedEvent | undefined;
  const ledger = await ledgerAfter((database, [first]) => {
    was = first;
    editEvent(database, first, 'body', first.body.replace(SECRET, 'other'));
  });
  assert.is((await run(['verify', '--record', '--ledger', ledger])).code, 3);
  await tamper(ledger, (database) => was && editEvent(database, was, 'body', was.body));
  const args = ['history', VOLUMES[0] as string, '--ledger', ledger];
  const lines = linesOf((await run([...args, '--format', 'ndjson'])).out);
  assert.equal(
    lines.map(({ type }) => type),
    ['TagRequested', 'TagApplied', 'TamperDetected'],
  );
  const { code, out } = await run(args);
  assert.is(code, 0);
  assert.match(
    out,
    /TagApplied[\s\S]+\n\ntagledger-tampering [\s\S]+TamperDetected [\s\S]+ found it: hash\n {2}where +seq 1 of /,
  );
});

test('a creation that the ledger lacks was never written, which nothing here records as tampering', async () => {
  const ledger = await ledgerAfter();
  const more = join(folder, 'more.json');
  writeTrail(more, ['vol-0a1b2c3d4e5f60733']);
  const { code, out } = await run(['verify', '--record', '--trail', more, '--ledger', ledger]);
  assert.is(code, 3);
  assert.match(out, /^the ledger records 0 findings$/m);
});

test.run();
