import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, type Ran, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { contentsOf } from '../../../support/cli/contents.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger ingest');
const folder = temporaryFolder(test);

const volumeId = (n: number): string => `vol-0${String(n).padStart(16, '0')}`;
const creation = (n: number, over: Readonly<Record<string, unknown>> = {}) =>
  sample('CreateVolume', {
    eventID: `create-${n}`,
    responseElements: { volumeId: volumeId(n) },
    ...over,
  });
const envelope = (detail: object) => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  account: '111122223333',
  region: 'eu-west-1',
  detail,
});

let count = 0;
interface Ingested extends Ran {
  readonly ledger: string;
  readonly rejects: string;
  readonly files: readonly string[];
}

/** Writes these files and ingests them into a ledger of their own. */
const ingest = async (
  contents: Readonly<Record<string, string | Buffer>>,
  ...options: readonly string[]
): Promise<Ingested> => {
  const own = join(folder, String(count++));
  mkdirSync(own);
  const files = Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(own, name), content);
    return join(own, name);
  });
  const [ledger, rejects] = [join(own, 'ledger'), join(own, 'rejects.ndjson')];
  const ran = await run([
    'ingest',
    '--simulate',
    ...files,
    '--ledger',
    ledger,
    '--rejects',
    rejects,
    ...options,
  ]);
  return { ...ran, ledger, rejects, files };
};

