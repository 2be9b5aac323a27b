import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toLine } from '../../src/events/ledger-line.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { checkEvents } from '../../src/verifier/check-events.ts';
import type { Finding } from '../../src/verifier/finding.ts';
import { readLedgerFile } from '../../src/verifier/ledger-file.ts';
import { rejectionOf } from '../support/async.ts';
import { exported, temporaryFolder } from '../support/sample-ledger.ts';
import { FIRST, LEDGER, SEEN, UNSEEN } from '../support/verifier/attacks.ts';

const test = suite('the check of an exported ledger');
const folder = temporaryFolder(test);
const whole = join(folder, 'whole.ndjson.gz');
const path = join(folder, 'attacked.ndjson.gz');
test.before(async () => {
  await exported(whole, LEDGER);
});

const check = async (file: string): Promise<Finding[]> => {
  const checking = checkEvents({ isSorted: true });
  const findings: Finding[] = [];
  for await (const { columns, problems } of readLedgerFile(file)) {
    findings.push(...problems, ...columns.flatMap((one) => checking.add(one)));
  }
  return findings;
};
const checkBytes = (bytes: Buffer | string): Promise<Finding[]> => {
  writeFileSync(path, bytes);
  return check(path);
};
const places = (findings: readonly Finding[]) => findings.map(({ kind, seq, stream }) => [kind, seq, stream]);

test('finds nothing in a file as it was exported, compressed or not', async () => {
  assert.equal(await check(whole), []);
  assert.equal(await checkBytes(gunzipSync(readFileSync(whole))), []);
});

for (const { name, on, found } of SEEN) {
  test(`where ${name}, that is found in the file and named`, async () => {
    const lines = on([...LEDGER]).map((columns) => `${toLine(columns)}\n`);
    assert.equal(
      places(await checkBytes(gzipSync(lines.join('')))),
      found.map(([kind, seq, stream = FIRST]) => [kind, seq, stream]),
    );
  });
}

for (const { name, on } of UNSEEN) {
  test(`where ${name}, the file does not show it: that is for a sealed log`, async () => {
    const lines = on([...LEDGER]).map((columns) => `${toLine(columns)}\n`);
    assert.equal(await checkBytes(gzipSync(lines.join(''))), []);
  });
}

/** Every file that differs from these bytes in one bit of one byte. */
function* editsOf(bytes: Buffer): Generator<readonly [edited: Buffer, place: number]> {
  for (const place of bytes.keys()) {
    const edited = Buffer.from(bytes);
    edited[place] = (edited[place] ?? 0) ^ (1 << (place % 8));
    yield [edited, place];
  }
}

test('whatever byte of a line is another one, something is found', async () => {
  const bytes = Buffer.from(`${toLine(LEDGER[0] ?? { stream: '', seq: 1 })}\n`);
  assert.equal(await checkBytes(bytes), []);
  for (const [edited, place] of editsOf(bytes)) {
    assert.ok((await checkBytes(edited)).length > 0, `byte ${place}`);
  }
});

test('whatever byte of a compressed file is another one, it is found or the file refused', async () => {
  const lines = LEDGER.slice(5, 6).map((columns) => `${toLine(columns)}\n`);
  const bytes = gzipSync(lines.join(''));
  const last = bytes.length - 9;
  // Of no event are the time, the flags and the system in gzip's header, and the bits that fill up the last byte.
  const free = [4, 5, 6, 7, 8, 9, last];
  for (const [edited, place] of editsOf(bytes)) {
    if (free.includes(place)) continue;
    const outcome = await checkBytes(edited).catch((error: unknown) => error);
    assert.ok(outcome instanceof InvalidInputError || (outcome as Finding[]).length > 0, `byte ${place}`);
  }
});

const line = toLine(LEDGER[0] ?? { stream: '', seq: 1 });
const rest = LEDGER.slice(1)
  .map((columns) => `${toLine(columns)}\n`)
  .join('');
for (const [what, text] of [
  ['with blanks', line.replace('":', '": ')],
  ['with an escape that is not needed', line.replace('TagRequested', '\\u0054agRequested')],
  ['with a member that comes twice', line.replace('{', `{"stream":"${FIRST}f",`)],
  ['with a member of its own', line.replace('{', '{"note":"x",')],
  ['with its members in another order', JSON.stringify({ seq: 1, ...LEDGER[0] })],
  ['with a seq that is a text', line.replace('"seq":1', '"seq":"1"')],
  ['with a hash that is no text', line.replace(/"hash":"[^"]*"/, '"hash":null')],
  ['with a carriage return', `${line}\r`],
  ['that is JSON of another kind', '[1]'],
  ['that is null', 'null'],
  ['that is empty', ''],
] as const) {
  test(`a line ${what} is found, and the rest is checked`, async () => {
    const findings = await checkBytes(`${text}\n${rest}`);
    assert.equal(places(findings), [
      ['file', null, null],
      ['missing', 2, FIRST],
    ]);
    assert.match(findings[0]?.expected ?? '', 'line 1');
  });
}

for (const [what, more] of [
  ['zeros', Buffer.alloc(7)],
  ['other bytes', Buffer.from('more')],
  ['many other bytes', Buffer.alloc(500_000, 'more')],
  ['the beginning of a gzip stream', Buffer.from([0x1f, 0x8b, 8])],
  ['an empty gzip stream', gzipSync('')],
] as const) {
  test(`${what} behind the compressed events are found, and the events checked`, async () => {
    const edited = LEDGER.with(2, { ...(LEDGER[2] as (typeof LEDGER)[0]), type: 'TagApplied' });
    const compressed = gzipSync(edited.map((columns) => `${toLine(columns)}\n`).join(''));
    const findings = await checkBytes(Buffer.concat([compressed, more]));
    assert.equal(places(findings), [
      ['column', 3, FIRST],
      ['file', null, null],
    ]);
    assert.is(findings[1]?.found, `${more.length} bytes`);
  });
}

test('a second gzip stream with events is found beside what is wrong with them', async () => {
  const more = gzipSync(`${line}\n`);
  const findings = await checkBytes(Buffer.concat([readFileSync(whole), more]));
  assert.equal(places(findings), [
    ['stream', 1, FIRST],
    ['file', null, null],
    ['header', null, null],
  ]);
});

test('the same file compressed by another program is a ledger as well', async () => {
  const named = gzipSync(gunzipSync(readFileSync(whole)), { level: 1 });
  assert.equal(await checkBytes(named), []);
});

test('a file that ends too early cannot be checked', async () => {
  const bytes = readFileSync(whole);
  for (const length of [2, 9, 100, bytes.length - 9, bytes.length - 8, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length));
    assert.instance(await rejectionOf(check(path)), InvalidInputError);
  }
});

test('a line that never ends is given up before it fills the memory', async () => {
  const [finding] = await checkBytes(gzipSync(Buffer.alloc(8 * 1024 * 1024, 'x')));
  assert.match(finding?.found ?? '', 'nothing was read');
});

test.run();
