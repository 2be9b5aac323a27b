import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildCli } from '../../../../scripts/build.ts';
import { type PlannedBatch, type PlanSettings, planBatch } from '../../../../src/cli/commands/plan/batch.ts';
import { type MakerOf, startHelper } from '../../../../src/cli/commands/plan/helper.ts';
import { orderedPipeline } from '../../../../src/cli/threads/ordered-pipeline.ts';
import { type TrailBatch, trailPieces } from '../../../../src/cli/trail/trail-pieces.ts';
import type { ResourceArn } from '../../../../src/events/resource-arn.ts';
import type { Who } from '../../../../src/events/tag-event.ts';
import { parseTagRules } from '../../../../src/tagging/rules/tag-rules.ts';
import { linesOf, type Ran, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('planning in another thread');
const folder = temporaryFolder(test);

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const fleet = (n: number): string => `fleet-${hex(n, 8)}-4e5f-6071-8293-a4b5c6d7e8f0`;

/** Some 2 KB that gzip makes little less of: a trail of many batches need not be long. */
const filling = (n: number): string =>
  Array.from({ length: 16 }, (_, i) => hash('sha512', `${n} ${i}`, 'hex')).join('');

/** Every fleet is made by a person, and 200 records later a service makes a volume for its sake. */
const recordOf = (n: number): object => {
  const kind = n % 10;
  if (kind === 0) {
    const userIdentity = { type: 'IAMUser', userName: `person-${n}` };
    const responseElements = { CreateFleetResponse: { fleetId: fleet(n) } };
    return sample('CreateFleet', { eventID: `event-${n}`, userIdentity, responseElements });
  }
  if (kind === 5 && n > 200) {
    const tagSet = { items: [{ key: 'aws:ec2:fleet-id', value: fleet(n - 205) }] };
    return sample('CreateVolume', {
      eventID: `event-${n}`,
      userIdentity: { type: 'AWSService', invokedBy: 'ec2fleet.amazonaws.com' },
      responseElements: { volumeId: `vol-${hex(n, 17)}`, tagSet },
    });
  }
  return sample('DescribeVolumes', { eventID: `event-${n}`, note: `é🔥 "\\ ${filling(n)}` });
};

/** Records of which some are no records, and some no JSON, in a list that is never ended. */
const textOf = (records: number): string => {
  const elements = Array.from({ length: records }, (_, n) => {
    if (n % 330 === 7) return '{"a":1}';
    return n % 330 === 8 ? '{"a":x}' : JSON.stringify(recordOf(n));
  });
  return `{"Records":[${elements.join(',\n')}`;
};
const file = join(folder, 'trail.json.gz');
const built = join(folder, 'dist');
const thread = pathToFileURL(join(built, 'plan-thread.js'));
test.before(async () => {
  await buildCli(built);
  symlinkSync(
    fileURLToPath(new URL('../../../../node_modules', import.meta.url)),
    join(folder, 'node_modules'),
  );
  const zipped = gzipSync(textOf(3000));
  writeFileSync(file, zipped.subarray(0, zipped.length - 40));
});

const settings = (format: PlanSettings['format']): PlanSettings => ({
  context: {
    rules: parseTagRules('{"Owner":"{who.name}"}'),
    taggerRoleArn: 'arn:aws:iam::111122223333:role/tagger',
  },
  format,
});

/** What all batches of the file give. */
const planned = async (
  plan: (batch: TrailBatch, makerOf: MakerOf) => Promise<PlannedBatch>,
): Promise<PlannedBatch[]> => {
  const all: PlannedBatch[] = [];
  const makers = new Map<ResourceArn, Who>();
  await orderedPipeline(
    trailPieces(file, () => {}),
    (batch, before) =>
      plan(batch, async (arn) => {
        await before();
        return makers.get(arn);
      }),
    (one) => {
      for (const [arn, who] of one.makers) makers.set(arn, who);
      all.push(one);
    },
    8,
  );
  return all;
};

for (const format of ['ndjson', 'text', 'json'] as const) {
  test(`another thread gives what this one gives, as ${format}, of a trail with mistakes and damage`, async () => {
    const helper = startHelper(thread, settings(format));
    try {
      const there = await planned(helper.plan);
      const here = await planned((batch, makerOf) =>
        planBatch(settings(format), { makerOf }, batch, new Date(0)),
      );
      assert.ok(here.length > 3, `${here.length} batches`);
      assert.equal(there, here);
      assert.ok(here.some(({ rejects }) => rejects.some(({ reason }) => reason.includes('to its end'))));
      if (format !== 'ndjson') return;
      const lines = there.flatMap(({ text }) => linesOf<{ who: Who }>(text));
      assert.ok(lines.filter(({ who }) => who.found === 'parent').length > 100);
      assert.equal(
        lines.filter(({ who }) => who.name === 'ec2fleet.amazonaws.com'),
        [],
      );
    } finally {
      await helper.close();
    }
  });
}

const failureOf = (planning: Promise<PlannedBatch>): Promise<string> =>
  planning.then(
    () => 'no failure',
    ({ message }: Error) => message,
  );
const oneBatch: TrailBatch = { file, pieces: [], isEnd: false };
const withFleet = (): TrailBatch => {
  const bytes = Buffer.from(JSON.stringify(recordOf(205)));
  const piece = { kind: 'value', offset: 0, isFirst: true, list: '', index: 0, depth: 5 } as const;
  return { file, pieces: [{ ...piece, bytes, size: bytes.length }], isEnd: true };
};

test('a batch that cannot be planned fails with the reason, and the thread goes on', async () => {
  const helper = startHelper(thread, settings('ndjson'));
  try {
    const noMaker = helper.plan(withFleet(), () => Promise.reject(new Error('nobody knows')));
    assert.is(await failureOf(noMaker), 'nobody knows');
    const { rules: _, ...noRules } = settings('ndjson').context;
    assert.is((await helper.plan(oneBatch, async () => undefined)).text, '');
    const other = startHelper(thread, { ...settings('ndjson'), context: noRules as never });
    try {
      assert.match(await failureOf(other.plan(withFleet(), async () => undefined)), 'rules');
    } finally {
      await other.close();
    }
  } finally {
    await helper.close();
  }
});

test('a thread that dies fails all that it was given, and all that it is given then', async () => {
  const file = join(folder, 'dies.mjs');
  writeFileSync(
    file,
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(7));",
  );
  const helper = startHelper(pathToFileURL(file), settings('ndjson'));
  const given = [1, 2].map(() => failureOf(helper.plan(oneBatch, async () => undefined)));
  for (const failure of await Promise.all(given)) assert.match(failure, 'ended with 7');
  assert.match(await failureOf(helper.plan(oneBatch, async () => undefined)), 'ended with 7');
  assert.not.ok(helper.isFree());
  await helper.close();
});

