import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { main } from '../../src/cli/main.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { type EmbeddedAws, embeddedAws } from '../../src/embedded/embedded-aws.ts';
import { viewOf } from '../../src/projections/state-row.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { listOf } from '../support/async.ts';
import { remembering, typesByResource } from '../support/doubles.ts';
import { allOf, canaryCage, sensitiveTrail } from './canaries.ts';

const test = suite('credentials in CloudTrail records');

const EVERY_FIELD = JSON.stringify({
  Owner: '{who.name}',
  By: '{who.arn} {who.kind}',
  Cause: '{event.id} {event.name} {event.time}',
  Self: '{resource.id} {resource.type} {resource.arn} {account} {region}',
});

/** The embedded AWS with an instance that may not be tagged, so that there is an alert as well. */
const open = async (): Promise<{ aws: EmbeddedAws; seen: ReturnType<typeof remembering> }> => {
  let ms = Date.parse('2026-04-01T16:00:00.000Z');
  const seen = remembering();
  const aws = await embeddedAws({
    rules: parseTagRules(EVERY_FIELD),
    now: () => new Date(ms++),
    ec2: { denied: ({ id }) => id === 'i-02' },
    telemetry: seen.telemetry,
  });
  return { aws, seen };
};

/** The same trail through the whole pipeline, with and without credentials in it. */
const run = async (records: readonly unknown[]) => {
  const { aws, seen } = await open();
  try {
    const first = await aws.request(records.slice(0, 5), 'one');
    await aws.settle();
    const second = await aws.request(records.slice(5), 'two');
    await aws.settle();
    const events = await listOf(aws.store.readAll());
    const rows = await listOf(aws.states.list());
    return {
      types: await typesByResource(aws.store),
      outcomes: [...first, ...second].map(({ outcome }) => outcome),
      places: {
        'the ledger': [events, events.map(toItem)],
        'the state': [rows, rows.map(viewOf)],
        'the alerts': aws.alerts,
        'the log': [seen.lines, seen.counts],
        'the answers': [first, second],
        'the failure destination': aws.dropped,
      },
    };
  } finally {
    await aws.close();
  }
};

test('supports evidence for CC6.1 and CC6.7: no store, message or log line keeps a credential that a record carried', async () => {
  const cage = canaryCage();
  const plain = await run(sensitiveTrail());
  const planted = await run(sensitiveTrail().map(cage.planted));

  assert.ok(cage.size() > 200, 'there are canaries everywhere');
  assert.equal(planted.types, plain.types, 'the canaries do not keep records from being read');
  assert.equal(planted.outcomes, plain.outcomes);
  assert.equal(planted.types['key-01'], ['TagRequested', 'TagApplied']);
  assert.equal(planted.types['i-02'], ['TagRequested', 'TagFailed', 'DependencyObserved', 'ResourceRetired']);
  assert.is((planted.places['the alerts'] as readonly unknown[]).length, 1);
  for (const [place, content] of Object.entries(planted.places)) {
    assert.equal(cage.in(allOf(content)), [], `${place} holds canaries`);
  }
});

/** What a file holds, also a compressed one, as the archive’s and the export are. */
const plainly = async (file: string): Promise<string> => {
  const bytes = await readFile(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

test('the search would find a canary: in a text, in an error’s cause, and with its line breaks escaped', () => {
  const cage = canaryCage();
  const { keyMaterial, accessKeyId } = cage.planted({}) as Record<string, string>;
  assert.equal(cage.in(`key: ${accessKeyId}`), [accessKeyId]);
  assert.equal(cage.in(JSON.stringify({ keyMaterial })), [keyMaterial]);
  const cause = Object.assign(new Error('no'), { Item: { accessKeyId } });
  assert.equal(cage.in(allOf([{ error: new Error('outer', { cause }) }])), [accessKeyId]);
});

test('supports evidence for CC6.1: no file of a local ledger and no view of the command line shows a credential', async () => {
  const cage = canaryCage();
  const folder = await mkdtemp(join(tmpdir(), 'tagledger-canaries-'));
  try {
    const [trail, ledger, rejects] = ['trail.json', 'ledger', 'rejects.ndjson'].map((name) =>
      join(folder, name),
    );
    assert.ok(trail && ledger && rejects);
    await writeFile(trail, JSON.stringify({ Records: sensitiveTrail().map(cage.planted) }));
    const shown: string[] = [];
    const write = (line: string) => void shown.push(line);
    const on =
      (where: string) =>
      (...args: string[]) =>
        main([...args, '--ledger', where], {}, () => ({
          stdout: write,
          stderr: write,
          note: write,
          progress() {},
          style: PLAIN_TEXT,
        }));
    const tagledger = on(ledger);

    assert.is(await tagledger('ingest', trail, '--rejects', rejects), 1, 'some records are rejected');
    assert.match(shown.join('\n'), '2 rejected, and saved in');
    const exported = join(folder, 'export.ndjson.gz');
    assert.is(await tagledger('seal'), 0);
    assert.is(await tagledger('export', '--out', exported), 0);
    assert.is(await tagledger('prove', 'i-01'), 0);
    for (const format of ['text', 'json', 'ndjson']) {
      assert.is(await on(exported)('changes', '--format', format), 0);
      assert.is(await tagledger('list', '--format', format), 0);
      for (const id of ['i-01', 'i-02', 'key-01', 'vpn-01', 'lt-01']) {
        assert.is(await tagledger('state', id, '--format', format), 0);
        assert.is(await tagledger('history', id, '--format', format), 0);
        assert.is(await on(exported)('timeline', id, '--format', format), 0);
      }
    }
    assert.ok(shown.length > 30);
    assert.equal(cage.in(shown.join('\n')), []);

    const files = (await readdir(ledger, { recursive: true, withFileTypes: true })).filter((file) =>
      file.isFile(),
    );
    const contents = await Promise.all(
      [exported, ...files.map((file) => join(file.parentPath, file.name))].map(plainly),
    );
    const kept = contents.join('\n');
    assert.ok(files.some(({ parentPath, name }) => /archive.*\.gz$/.test(join(parentPath, name))));
    // LevelDB may compress: a text that comes in parts before is not found there, an id is.
    await tagledger('history', 'key-01', '--format', 'json');
    const [{ eventId }] = JSON.parse(shown.at(-1) ?? '') as [{ eventId: string }];
    assert.ok(eventId.length > 20 && kept.includes(eventId), 'the files can be searched');
    assert.equal(cage.in(kept), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
