import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { entriesIn, readTrail, type TrailEntry } from '../../../src/cli/trail/read-trail.ts';
import { localFile } from '../../../src/cli/trail/trail-file.ts';
import { trailPieces } from '../../../src/cli/trail/trail-pieces.ts';
import { temporaryFolder } from '../../support/cli/command-line.ts';

const test = suite('reading a trail');
const folder = temporaryFolder(test);

let count = 0;
const read = async (content: string | Buffer): Promise<TrailEntry[]> => {
  const file = join(folder, String(count++));
  writeFileSync(file, content);
  const entries: TrailEntry[] = [];
  for await (const entry of readTrail(file)) entries.push(entry);
  assert.equal(entries, await readInChunks(file), 'a small file is read as a large one is');
  return entries;
};

const readInChunks = async (file: string): Promise<TrailEntry[]> => {
  const { name, size = 0, read } = localFile(file);
  const entries: TrailEntry[] = [];
  for await (const batch of trailPieces({ name, size, read }, () => {})) entries.push(...entriesIn(batch));
  return entries;
};

const shown = (entries: readonly TrailEntry[]): unknown[] =>
  entries.map((entry) => ('value' in entry ? [entry.position, entry.value] : [entry.position, 'problem']));

const a = { a: 'é🔥' };
const b = { b: { c: [1, '}]'] } };
const text = JSON.stringify({ Records: [a, b] });

/** As PowerShell 5 writes what is redirected into a file. */
const utf16 = (content: string): Buffer => Buffer.from(`\uFEFF${content}`, 'utf16le');

test('UTF-16 with a byte order mark is read as UTF-8 is, gzipped and in both orders of bytes', async () => {
  const long = JSON.stringify({ Records: Array.from({ length: 20_000 }, (_, n) => ({ ...a, n })) });
  for (const content of [text, long]) {
    const expected = shown(await read(content));
    for (const bytes of [utf16(content), utf16(content).swap16(), gzipSync(utf16(content))])
      assert.equal(shown(await read(bytes)), expected);
  }
  const [torn] = await read(utf16('{"a":1}').subarray(0, -1));
  assert.ok(torn && 'problem' in torn);
});

for (const [what, content, expected] of [
  [
    'a log file',
    text,
    [
      ['Records[0]', a],
      ['Records[1]', b],
    ],
  ],
  [
    'an answer of LookupEvents',
    JSON.stringify({ NextToken: 'x', Events: [a], x: 1 }, null, 2),
    [['Events[0]', a]],
  ],
  [
    'a list',
    JSON.stringify([a, 5]),
    [
      ['[0]', a],
      ['[1]', 5],
    ],
  ],
  ['a record', JSON.stringify(a, null, 2), [['', a]]],
  [
    'records one a line',
    `${JSON.stringify(a)}\n\n${JSON.stringify(b)}\r\n`,
    [
      ['line 1', a],
      ['line 3', b],
    ],
  ],
  [
    'log files one a line',
    `${text}\n${text}`,
    [
      ['line 1, Records[0]', a],
      ['line 1, Records[1]', b],
      ['line 2, Records[0]', a],
      ['line 2, Records[1]', b],
    ],
  ],
  [
    'indented records one after the other',
    `${JSON.stringify(a, null, 1)}\n${JSON.stringify(b, null, 1)}`,
    [
      ['', a],
      ['byte 19', b],
    ],
  ],
  [
    'two records on one line',
    '{"a":1}{"b":2}\n{"c":3}\n',
    [
      ['line 1', { a: 1 }],
      ['line 1, byte 7', { b: 2 }],
      ['line 2', { c: 3 }],
    ],
  ],
  [
    'two records on a later line',
    '{"a":1}\n{"b":2} {"c":3}\n',
    [
      ['line 1', { a: 1 }],
      ['line 2', { b: 2 }],
      ['line 2, byte 16', { c: 3 }],
    ],
  ],
  ['an empty log file', '{"Records":[]}', []],
  ['log files, the first empty', '{"Records":[]} {"a":1}', [['byte 15', { a: 1 }]]],
  [
    'a file with a byte order mark',
    `\uFEFF${text}`,
    [
      ['Records[0]', a],
      ['Records[1]', b],
    ],
  ],
  [
    'a gzipped file of several members',
    Buffer.concat([gzipSync(text.slice(0, 15)), gzipSync(text.slice(15))]),
    [
      ['Records[0]', a],
      ['Records[1]', b],
    ],
  ],
  ['a file of one byte', '7', [['', 7]]],
  [
    'a log file with a malformed record',
    '{"Records":[{"a":1},{"b":x},{"c":3}]}',
    [
      ['Records[0]', { a: 1 }],
      ['Records[1]', 'problem'],
      ['Records[2]', { c: 3 }],
    ],
  ],
  [
    'a log file that breaks off',
    '{"Records":[{"a":1},{"b":',
    [
      ['Records[0]', { a: 1 }],
      ['Records[1]', 'problem'],
    ],
  ],
  [
    'a log file that breaks off between records',
    '{"Records":[{"a":1},',
    [
      ['Records[0]', { a: 1 }],
      ['after Records[0]', 'problem'],
    ],
  ],
  [
    'a log file with nonsense behind',
    '{"Records":[{"a":1}]} oh',
    [
      ['Records[0]', { a: 1 }],
      ['byte 22', 'problem'],
    ],
  ],
  ['nonsense', 'oh\nno\n', [['the whole file', 'problem']]],
  [
    'nonsense before a record',
    'oh\n{\n"a":1}',
    [
      ['byte 0', 'problem'],
      ['byte 3', { a: 1 }],
    ],
  ],
] as const) {
  test(`${what} is read, with positions`, async () => {
    assert.equal(shown(await read(content)), expected);
  });
}

