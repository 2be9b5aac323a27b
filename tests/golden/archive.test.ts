import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderObjectStore } from '../../src/adapters/folder/object-store.ts';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { archiveFleet } from '../../src/archive/archive-fleet.ts';
import { type ArchiveStore, archiveStore } from '../../src/archive/archive-store.ts';
import { checkArchive } from '../../src/archive/check/check-archive.ts';
import { keepArchive } from '../../src/archive/keep-archive.ts';
import { readCatalogue } from '../../src/archive/newest-catalogue.ts';
import { rebuildArchive } from '../../src/archive/rebuild-archive.ts';
import { fileStore } from '../../src/exports/file-store.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import { flatListOf } from '../support/async.ts';
import { temporaryFolder } from '../support/cli/command-line.ts';
import { golden } from './questions.ts';
import { unpack } from './unpack.ts';

const test = suite('the archive that version 0.1.0 wrote');
const folder = temporaryFolder(test);
const store = fileStore(golden('export.ndjson.gz'));
const now = () => new Date('2026-04-02T00:00:00.000Z');
let archive: ArchiveStore;

test.before(() => {
  unpack(golden('folder.tgz'), folder);
  const objects = folderObjectStore(join(folder, '.tagledger', 'archive'));
  archive = archiveStore(objects, memoryCoordinationStore());
});

/** Compares the answers of the archive with those of the export, and returns how many of its objects have no digest. */
const undigested = async (): Promise<number> => {
  let most = 0;
  for (const asOf of ['2026-03-30', '2026-03-31', '2026-04-02'].map((day) => `${day}T00:00:00.000Z`)) {
    const moment = { asOf, knownAt: '2099-01-01T00:00:00.000Z' };
    const resources = await flatListOf(archiveFleet(archive, store).at(moment));
    assert.equal(resources, await flatListOf(ledgerFleet(store).at(moment)));
    most = Math.max(most, resources.length);
  }
  assert.ok(most > 50, `${most} resources`);
  const checked = await checkArchive(archive, store, (one) => assert.unreachable(JSON.stringify(one)));
  assert.equal([checked.events, checked.archived], [530, 530]);
  return checked.undigested;
};

test('answers as it did, and is compared with the ledger, although nothing in it has a digest', async () => {
  assert.ok((await undigested()) >= 5);
});

test('goes on being kept, and gets its digests by a rebuild', async () => {
  const { version = 0 } = (await readCatalogue(archive)) ?? {};
  await keepArchive({ objects: archive, store: { ...store, find: async () => [] }, now });
  assert.ok((await undigested()) > 0);
  await rebuildArchive({ objects: archive, store, now });
  assert.is(await undigested(), 0);
  assert.ok(((await readCatalogue(archive))?.version ?? 0) > version);
});

test.run();