const records = JSON.stringify({ Records: [creation(1), creation(2)] });
const lines = (...values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

for (const [form, content, resources] of [
  ['a CloudTrail log file', records, 2],
  ['a gzipped one', gzipSync(records), 2],
  ['one that is indented', JSON.stringify({ Records: [creation(1)] }, null, 2), 1],
  ['one that begins with a byte order mark', `\uFEFF${records}`, 2],
  ['one record', JSON.stringify(creation(1)), 1],
  ['an array of records', JSON.stringify([creation(1), creation(2), creation(3)]), 3],
  ['one record a line', lines(creation(1), creation(2), creation(3)), 3],
  [
    'one record a line with empty lines and CRLF',
    `${lines(creation(1), creation(2))}\n\n`.replace(/\n/g, '\r\n'),
    2,
  ],
  ['an EventBridge event', JSON.stringify(envelope(creation(1))), 1],
  [
    'EventBridge events, one a line, gzipped',
    gzipSync(lines(envelope(creation(1)), envelope(creation(2)))),
    2,
  ],
  ['log files, one a line', lines({ Records: [creation(1)] }, { Records: [creation(2)] }), 2],
] as const) {
  test(`${form} is read`, async () => {
    const { code, ledger, rejects } = await ingest({ 'trail.json': content });
    assert.is(code, 0);
    const { views } = await contentsOf(ledger);
    assert.equal(
      views.map(({ id, status }) => `${id} ${status}`).sort(),
      Array.from({ length: resources }, (_, i) => `${volumeId(i + 1)} applied`),
    );
    assert.not.ok(existsSync(rejects));
  });
}

test('a direct call is recorded once, however often its file is read', async () => {
  const call = { resourceId: `arn:aws:ec2:eu-west-1:111122223333:volume/${volumeId(1)}`, user: 'bob' };
  const { ledger, files } = await ingest({ 'calls.ndjson': lines(creation(1), call) });
  const before = await contentsOf(ledger);
  assert.equal(
    before.events.filter(({ event }) => event.type === 'TagRequested').map(({ seq }) => seq),
    [1, 2],
  );
  assert.is((await run(['ingest', '--simulate', ...files, '--ledger', ledger])).code, 0);
  assert.equal(await contentsOf(ledger), before);
});

test('the text is a tally; what is said about it is on stderr', async () => {
  const { code, out, said, ledger } = await ingest({ 'trail.json': records });
  assert.is(code, 0);
  assert.match(out, /^records +2$/m);
  assert.match(out, /^appended +2 +2 TagRequested$/m);
  assert.match(out, /^rejected +0$/m);
  assert.is(
    said,
    `${ledger} is a simulated ledger: EC2 is simulated, nothing was sent to AWS\ntag rules: the built-in example, because TAG_RULES is not set\n`,
  );
});

test('NDJSON has a line for every result, with its file and position', async () => {
  const { out, files } = await ingest(
    { 'a.json': records, 'b.ndjson': lines(creation(1), creation(3, { errorCode: 'Client.Nope' })) },
    '--format',
    'ndjson',
  );
  assert.equal(
    linesOf(out).map(({ file, position, outcome }) => [file, position, outcome]),
    [
      [files[0], 'Records[0]', 'appended'],
      [files[0], 'Records[1]', 'appended'],
      [files[1], 'line 1', 'already-there'],
      [files[1], 'line 2', 'skipped'],
    ],
  );
});

test('JSON is one array of the same results', async () => {
  const { out } = await ingest({ 'a.json': records }, '--format', 'json');
  assert.equal(
    JSON.parse(out).map((result: { outcome: string }) => result.outcome),
    ['appended', 'appended'],
  );
});

test('what is malformed is reported with file and position and kept, and the rest goes on', async () => {
  const torn = JSON.stringify(creation(2)).slice(0, 200);
  const odd = { ...creation(3), eventTime: ['yesterday'] };
  const { code, out, said, ledger, rejects, files } = await ingest({
    'bad.ndjson': `${lines(creation(1))}\n${torn}\n${lines({ hello: 'world' }, [5, creation(4)], odd)}\n`,
  });
  assert.is(code, 1);
  assert.match(out, /^appended +2 /m);
  assert.match(out, /^rejected +4$/m);
  assert.equal(
    said.match(/^rejected: bad\.ndjson, [^:]*/gm),
    ['line 2', 'line 3', 'line 4, [0]', 'line 5'].map((position) => `rejected: bad.ndjson, ${position}`),
  );
  assert.match(said, `4 rejected, and saved in ${rejects}`);
  const kept = linesOf<Record<string, string>>(readFileSync(rejects, 'utf8'));
  assert.equal(
    kept.map(({ file, text }) => [file, text]),
    [torn, '{"hello":"world"}', '5', JSON.stringify(odd)].map((text) => [files[0], text]),
  );
  assert.ok(kept.every(({ reason }) => (reason?.length ?? 0) > 10));
  assert.equal((await contentsOf(ledger)).views.map(({ id }) => id).sort(), [volumeId(1), volumeId(4)]);
});

test('a hundred malformed records are all kept, and not all said', async () => {
  const { code, said, rejects } = await ingest({
    'bad.ndjson': lines(...Array.from({ length: 100 }, (_, n) => ({ n }))),
  });
  assert.is(code, 1);
  assert.is(said.match(/^rejected: /gm)?.length, 20);
  assert.match(said, '100 rejected');
  assert.is(linesOf(readFileSync(rejects, 'utf8')).length, 100);
});

test('a file that is no JSON at all is one reject, not one for each of its lines', async () => {
  const { code, said } = await ingest({ 'notes.md': '# Notes\n\nof mine\nand yours\n' });
  assert.is(code, 1);
  assert.match(said, 'rejected: notes.md, the whole file: This is not JSON');
  assert.match(said, '1 rejected');
});

test('when one of the files is missing, nothing is recorded', async () => {
  const there = join(folder, 'there.json');
  writeFileSync(there, records);
  const ledger = join(folder, 'never');
  const { code, out, said } = await run([
    'ingest',
    '--simulate',
    there,
    join(folder, 'missing.json'),
    '--ledger',
    ledger,
  ]);
  assert.is(code, 1);
  assert.is(out, '');
  assert.match(said, 'missing.json does not exist');
  assert.not.ok(existsSync(ledger));
});

test('a damaged gzip file cannot be read, and an empty folder has nothing to read', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const damaged = join(folder, 'damaged.json.gz');
  writeFileSync(damaged, gzipSync(records).subarray(0, 60));
  for (const [file, words] of [
    [damaged, `${damaged} cannot be read`],
    [empty, `The folder ${empty} has no CloudTrail log file.`],
  ] as const) {
    const { code, said } = await run(['ingest', '--simulate', file, '--ledger', join(folder, 'never')]);
    assert.is(code, 1);
    assert.match(said, words);
  }
});

test('a log file without records is no damage, but does not show that nothing happened', async () => {
  const { code, out, said } = await ingest({ 'empty.json': '{"Records":[]}' });
  assert.is(code, 4);
  assert.match(said, /^No record was found in .*empty\.json\. /m);
  assert.match(out, /^records +0$/m);
});

