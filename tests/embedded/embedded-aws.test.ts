import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedBacklog } from '../../src/embedded/change-feed.ts';
import { type EmbeddedAws, embeddedAws } from '../../src/embedded/embedded-aws.ts';
import { openStoresToRead } from '../../src/embedded/embedded-stores.ts';
import type { PipelineOptions } from '../../src/embedded/pipeline.ts';
import { readLedgerFolder } from '../../src/embedded/read-ledger-folder.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { arnOf } from '../../src/events/resource-arn.ts';
import { CONSUMERS } from '../../src/handlers/redrive/dead-letter.ts';
import { type StateView, viewOf } from '../../src/projections/state-row.ts';
import { InvalidInputError, StorageError } from '../../src/shared/errors.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { flatListOf, listOf } from '../support/async.ts';
import { contentsOf } from '../support/cli/contents.ts';
import { databaseFile } from '../support/cli/database.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('embedded AWS');

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-aws-'));
  folders.push(folder);
  return folder;
};
test.after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const rules = parseTagRules('{"Owner":"{who.name}"}');

/** Opens the embedded AWS for the time of one act. */
const during = async <T>(
  options: Partial<PipelineOptions>,
  act: (aws: EmbeddedAws) => Promise<T>,
): Promise<T> => {
  const aws = await embeddedAws({ rules, ...options });
  try {
    return await act(aws);
  } finally {
    aws.close();
  }
};

const volumeId = (n: number): string => `vol-0${String(n).padStart(16, '0')}`;
const arn = (n: number) =>
  arnOf({ region: 'eu-west-1', account: '111122223333', type: 'volume', id: volumeId(n) });

const creation = (n: number, tags: readonly { key: string; value: string }[] = []) =>
  sample('CreateVolume', {
    eventID: `create-${n}`,
    requestParameters: { tagSpecificationSet: { items: [{ resourceType: 'volume', tags }] } },
    responseElements: { volumeId: volumeId(n) },
  });
const deletion = (n: number) =>
  sample('DeleteVolume', {
    eventID: `delete-${n}`,
    eventTime: '2026-04-01T08:00:00Z',
    requestParameters: { volumeId: volumeId(n) },
    responseElements: { _return: true },
  });
const call = (n: number, tags: Record<string, string>) => ({
  resourceId: arn(n),
  user: 'bob',
  tags,
  requestId: `call-${n}`,
});

const contents = async ({ store, states }: EmbeddedAws) => {
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  const views: StateView[] = [];
  for await (const row of states.list()) views.push(viewOf(row));
  return { events, views };
};

/** The view of resource `n`, once the consumers have run. */
const settled = async (aws: EmbeddedAws, n: number): Promise<StateView> => {
  await aws.settle();
  const [row] = await aws.states.get([arn(n)]);
  if (!row) throw new Error(`no row for ${volumeId(n)}`);
  return viewOf(row);
};

