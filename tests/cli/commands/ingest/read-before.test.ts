import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../../../src/adapters/memory/coordination-store.ts';
import { type FileMarks, fileMarks, marksOf } from '../../../../src/cli/ledger/file-marks.ts';
import { ingestRecords } from '../../../../src/cli/ledger/ingest-records.ts';
import { openRuntime } from '../../../../src/cli/ledger/open-runtime.ts';
import { recognizeIn } from '../../../../src/cli/trail/known-files.ts';
import { openTrails } from '../../../../src/cli/trail/read-trails.ts';
import { localFile } from '../../../../src/cli/trail/trail-file.ts';
import { openStoresToRead } from '../../../../src/embedded/embedded-stores.ts';
import { coverageStreamOf } from '../../../../src/events/ledger-stream.ts';
import { rejectionOf } from '../../../support/async.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { launch } from '../../../support/cloudtrail/trail.ts';
import { fakeTrailBucket } from '../../../support/fakes/trail-bucket.ts';

const test = suite('files that a ledger has read before');
const folder = temporaryFolder(test);

const HOUR = 3_600_000;
const recordOf = (n: number) =>
  launch([`i-0a1b2c3d4e5f6${String(n).padStart(4, '0')}`], {
    eventID: `7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f${String(n).padStart(4, '0')}`,
    eventTime: new Date(Date.UTC(2026, 2, 1) + n * HOUR).toISOString().replace('.000Z', 'Z'),
  });
const textOf = (...numbers: readonly number[]) => JSON.stringify({ Records: numbers.map(recordOf) });

let count = 0;
/** A folder of files with these contents, and a place for a ledger. */
const given = (...contents: readonly (string | Buffer)[]) => {
  count += 1;
  const trail = join(folder, `trail-${count}`);
  mkdirSync(trail);
  contents.forEach((content, n) => {
    writeFileSync(join(trail, `${n}.json`), content);
  });
  const ledger = join(folder, `ledger-${count}`);
  const rejects = ['--rejects', join(folder, `rejects-${count}`)];
  return {
    trail,
    ledger,
    ingest: (...more: readonly string[]) => run(['ingest', trail, '--ledger', ledger, ...rejects, ...more]),
  };
};

const SKIPPED = /^(read .*) that w(?:as|ere) read before \(--reread reads them again\)$/m;
const skipped = (said: string): string | undefined => SKIPPED.exec(said)?.[1];

test('a file is known by its content, whatever its name, and is not read again', async () => {
  const { trail, ingest } = given(textOf(1), gzipSync(textOf(2, 3)));
  const first = await ingest();
  assert.match(first.out, /^appended +3 /m);
  assert.is(skipped(first.said), undefined);
  renameSync(join(trail, '0.json'), join(trail, 'renamed.json'));
  writeFileSync(join(trail, '2.json'), textOf(4));
  const again = await ingest();
  assert.is(again.code, 0);
  assert.match(again.out, /^records +1$/m);
  assert.is(skipped(again.said), 'read 1 file, skipped 2');
  const all = await ingest();
  assert.is(all.code, 0, 'that all is known is no lack of records');
  assert.is(skipped(all.said), 'read 0 files, skipped 3');
});

test('--reread reads all again', async () => {
  const { ingest } = given(textOf(1));
  await ingest();
  const { out, said } = await ingest('--reread');
  assert.match(out, /^already there +1$/m);
  assert.is(skipped(said), undefined);
});