for (const [what, content, says] of [
  ['an empty file', '', 'empty.json is empty. CloudTrail writes no empty files, so copy it again.'],
  ['a file of blanks', ' \n\n', 'empty.json is empty. CloudTrail writes no empty files, so copy it again.'],
  ['a file of NUL bytes', '\0'.repeat(1_000), 'holds only NUL bytes: the file was damaged, copy it again'],
] as const) {
  test(`${what} is named, and no trail without records`, async () => {
    const { code, out, said } = await ingest({ 'empty.json': content });
    assert.is(code, 1);
    assert.match(out, /^rejected +1$/m);
    assert.match(said, says);
  });
}

test('a record of 10 MB is rejected and kept, and its neighbours are recorded', async () => {
  const big = creation(1, { requestParameters: { padding: 'x'.repeat(10 * 1024 * 1024) } });
  const { code, said, ledger, rejects } = await ingest({
    'big.json': JSON.stringify({ Records: [big, creation(2)] }),
  });
  assert.is(code, 1);
  assert.match(
    said,
    /big\.json, Records\[0\]: This has 104\d{5} characters, and a CloudTrail record has at most 1048576\. /,
  );
  assert.ok(said.length < 1_000);
  assert.equal(JSON.parse(linesOf<{ text: string }>(readFileSync(rejects, 'utf8'))[0]?.text ?? ''), big);
  assert.equal(
    (await contentsOf(ledger)).views.map(({ id }) => id),
    [volumeId(2)],
  );
});

test('a record whose event is too large for the ledger is rejected, and its neighbours are recorded', async () => {
  const tags = Array.from({ length: 2_500 }, (_, i) => ({ key: `k${i}`, value: 'v'.repeat(200) }));
  const change = sample('CreateTags', {
    eventID: 'change',
    requestParameters: { resourcesSet: { items: [{ resourceId: volumeId(9) }] }, tagSet: { items: tags } },
    responseElements: { _return: true },
  });
  const { code, said, ledger } = await ingest({ 'wide.ndjson': lines(creation(1), change, creation(2)) });
  assert.is(code, 1);
  assert.match(said, 'rejected: wide.ndjson, line 2: The event of');
  assert.equal((await contentsOf(ledger)).views.map(({ id }) => id).sort(), [volumeId(1), volumeId(2)]);
});

