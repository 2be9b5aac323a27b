import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStores } from '../../src/embedded/embedded-stores.ts';
import {
  findLedgerFolder,
  type Marker,
  makeLedgerFolder,
  removeDemoFolder,
} from '../../src/embedded/ledger-folder.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';

const test = suite('ledger folder');

const root = mkdtempSync(join(tmpdir(), 'tagledger-folder-'));
test.after(() => rmSync(root, { recursive: true }));

let count = 0;
/** A path that does not exist yet. */
const fresh = (): string => join(root, String(count++));

const marker = (demo: boolean): Marker => ({
  tagledger: 2,
  demo,
  settings: { TAG_RULES: '{"Owner":"{who.name}"}', TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/x' },
});

const refusal = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    assert.instance(error, InvalidInputError);
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

test('where nothing is, or an empty folder, there is no ledger', () => {
  const path = fresh();
  assert.is(findLedgerFolder(path), undefined);
  mkdirSync(path);
  assert.is(findLedgerFolder(path), undefined);
});

test('a folder that was made tells how it was begun, also in folders that were not there', () => {
  const path = join(fresh(), 'deep', 'er');
  makeLedgerFolder(path, marker(false));
  assert.equal(findLedgerFolder(path), marker(false));
});

test('a folder with other things is refused and stays as it is', async () => {
  const path = fresh();
  mkdirSync(path);
  writeFileSync(join(path, 'thesis.txt'), 'precious');
  assert.match(
    await refusal(() => findLedgerFolder(path)),
    'is not a ledger: it has no tagledger.json. Name',
  );
  assert.match(await refusal(() => removeDemoFolder(path)), 'is not a ledger');
  assert.equal(readdirSync(path), ['thesis.txt']);
  assert.is(readFileSync(join(path, 'thesis.txt'), 'utf8'), 'precious');
});

test('a file is refused and stays as it is', async () => {
  const path = fresh();
  writeFileSync(path, 'precious');
  assert.match(await refusal(() => findLedgerFolder(path)), 'is a file, and a ledger is a folder.');
  assert.match(await refusal(() => removeDemoFolder(path)), 'is a file, and a ledger is a folder.');
  assert.is(readFileSync(path, 'utf8'), 'precious');
});

for (const [what, text] of [
  ['empty', ''],
  ['cut off', '{"tagledger": 2, "demo": tr'],
  ['of a newer version', '{"tagledger":3,"demo":true,"settings":{"TAG_RULES":"{}"}}'],
  ['without its settings', '{"tagledger":2,"demo":true}'],
] as const) {
  test(`a marker that is ${what} is refused, and nothing is removed for its sake`, async () => {
    const path = fresh();
    mkdirSync(path);
    const file = join(path, 'tagledger.json');
    writeFileSync(file, text);
    assert.match(await refusal(() => findLedgerFolder(path)), file);
    assert.match(await refusal(() => removeDemoFolder(path)), file);
    assert.is(readFileSync(file, 'utf8'), text);
  });
}

test('a folder that version 0.1 made is refused with the way out of it, and stays as it is', async () => {
  const path = fresh();
  mkdirSync(path);
  const file = join(path, 'tagledger.json');
  const text = '{"tagledger":1,"demo":true,"settings":{"TAG_RULES":"{}"}}';
  writeFileSync(file, text);
  for (const act of [() => findLedgerFolder(path), () => removeDemoFolder(path)]) {
    const message = await refusal(act);
    assert.match(message, `The ledger in ${path} was made by tagledger 0.1`);
    assert.match(message, `run \`tagledger export --ledger ${path} --to ledger.ndjson.gz\``);
  }
  assert.is(readFileSync(file, 'utf8'), text);
});

test("an earlier demo's folder is removed, with all that is in it", async () => {
  const path = fresh();
  makeLedgerFolder(path, marker(true));
  writeFileSync(join(path, 'rejects.ndjson'), '');
  await removeDemoFolder(path);
  assert.not.ok(existsSync(path));
});

test('where no ledger is, there is nothing to remove', async () => {
  const path = fresh();
  await removeDemoFolder(path);
  assert.not.ok(existsSync(path));
});

test("a ledger that is no demo's is never removed", async () => {
  const path = fresh();
  makeLedgerFolder(path, marker(false));
  assert.match(
    await refusal(() => removeDemoFolder(path)),
    'is not a demo ledger, so the demo does not replace it.',
  );
  assert.equal(findLedgerFolder(path), marker(false));
});

test('a demo that is still running keeps its folder', async () => {
  const path = fresh();
  makeLedgerFolder(path, marker(true));
  const running = await openStores(path, () => new Date());
  try {
    assert.match(await refusal(() => removeDemoFolder(path)), `The ledger in ${path} is in use: process `);
    assert.equal(findLedgerFolder(path), marker(true));
  } finally {
    running.close();
  }
});

test.run();