test('another setting or version reads all again', async () => {
  const { trail, ledger, ingest } = given(textOf(1));
  await ingest();
  const env = { TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagledger-apply' };
  const { said, out } = await run(['ingest', trail, '--ledger', ledger], env);
  assert.is(skipped(said), undefined);
  assert.match(out, /^records +1$/m);

  const coordination = memoryCoordinationStore();
  const [old, present] = [fileMarks(coordination, 'old'), fileMarks(coordination, 'present')];
  await old.add('sha256/a', { coverage: [] });
  assert.is(await present.find('sha256/a'), undefined);
  await present.add('sha256/a', { coverage: [] });
  assert.equal(await present.find('sha256/a'), { coverage: [] });
  assert.is(await old.find('sha256/a'), undefined);
});

test('a file of which anything was rejected is read again, and its problem said again', async () => {
  const { ingest } = given(`${textOf(1)}\n{"torn`, textOf(2));
  for (const expected of [undefined, 'read 1 file, skipped 1']) {
    const { code, said } = await ingest();
    assert.is(code, 1);
    assert.match(said, '1 rejected');
    assert.is(skipped(said), expected);
  }
});

test('a simulated ledger reads all again, because its simulation must see it', async () => {
  const { ingest } = given(textOf(1));
  await ingest('--simulate');
  assert.is(skipped((await ingest()).said), undefined);
});

test('a ledger in AWS has marks of its table alone, and none if the table cannot be told from another', async () => {
  const runtime = await openRuntime(given().ledger, {}, { create: 'observed' });
  try {
    const marksIn = (ledgerId: string | undefined): Promise<FileMarks | undefined> =>
      marksOf({ ...runtime, ledgerId: async () => ledgerId }, {}, { mode: 'live', requestTags: false });
    await (await marksIn('first'))?.add('sha256/a', { coverage: [] });
    assert.ok(await (await marksIn('first'))?.find('sha256/a'));
    assert.is(await (await marksIn('restored'))?.find('sha256/a'), undefined);
    assert.is(await marksIn(undefined), undefined);
  } finally {
    await runtime.close();
  }
});

test('a role that may not use the state table of a ledger in AWS has no marks, and no error', async () => {
  const runtime = await openRuntime(given().ledger, {}, { create: 'observed' });
  const denied = async () => {
    throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  };
  const coordination = { ...memoryCoordinationStore(), get: denied, swap: denied };
  const marks = await marksOf(
    { ...runtime, coordination, ledgerId: async () => 'id' },
    {},
    { mode: 'live', requestTags: false },
  );
  await marks?.add('sha256/a', { coverage: [] });
  assert.is(await marks?.find('sha256/a'), undefined);
  await runtime.close();
});

const coverageIn = async (ledger: string): Promise<readonly unknown[]> => {
  const stores = openStoresToRead(ledger);
  try {
    const events = await stores.store.read(coverageStreamOf('111122223333'));
    return events.map(({ event }) => event.type === 'CoverageRecorded' && [event.from, event.to]);
  } finally {
    stores.close();
  }
};

/** Ingests a folder, and stops after so many chunks as if the process had died. */
const ingestAndDie = async (trail: string, ledger: string, chunks: number): Promise<number> => {
  const runtime = await openRuntime(ledger, {}, { create: 'observed' });
  try {
    const marks = await marksOf(runtime, {}, { mode: 'observed', requestTags: false });
    const { unknown } = await openTrails([trail], { stderr: () => {} } as never);
    let left = chunks;
    let ended = 0;
    for await (const chunk of ingestRecords(
      runtime,
      unknown(recognizeIn(marks as FileMarks)),
      join(folder, 'rejects'),
      { size: 2, marks },
    )) {
      ended += chunk.ended.length;
      if (--left === 0) break;
    }
    return ended;
  } finally {
    await runtime.close();
  }
};

test('a run that died goes on: nothing is lost, and the horizon is that of all files', async () => {
  const contents = Array.from({ length: 30 }, (_, n) => textOf(n * 3 + 1, n * 3 + 2, n * 3 + 3));
  const whole = given(...contents);
  await whole.ingest();
  const listed = async (ledger: string) =>
    linesOf((await run(['list', '--ledger', ledger, '-o', 'ndjson'])).out).length;
  for (const chunks of [1, 4, 5, 7, 12]) {
    const { trail, ledger, ingest } = given(...contents);
    const ended = await ingestAndDie(trail, ledger, chunks);
    const { said, out } = await ingest();
    const known = Number(/skipped (\d+)/.exec(skipped(said) ?? '')?.[1] ?? 0);
    assert.ok(known >= ended, `${known} of ${ended}`);
    assert.match(out, new RegExp(`^records +${90 - known * 3}$`, 'm'));
    assert.is(await listed(ledger), await listed(whole.ledger));
    assert.equal(await coverageIn(ledger), await coverageIn(whole.ledger), `${chunks} chunks`);
  }
  const before = await coverageIn(whole.ledger);
  await whole.ingest();
  assert.equal(await coverageIn(whole.ledger), before, 'a run that skips all adds nothing');
});

test('a mark is never without the events: both are written, or neither', async () => {
  const { trail, ledger } = given(textOf(1));
  const runtime = await openRuntime(ledger, {}, { create: 'observed' });
  const { batches } = await openTrails([trail], { stderr: () => {} } as never);
  const failing: FileMarks = {
    find: async () => undefined,
    add: async () => {
      throw new Error('the mark cannot be written');
    },
  };
  const marked = ingestRecords(
    runtime,
    (async function* () {
      for await (const batch of batches)
        yield Object.assign([...batch], batch.ended && { ended: { ...batch.ended, content: 'sha256/a' } });
    })(),
    join(folder, 'rejects'),
    { size: 2, marks: failing },
  );
  const error = await rejectionOf(
    (async () => {
      for await (const _ of marked);
    })(),
  );
  assert.match(String(error), 'the mark cannot be written');
  await runtime.close();
  const listed = await run(['list', '--ledger', ledger, '-o', 'ndjson']);
  assert.equal(linesOf(listed.out), []);
});

test('without a transaction, as in AWS, a file is marked after its last event is appended', async () => {
  const runtime = await openRuntime(given().ledger, {}, { create: 'observed' });
  const { store, eventFormat } = runtime;
  const happened: string[] = [];
  const marks: FileMarks = {
    find: async () => undefined,
    add: async (content) => happened.push(`mark ${content}`),
  };
  const request = async (inputs: unknown) => {
    if (happened.length > 4) throw new Error('AWS is gone');
    happened.push(`append ${(inputs as readonly unknown[]).length}`);
    return [];
  };
  const files = ['a', 'b', 'c', 'd'].map((name) =>
    Object.assign(
      [1, 2, 3].map((n) => ({ file: name, position: `${n}`, value: {} })),
      { ended: { name, content: name } },
    ),
  );
  const error = await rejectionOf(
    (async () => {
      const ledger = { store, eventFormat, request };
      for await (const _ of ingestRecords(ledger, files, join(folder, 'rejects'), { size: 2, marks }));
    })(),
  );
  assert.match(String(error), 'AWS is gone');
  assert.equal(happened, ['append 2', 'append 2', 'mark a', 'append 2', 'mark b']);
  await runtime.close();
});

test('a file that changes while it is read is not marked as what it was', async () => {
  const { trail } = given(textOf(1));
  const path = join(trail, '0.json');
  const { read, ...file } = localFile(path);
  const recognize = recognizeIn({ find: async () => undefined });
  const found = await recognize({ name: file.name, size: 1, read });
  writeFileSync(path, textOf(2));
  if ('mark' in found) throw new Error('it is not known');
  for await (const chunk of found.file.read()) found.onRead?.(chunk);
  const same = await recognize(localFile(path));
  if ('mark' in same) throw new Error('it is not known');
  same.onRead?.(readFileSync(path));
  assert.is(found.content?.(), same.content?.());
});

test('verify reads the files of --trail whatever is marked', async () => {
  const { trail, ledger, ingest } = given(textOf(1));
  await ingest();
  const more = join(trail, 'more.json');
  writeFileSync(more, textOf(2));
  const other = given();
  cpSync(ledger, other.ledger, { recursive: true });
  const missing = await run(['verify', '--trail', trail, '--ledger', other.ledger]);
  assert.is(missing.code, 3, 'a creation that is missing is found beside a file that is known');
  await ingest();
  const verified = await run(['verify', '--trail', trail, '--ledger', ledger]);
  assert.match(verified.out, /^trail +OK +.*2 /m);
});

test('an object of a bucket is known without reading it, until it is written again', async () => {
  const objects = new Map([['AWSLogs/a.json', { bytes: textOf(1) }]]);
  const fake = fakeTrailBucket(objects);
  try {
    const ledger = join(folder, 'of-a-bucket');
    const ingest = () => run(['ingest', 's3://trail-bucket/AWSLogs', '--ledger', ledger]);
    const reads = () => fake.requests.filter((request) => request.startsWith('get ')).length;
    await ingest();
    assert.is(reads(), 1);
    assert.is(skipped((await ingest()).said), 'read 0 files, skipped 1');
    assert.is(reads(), 1);
    objects.set('AWSLogs/a.json', Object.assign({ bytes: textOf(2) }, { etag: '"2"' }));
    assert.match((await ingest()).out, /^appended +1 /m);
    assert.is(reads(), 2);
  } finally {
    fake.restore();
  }
});

test('--by-file writes a line for each file while it reads', async () => {
  const { trail, ingest } = given(textOf(1, 2), textOf(2), `${textOf(3)}\n{"torn`);
  const lines = (await ingest('--by-file')).out.split('\n');
  assert.equal(lines.slice(0, 4), [
    'records  appended  already there  skipped  rejected  file',
    `      2         2              0        0         0  ${join(trail, '0.json')}`,
    `      1         0              1        0         0  ${join(trail, '1.json')}`,
    `      2         1              0        0         1  ${join(trail, '2.json')}`,
  ]);
  assert.ok(lines.some((line) => /^records +5$/.test(line)));
  const again = (await ingest('--by-file')).out.split('\n');
  assert.is(
    again[1],
    `      -         -              -        -         -  ${join(trail, '0.json')} (read before)`,
  );
});

test('--by-file in NDJSON and JSON gives the counts of each file', async () => {
  const reads = { ...recordOf(9), eventName: 'DescribeInstances' };
  const { trail, ingest } = given(textOf(1), JSON.stringify({ Records: [recordOf(2), reads] }));
  const expected = [
    { file: join(trail, '0.json'), records: 1, appended: 1, skipped: 0, skippedBecause: {} },
    {
      file: join(trail, '1.json'),
      records: 2,
      appended: 1,
      skipped: 1,
      skippedBecause: { 'not-a-change': 1 },
    },
  ].map((file) => ({
    ...file,
    readBefore: false,
    alreadyThere: 0,
    rejected: 0,
    events: { TagObserved: 1 },
  }));
  const first = linesOf((await ingest('--by-file', '-o', 'ndjson')).out);
  const byKey = (a: [string, unknown], b: [string, unknown]) => (a[0] < b[0] ? -1 : 1);
  const sorted = (files: readonly object[]) => files.map((file) => Object.entries(file).sort(byKey));
  assert.equal(sorted(first), sorted(expected));
  const again = JSON.parse((await ingest('--by-file', '-o', 'json')).out);
  assert.equal(
    again.map(({ readBefore, records }: { readBefore: boolean; records: number }) => [readBefore, records]),
    [
      [true, 0],
      [true, 0],
    ],
  );
});

test.run();