test('a file of many chunks is read as one, gzipped or not', async () => {
  const records = Array.from({ length: 20_000 }, (_, n) => ({ n, text: `é🔥"\\{[${'x'.repeat(n % 300)}` }));
  for (const content of [
    JSON.stringify({ Records: records }),
    JSON.stringify({ Records: records }, null, 3),
    records.map((record) => JSON.stringify(record)).join('\n'),
  ]) {
    for (const bytes of [content, gzipSync(content)]) {
      const entries = await read(bytes);
      assert.equal(
        entries.map((entry) => 'value' in entry && entry.value),
        records,
      );
      assert.is(new Set(entries.map(({ position }) => position)).size, records.length);
    }
  }
});

test('of a gzip file that is cut at any place, what could be read comes before the one problem', async () => {
  const records = Array.from({ length: 50 }, (_, n) => ({ n, noise: Math.imul(n, 0x9e3779b1).toString(36) }));
  const gzip = gzipSync(JSON.stringify({ Records: records }));
  let most = 0;
  for (let length = 2; length < gzip.length; length += 7) {
    const entries = await read(gzip.subarray(0, length));
    const values = entries.slice(0, -1).map((entry) => 'value' in entry && entry.value);
    const last = entries.at(-1);
    assert.equal(values, records.slice(0, values.length));
    assert.ok(last && 'problem' in last);
    assert.is(last.position, values.length > 0 ? `after Records[${values.length - 1}]` : 'the whole file');
    assert.match(last.problem, 'cannot be read to its end (unexpected end of file)');
    assert.ok(values.length >= most);
    most = values.length;
  }
  assert.ok(most > 40);
});

test('of a gzip file that lacks its last bytes, all records come, and the problem', async () => {
  const entries = await read(gzipSync(text).subarray(0, -4));
  assert.equal(shown(entries), [
    ['Records[0]', a],
    ['Records[1]', b],
    ['after Records[1]', 'problem'],
  ]);
});

test('a gzip file that is damaged inside is one problem, and no crash', async () => {
  const gzip = gzipSync(JSON.stringify(Array.from({ length: 5_000 }, (_, n) => ({ n, r: Math.sin(n) }))));
  gzip.fill(0xff, 30_000, 30_050);
  const entries = await read(gzip);
  const problems = entries.flatMap((entry) => ('problem' in entry ? [entry.problem] : []));
  assert.ok(
    problems.some((problem) => problem.includes('cannot be read to its end')),
    String(problems),
  );
});