const refusal = async (opening: Promise<unknown>): Promise<Error> => {
  try {
    await opening;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was opened');
};

test('what was recorded and projected is there after closing and opening again, and is not recorded twice', async () => {
  const folder = newFolder();
  const inputs = [creation(1), creation(2, [{ key: 'Owner', value: 'team' }]), creation(1)];
  const before = await during({ folder }, async (aws) => {
    assert.equal(
      (await aws.request(inputs, 'i')).map(({ outcome }) => outcome),
      ['appended', 'appended', 'already-there'],
    );
    await aws.settle();
    return contents(aws);
  });
  assert.equal(before.views.map(({ status }) => status).sort(), ['applied', 'observed']);
  await during({ folder }, async (aws) => {
    assert.equal(await contents(aws), before);
    assert.equal(
      (await aws.request(inputs, 'i')).map(({ outcome }) => outcome),
      ['already-there', 'already-there', 'already-there'],
    );
    await aws.settle();
    assert.equal(await contents(aws), before);
    assert.is(aws.ec2Calls.createTags, 0);
  });
});

test('what was recorded before a restart is applied and projected after it', async () => {
  const folder = newFolder();
  await during({ folder }, (aws) => aws.request([creation(1)], 'i'));
  await during({ folder }, async (aws) => {
    const view = await settled(aws, 1);
    assert.is(view.status, 'applied');
    assert.equal(view.tags, [{ key: 'Owner', value: 'ada' }]);
  });
});

test('an alert of before a restart is not sent again', async () => {
  const folder = newFolder();
  const ec2 = { denied: () => true };
  await during({ folder, ec2 }, async (aws) => {
    await aws.request([creation(1)], 'i');
    assert.is((await settled(aws, 1)).status, 'failed');
    assert.is(aws.alerts.length, 1);
  });
  await during({ folder }, async (aws) => {
    assert.is((await settled(aws, 1)).status, 'failed');
    assert.is(aws.alerts.length, 0);
  });
});

test('after a restart EC2 knows what the ledger knows: what lives, what ended, what never was', async () => {
  const folder = newFolder();
  const fifty = Array.from({ length: 50 }, (_, i) => ({ key: `key-${i}`, value: 'v' }));
  const full = [...fifty.slice(1), { key: 'Owner', value: 'team' }];
  await during({ folder }, async (aws) => {
    await aws.request([creation(1), creation(2, full), creation(3), deletion(3)], 'i');
    await aws.settle();
  });
  await during({ folder }, async (aws) => {
    const results = await aws.request([call(1, { App: 'shop' }), call(2, { App: 'shop' })], 'j');
    assert.equal(
      results.map(({ outcome }) => outcome),
      ['appended', 'appended'],
    );
    const lives = await settled(aws, 1);
    assert.is(lives.status, 'applied');
    assert.equal(lives.tags, [
      { key: 'App', value: 'shop' },
      { key: 'Owner', value: 'bob' },
    ]);
    assert.is((await settled(aws, 2)).error?.code, 'TagLimitExceeded');
    const [ended] = await aws.request([call(3, { App: 'shop' })], 'k');
    assert.is(ended?.reason, 'the resource is retired');
    await aws.request([call(4, { App: 'shop' })], 'l');
    assert.is((await settled(aws, 4)).error?.code, 'InvalidVolume.NotFound');
  });
});

test('ids that were never born stay unknown to EC2, whatever trail and ledger say', async () => {
  await during({ unborn: new Set([volumeId(1)]) }, async (aws) => {
    await aws.request([creation(1), creation(2)], 'i');
    assert.is((await settled(aws, 2)).status, 'applied');
    assert.match((await settled(aws, 1)).error?.code ?? '', 'NotFound');
  });
});

test('two in memory have nothing in common', async () => {
  await during({}, (one) =>
    during({}, async (other) => {
      await one.request([creation(1)], 'i');
      assert.equal((await contents(other)).events, []);
    }),
  );
});

test('a second one on the same folder is refused in one sentence that names the first, which goes on', async () => {
  const folder = newFolder();
  await during({ folder }, async (aws) => {
    await aws.request([creation(1)], 'i');
    const error = await refusal(embeddedAws({ rules, folder }));
    assert.instance(error, InvalidInputError);
    assert.match(error.message, `The ledger in ${folder} is in use: process ${process.pid} (`);
    assert.is((await settled(aws, 1)).status, 'applied');
  });
  await during({ folder }, async (aws) => assert.is((await contents(aws)).views.length, 1));
});

test('a damaged database is refused, and does not keep the ledger locked', async () => {
  const folder = newFolder();
  await during({ folder }, (aws) => aws.request([creation(1)], 'i'));
  const file = databaseFile(folder);
  const whole = readFileSync(file);
  writeFileSync(file, 'what is this');
  const error = await refusal(embeddedAws({ rules, folder }));
  assert.match(error.message, 'ledger.sqlite is damaged or not a tagledger database');
  writeFileSync(file, whole);
  await during({ folder }, async (aws) => assert.is((await contents(aws)).events.length, 1));
});

test('an input that is refused closes nothing: what comes after it is taken in', async () => {
  await during({}, async (aws) => {
    for (const take of [aws.request, aws.ingest]) {
      const error = await refusal(take({ a: 1 }, 'i'));
      assert.instance(error, InvalidInputError);
    }
    await aws.ingest([creation(1)], 'j');
    assert.equal(
      (await contents(aws)).views.map(({ status }) => status),
      ['applied'],
    );
  });
});

test('what one call ingests is applied and projected with it, in one transaction', async () => {
  const folder = newFolder();
  await during({ folder }, async (aws) => {
    await aws.ingest([creation(1)], 'i');
    const { database, store, states, close } = openStoresToRead(folder);
    const types = (await listOf(store.readAll())).map(({ event }) => event.type);
    assert.equal(types, ['TagRequested', 'TagApplied']);
    assert.equal(
      (await listOf(states.list())).map(({ status }) => status),
      ['applied'],
    );
    for (const consumer of CONSUMERS) assert.equal(feedBacklog(database, consumer), []);
    close();
  });
});

test('who reads beside a writer has the ledger as it was when he opened it, and the next one as it is', async () => {
  const folder = newFolder();
  let ms = Date.parse('2026-04-01T12:00:00.000Z');
  const now = () => new Date(ms++);
  const readerNow = async () => {
    const reader = await readLedgerFolder(folder, new Date(ms));
    return { ...reader, knownAt: new Date(ms).toISOString() };
  };
  const sizesOf = async ({ store, states, fleet, knownAt }: Awaited<ReturnType<typeof readerNow>>) => [
    (await listOf(store.readAll())).length,
    (await listOf(states.list())).length,
    (await flatListOf(fleet.at({ asOf: knownAt, knownAt }))).length,
  ];
  await during({ folder, now }, async (aws) => {
    await aws.ingest([creation(1)], 'i');
    await aws.settle();
    await aws.ingest([creation(2)], 'j');
    const before = await readerNow();
    ms += 1_000;
    await aws.ingest([creation(3)], 'k');
    await aws.settle();
    const after = await readerNow();
    assert.equal(await sizesOf(before), [4, 2, 2]);
    assert.equal(await sizesOf(after), [6, 3, 3]);
    before.close();
    after.close();
  });
});

test('a call whose transaction fails leaves nothing: no event, no row, no cursor, nothing for the archive', async () => {
  const folder = newFolder();
  await during({ folder }, (aws) => aws.ingest([creation(1)], 'i').then(aws.settle));
  const before = (await contentsOf(folder)).raw;
  const aws = await embeddedAws({ rules, folder });
  // The disk is full as soon as the database grows.
  aws.database.get(
    `PRAGMA max_page_count = ${aws.database.get<{ page_count: number }>('PRAGMA page_count')?.page_count}`,
  );
  const many = Array.from({ length: 200 }, (_, n) => creation(n + 2));
  const error = await refusal(aws.ingest(many, 'j'));
  assert.instance(error, StorageError);
  assert.match(error.message, 'The disk is full');
  assert.match(
    (await refusal(aws.ingest([creation(2)], 'k'))).message,
    'was closed after an earlier failure',
  );
  aws.close();
  assert.equal((await contentsOf(folder)).raw, before);
  await during({ folder }, async (again) => {
    await again.ingest(many, 'j');
    assert.is((await contents(again)).views.length, 201);
  });
});

test.run();