test('a record that is nested too deeply is rejected and kept', async () => {
  const deep = `{"eventName":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const { code, said, rejects } = await ingest({ 'deep.ndjson': `${lines(creation(1))}\n${deep}\n` });
  assert.is(code, 1);
  assert.match(said, 'deep.ndjson, line 2: This is nested too deeply');
  assert.is(linesOf(readFileSync(rejects, 'utf8'))[0]?.text, deep);
});

test('what a hostile record holds cannot write on the terminal', async () => {
  const evil = '\u001b]0;pwned\u0007\u009b2J\u202E';
  const { code, out, said } = await ingest({
    'evil.ndjson': lines(
      creation(1, { eventTime: evil }),
      { ...creation(2), eventName: { [evil]: evil } },
      sample(`Describe${evil}`, { eventID: evil }),
      creation(3, { userIdentity: { type: evil, userName: evil } }),
    ),
  });
  assert.is(code, 1);
  for (const line of `${out}${said}`.split('\n')) assert.not.match(line, /\p{C}/u);
});

test('a ledger keeps the rules it was begun with, and TAG_RULES wins over them', async () => {
  const own = join(folder, 'rules');
  mkdirSync(own);
  const [first, second, third] = [1, 2, 3].map((n) => {
    const file = join(own, `${n}.json`);
    writeFileSync(file, JSON.stringify(creation(n)));
    return file;
  });
  const ledger = join(own, 'ledger');
  const go = (file = '', env = {}) => run(['ingest', '--simulate', file, '--ledger', ledger], env);
  await go(first, { TAG_RULES: '{"Team":"shop"}' });
  await go(second);
  await go(third, { TAG_RULES: '{"Team":"{who.name}"}' });
  const { views } = await contentsOf(ledger);
  assert.equal(
    views.map(({ id, tags }) => [id, tags]).sort(),
    ['shop', 'shop', 'ada'].map((value, i) => [volumeId(i + 1), [{ key: 'Team', value }]]),
  );
});

test('children that no record names are looked for unless TAG_CHILDREN is off, which a ledger keeps as well', async () => {
  const own = join(folder, 'children');
  mkdirSync(own);
  const launchOf = (id: string) =>
    sample('RunInstances', {
      eventID: `launch of ${id}`,
      responseElements: { instancesSet: { items: [{ instanceId: id }] } },
    });
  const ids = ['i-0a', 'i-0b', 'i-0c'];
  const [first = '', second = '', third = ''] = ids.map((id) => {
    const file = join(own, `${id}.json`);
    writeFileSync(file, JSON.stringify(launchOf(id)));
    return file;
  });
  const ledger = join(own, 'ledger');
  const idsAfter = async (file: string, env = {}) => {
    assert.is((await run(['ingest', '--simulate', file, '--ledger', ledger], env)).code, 0);
    return (await contentsOf(ledger)).views.map(({ type }) => type).sort();
  };
  assert.equal(await idsAfter(first, { TAG_CHILDREN: 'off' }), ['instance']);
  assert.equal(await idsAfter(second), ['instance', 'instance']);
  assert.equal(await idsAfter(third, { TAG_CHILDREN: 'on' }), ['instance', 'instance', 'instance', 'volume']);
});

test('a new ledger is written in format 2, one that was begun before that in 1, unless EVENT_FORMAT says', async () => {
  const own = join(folder, 'formats');
  mkdirSync(own);
  const ledger = join(own, 'ledger');
  const formatsAfter = async (n: number, env = {}) => {
    const file = join(own, `${n}.json`);
    writeFileSync(file, JSON.stringify(creation(n)));
    assert.is((await run(['ingest', file, '--ledger', ledger], env)).code, 0);
    const { events } = await contentsOf(ledger);
    return [
      ...new Set(events.filter(({ stream }) => stream.endsWith(volumeId(n))).map((e) => e.schemaVersion)),
    ];
  };
  assert.equal(await formatsAfter(1), [2]);
  const history = await run(['history', volumeId(1), '--ledger', ledger, '--format', 'json']);
  assert.is(JSON.parse(history.out)[0].schemaVersion, 2);
  assert.equal(await formatsAfter(2, { EVENT_FORMAT: '1' }), [1]);
  const marker = join(ledger, 'tagledger.json');
  const { settings, ...more } = JSON.parse(readFileSync(marker, 'utf8'));
  const { EVENT_FORMAT: _, ...before } = settings;
  writeFileSync(marker, JSON.stringify({ ...more, settings: before }));
  assert.equal(await formatsAfter(3), [1]);
});

test('what could not be tagged is alerted on stderr', async () => {
  const full = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
  const items = [{ resourceType: 'volume', tags: full }];
  const { code, said } = await ingest({
    'full.json': JSON.stringify(creation(1, { requestParameters: { tagSpecificationSet: { items } } })),
  });
  assert.is(code, 0);
  assert.match(said, /^alert: tagledger: 1 resource not tagged: TagLimitExceeded/m);
});

test('with IDENTITY_JOIN a session is known by who assumed its role, also from an earlier run', async () => {
  const own = join(folder, 'joined');
  mkdirSync(own);
  const key = 'ASIAMADEUP0000000001';
  const issue = sample('AssumeRole', {
    eventSource: 'sts.amazonaws.com',
    responseElements: { credentials: { accessKeyId: key, sessionToken: 'TOKEN' } },
  });
  const arn = 'arn:aws:sts::111122223333:assumed-role/deploy/x';
  const act = creation(1, { userIdentity: { type: 'AssumedRole', arn, accessKeyId: key } });
  const ledger = join(own, 'ledger');
  for (const [i, record] of [issue, act].entries()) {
    const file = join(own, `${i}.json`);
    writeFileSync(file, JSON.stringify(record));
    assert.is(
      (await run(['ingest', '--simulate', file, '--ledger', ledger], { IDENTITY_JOIN: 'on' })).code,
      0,
    );
  }
  const { out } = await run(['list', '--ledger', ledger, '--format', 'ndjson']);
  assert.equal(
    linesOf<{ createdBy: { name: string; via: string } }>(out).map(({ createdBy }) => [
      createdBy.name,
      createdBy.via,
    ]),
    [['ada', arn]],
  );
});

for (const options of [[], ['--simulate']]) {
  test(`an export is refused as a ledger that can only be read${options.map((o) => `, with ${o}`).join('')}`, async () => {
    const { ledger, files } = await ingest({ 'trail.json': records });
    const exported = `${ledger}.ndjson.gz`;
    assert.is((await run(['export', '--out', exported, '--ledger', ledger])).code, 0);
    const before = readFileSync(exported);
    const { code, said } = await run(['ingest', ...options, ...files, '--ledger', exported]);
    assert.is(code, 1);
    assert.match(said, 'is an exported file, which can only be read.');
    assert.equal(readFileSync(exported), before);
  });
}

test.run();
