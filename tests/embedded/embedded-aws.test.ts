import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EmbeddedAws, embeddedAws } from '../../src/embedded/embedded-aws.ts';
import type { PipelineOptions } from '../../src/embedded/pipeline.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { arnOf } from '../../src/events/resource-arn.ts';
import { type StateView, viewOf } from '../../src/projections/state-row.ts';
import { InvalidInputError } from '../../src/shared/errors.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
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
    await aws.close();
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

test('a second one on the same folder is refused at once in one sentence, and the first goes on', async () => {
  const folder = newFolder();
  await during({ folder }, async (aws) => {
    await aws.request([creation(1)], 'i');
    const start = Date.now();
    const error = await refusal(embeddedAws({ rules, folder }));
    assert.ok(Date.now() - start < 3_000);
    assert.instance(error, InvalidInputError);
    assert.is(
      error.message,
      `got ${folder}, which another tagledger is using: try again when it has ended, or name another folder`,
    );
    assert.is((await settled(aws, 1)).status, 'applied');
  });
  await during({ folder }, async (aws) => assert.is((await contents(aws)).views.length, 1));
});

for (const [file, text] of [
  ['cursors.json', '{"apply":'],
  ['feed.ndjson', 'what is this\n'],
  ['db/CURRENT', 'MANIFEST-999999\n'],
] as const) {
  test(`a damaged ${file} is refused, and nothing stays open that would keep the process alive`, async () => {
    const folder = newFolder();
    await during({ folder }, (aws) => aws.request([creation(1)], 'i'));
    writeFileSync(join(folder, file), text);
    assert.instance(await refusal(embeddedAws({ rules, folder })), Error);
  });
}

test.run();
