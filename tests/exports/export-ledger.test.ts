import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf, fromLine, type StoredColumns } from '../../src/events/ledger-line.ts';
import { exportLedger } from '../../src/exports/export-ledger.ts';
import { type StreamLines, sortedStreams } from '../../src/exports/sort-streams.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { batchOf, CHAINS, exported, ORIGIN, storeOf, temporaryFolder } from '../support/sample-ledger.ts';

const test = suite('an export of a ledger');
const folder = temporaryFolder(test);
let files = 0;
const newFile = () => join(folder, `${++files}.ndjson.gz`);
const textOf = (path: string) => gunzipSync(readFileSync(path)).toString('utf8');

const COLUMNS = CHAINS.flat().map(columnsOf);
const SORTED = [...CHAINS].sort(([a], [b]) => ((a?.stream ?? '') < (b?.stream ?? '') ? -1 : 1)).flat();

test('has one line for each event, streams sorted and each oldest first, with its hashes and body', async () => {
  const path = newFile();
  const { events } = await exported(path, COLUMNS);
  const lines = textOf(path).split('\n');
  assert.is(lines.pop(), '');
  assert.is(events, 7);
  assert.equal(lines.map(fromLine), SORTED.map(columnsOf));
});

test('is the same bytes for the same ledger, whatever the order of its store', async () => {
  const [one, other] = [newFile(), newFile()];
  const first = await exported(one, COLUMNS);
  assert.equal(await exported(other, [...CHAINS].reverse().flat().map(columnsOf)), first);
  assert.equal(readFileSync(one), readFileSync(other));
});

test('says how many bytes it has, and the SHA-256 of the file and of its lines', async () => {
  const path = newFile();
  const { bytes, sha256, linesSha256 } = await exported(path, COLUMNS);
  const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
  assert.equal(
    [bytes, sha256, linesSha256],
    [statSync(path).size, hash(readFileSync(path)), hash(textOf(path))],
  );
});

test('of an empty ledger has no line', async () => {
  const path = newFile();
  assert.is((await exported(path, [])).events, 0);
  assert.is(textOf(path), '');
});

test('holds what was recorded in the period, both ends in it', async () => {
  const path = newFile();
  const period = { since: '2026-03-31T20:00:00.001Z', until: '2026-03-31T20:00:00.002Z' };
  assert.is((await exported(path, COLUMNS, period)).events, 3);
  assert.equal(
    textOf(path)
      .split('\n')
      .filter(Boolean)
      .map((line) => fromLine(line).recordedAt.slice(-4)),
    ['001Z', '001Z', '002Z'],
  );
});

test('holds what is damaged as it stands, in every period when it cannot be dated', async () => {
  const [first] = COLUMNS as [StoredColumns];
  const { recordedAt: _, hash: __, ...damaged } = first;
  const path = newFile();
  await exported(path, [damaged], { since: '2027-01-01T00:00:00.000Z' });
  assert.equal(JSON.parse(textOf(path)), damaged);
});

test('is written by no one over a file that is there, and only its owner may read it', async () => {
  const path = newFile();
  await exported(path, COLUMNS);
  assert.is(statSync(path).mode & 0o777, 0o600);
  const before = readFileSync(path);
  const error = await rejectionOf(exported(path, []));
  assert.instance(error, InvalidInputError);
  assert.match((error as Error).message, 'never overwritten');
  assert.equal(readFileSync(path), before);
});

test('that appears meanwhile under the name is not overwritten either', async () => {
  const path = newFile();
  async function* slowly() {
    yield COLUMNS;
    writeFileSync(path, 'somebody else');
  }
  assert.instance(
    await rejectionOf(exportLedger(slowly(), path, { origin: ORIGIN, period: {} }, () => {})),
    InvalidInputError,
  );
  assert.is(readFileSync(path, 'utf8'), 'somebody else');
});

test('that fails leaves nothing behind', async () => {
  const path = newFile();
  async function* failing() {
    yield COLUMNS;
    throw new Error('the table is gone');
  }
  assert.match(
    String(await rejectionOf(exportLedger(failing(), path, { origin: ORIGIN, period: {} }, () => {}))),
    'the table is gone',
  );
  assert.not.ok(existsSync(path));
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  );
});

const textOfStreams = (streams: readonly StreamLines[]) => streams.map(({ lines }) => lines).join('');

test('of more than fits into memory is sorted all the same', async () => {
  const inMemory = textOfStreams(await listOf(sortedStreams(batchOf(COLUMNS), folder)));
  for (const runLength of [1, 1500, 3000]) {
    assert.is(textOfStreams(await listOf(sortedStreams(batchOf(COLUMNS), folder, runLength))), inMemory);
  }
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  );
});

test('is the same from the columns of a store', async () => {
  const store = await storeOf(CHAINS.flat());
  const [one, other] = [newFile(), newFile()];
  assert.equal(await exported(one, (await listOf(store.columns())).flat()), await exported(other, COLUMNS));
});

test.run();