/** Runs the built command line on the file as its standard input, with a pause in which a thread can start. */
const runBuilt = async (args: readonly string[]): Promise<Ran> => {
  const child = spawn(process.execPath, [join(built, 'tagledger.js'), ...args], { env: {} });
  const ended = once(child, 'close');
  const texts = [child.stdout, child.stderr].map((stream) => buffer(stream));
  const bytes = readFileSync(file);
  const early = Math.floor(bytes.length * 0.8);
  child.stdin.write(bytes.subarray(0, early));
  await delay(1500);
  child.stdin.end(bytes.subarray(early));
  const [[code], out, said] = await Promise.all([ended, ...texts]);
  return { code, out: String(out), said: String(said) };
};

test('the built command line gives with two threads what one thread gives', async () => {
  assert.match(readFileSync(join(built, 'tagledger.js'), 'utf8'), './plan-thread.js');
  for (const format of ['ndjson', 'text']) {
    const rejects = join(folder, `rejects-${format}`);
    const args = ['--format', format, '--rejects', rejects];
    const one = await run(['plan', file, ...args]);
    const oneRejected = readFileSync(rejects, 'utf8');
    rmSync(rejects);
    const two = await runBuilt(['plan', '-', ...args]);
    assert.is(two.code, one.code);
    assert.ok(two.out === one.out, `${two.out.length} and ${one.out.length} characters`);
    assert.is(two.said, one.said.replaceAll(file, '-').replaceAll(basename(file), '-'));
    assert.is(readFileSync(rejects, 'utf8'), oneRejected.replaceAll(file, '-'));
  }
});

test.run();