test('of a gzip file with garbage behind it, or with a wrong checksum, all records come, and the problem', async () => {
  const records = Array.from({ length: 3_000 }, (_, n) => ({
    n,
    noise: Math.imul(n, 0x9e3779b1).toString(36),
  }));
  for (const content of [text, JSON.stringify({ Records: records })]) {
    const gzip = gzipSync(content);
    const crc = Buffer.from(gzip);
    crc.fill(0xff, crc.length - 8, crc.length - 4);
    const clean = await read(gzip);
    for (const damaged of [crc, Buffer.concat([gzip, Buffer.from('garbage')])]) {
      const entries = await read(damaged);
      assert.equal(shown(entries.slice(0, -1)), shown(clean));
      const [last] = entries.slice(-1);
      assert.ok(last && 'problem' in last);
      assert.match(last.problem, 'cannot be read to its end (incorrect ');
    }
  }
});

const NULS = Buffer.alloc(1_000);
const ONLY_NULS = 'holds only NUL bytes: the file was damaged, copy it again';
const problemsIn = (entries: readonly TrailEntry[]) =>
  entries.flatMap((entry) => ('problem' in entry ? [[entry.position, entry.problem]] : []));

test('a file of NUL bytes is named as what it is, plain or gzipped, of any size', async () => {
  for (const content of [Buffer.alloc(1), NULS, gzipSync(NULS), gzipSync(Buffer.alloc(20_000_000))])
    assert.equal(problemsIn(await read(content)), [['the whole file', ONLY_NULS]]);
});

test('NUL bytes between records are named with their place, and cost no record', async () => {
  const lines = [JSON.stringify(a), JSON.stringify(b)];
  assert.equal(
    shown(
      await read(Buffer.concat([Buffer.from(`${lines[0]}\n`), NULS, Buffer.from(`${lines[1]}\n`), NULS])),
    ),
    [
      ['line 1', a],
      ['line 2', 'problem'],
      [`line 2, byte ${Buffer.byteLength(lines[0] ?? '') + 1 + NULS.length}`, b],
      ['line 3', 'problem'],
    ],
  );
  const parts = [text, NULS, text].map((part) => Buffer.from(part));
  const entries = await read(Buffer.concat(parts));
  assert.is(entries.filter((entry) => 'value' in entry).length, 4);
  assert.equal(problemsIn(entries), [[`byte ${Buffer.byteLength(text)}`, ONLY_NULS]]);
  assert.equal(problemsIn(await read(`{"Records":[{"a":1},${'\0'.repeat(9)}]}`)), [
    ['Records[1]', ONLY_NULS],
  ]);
});

test('a file with nothing in it is named, and one with no records is not', async () => {
  for (const content of ['', ' \n\t\n', '\uFEFF', gzipSync('')]) {
    const [[position, problem] = [], ...more] = problemsIn(await read(content));
    assert.equal([position, more], ['the whole file', []]);
    assert.match(problem ?? '', /^.+ is empty\. CloudTrail writes no empty files, so copy it again\.$/);
  }
  for (const content of ['{"Records":[]}', '[]', gzipSync('{"Records":[]}')])
    assert.equal(await read(content), []);
});

test('a file that is not there is an error that says so', async () => {
  const file = join(folder, 'missing');
  await readTrail(file)
    .next()
    .then(
      () => assert.unreachable(),
      (error: Error) => {
        assert.is(error.name, 'InvalidInputError');
        assert.match(error.message, `${file} does not exist`);
      },
    );
});

test('a record of 40 MB is refused in one sentence, with its beginning, and its neighbours are read', async () => {
  const entries = await read(`[1,"${'x'.repeat(40e6)}",2]`);
  const [, large] = entries;
  assert.equal(shown(entries), [
    ['[0]', 1],
    ['[1]', 'problem'],
    ['[2]', 2],
  ]);
  assert.ok(large && 'problem' in large);
  assert.match(
    large.problem,
    /^This has 40000002 bytes, and a CloudTrail record has at most 1048576\. .*beginning is kept\.$/,
  );
  assert.ok(large.text.length < 100_000);
});

test.run();
