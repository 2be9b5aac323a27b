import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { beginLog } from '../../src/sealing/log/begin-log.ts';
import { readHead } from '../../src/sealing/log/log-head.ts';
import { LogDamagedError, OtherSealerError, SealStoppedError } from '../../src/sealing/log/seal-errors.ts';
import { sealedHeads } from '../../src/sealing/log/sealed-heads.ts';
import { CHECKPOINT, checkpointName, sealedLog } from '../../src/sealing/log/sealed-log.ts';
import { openSealer } from '../../src/sealing/sealer.ts';
import { consistencyProof } from '../../src/sealing/tree/tree-proofs.ts';
import { checkCheckpoint } from '../../src/verifier/checkpoint.ts';
import { checkConsistency } from '../../src/verifier/consistency.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { appendAll } from '../support/doubles.ts';
import { streamOf } from '../support/events.ts';
import {
  eventsOf,
  keyOf,
  leavesOf,
  MINUTE_MS,
  NAME,
  signerOf,
  type World,
  worldOf,
} from '../support/sealing/world.ts';

const test = suite('the sealer');

const ORIGIN = `${NAME}/log0`;
const published = async (world: World, origin = ORIGIN) => {
  const note = await sealedLog(world.objectsOf(origin)).checkpoint();
  assert.ok(note, 'a checkpoint is published');
  return checkCheckpoint(note, [await keyOf(world, origin)]);
};
const stops = async (promise: Promise<unknown>, words: string) => {
  const error = await rejectionOf(promise);
  assert.instance(error, SealStoppedError, String(error));
  assert.match((error as Error).message, words);
};
const without = (world: World, name: string) => world.objects.remove(`log0/${name}`);

test('puts every event into the log once, the log’s own name first, and publishes a signed checkpoint', async () => {
  const world = worldOf();
  const [a, b] = [eventsOf('i-0a', 3), eventsOf('i-0b', 2)];
  await appendAll(world.store, [...b, ...a]);
  const { sealed, broken } = await world.seal();
  assert.equal([sealed, broken], [5, []]);
  assert.is((await published(world)).size, 6);
  const [first, ...leaves] = await leavesOf(world, ORIGIN, 6);
  assert.equal(first, { origin: ORIGIN, openedAt: '2026-04-01T12:00:00.000Z', predecessor: '' });
  assert.equal(
    leaves,
    [...a, ...b].map(({ stream, seq, hash }) => ({ stream, seq, hash })),
  );
});

test('a later run adds what is new, and the new checkpoint extends every earlier one', async () => {
  const world = worldOf();
  const events = eventsOf('i-0a', 700);
  const heads = [];
  for (const upTo of [1, 255, 256, 300, 700]) {
    await appendAll(world.store, events.slice(0, upTo));
    world.later(MINUTE_MS);
    await world.seal();
    heads.push(await published(world));
  }
  assert.equal(
    heads.map(({ size }) => size),
    [2, 256, 257, 301, 701],
  );
  const log = sealedLog(world.objectsOf(ORIGIN));
  for (const [i, later] of heads.entries())
    for (const earlier of heads.slice(0, i))
      checkConsistency(earlier, later, await consistencyProof(log, earlier.size, later.size));
  assert.equal((await leavesOf(world, ORIGIN, 701)).length, 701);
});

test('without anything new nothing is published, until a sign of life is due: the same tree, signed later', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 2));
  await world.seal();
  const before = await published(world);
  world.later(MINUTE_MS);
  assert.is((await world.seal()).sealed, 0);
  assert.is(await (await openSealer(world)).heartbeat(), false);
  assert.equal(await published(world), before);
  world.later(10 * MINUTE_MS);
  assert.is(await (await openSealer(world)).heartbeat(), true);
  const after = await published(world);
  assert.equal([after.size, after.root], [before.size, before.root]);
  assert.is((after.signedAt ?? 0) - (before.signedAt ?? 0), 11 * 60);
  // The first checkpoint of the size stays as it was.
  const first = await sealedLog(world.objectsOf(ORIGIN)).checkpoint(3);
  assert.equal(checkCheckpoint(first ?? '', [await keyOf(world, ORIGIN)]), before);
});

test('a ledger without events has a log with nothing but its name in it', async () => {
  const world = worldOf();
  await world.seal();
  assert.is(await (await openSealer(world)).heartbeat(), true);
  assert.is((await published(world)).size, 1);
});

test('a clock that was set back does not make a checkpoint older than the one before it', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 1));
  await world.seal();
  const { signedAt } = await published(world);
  world.later(-60 * MINUTE_MS);
  await appendAll(world.store, eventsOf('i-0b', 1));
  await world.seal();
  assert.is((await published(world)).signedAt, signedAt);
});

test('of two sealers at once one publishes, and the other one leaves everything as it is', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 1));
  await world.seal();
  const [one, two] = [await openSealer(world), await openSealer(world)];
  const [a, b] = [eventsOf('i-0b', 1), eventsOf('i-0c', 1)];
  await one.seal(a);
  const head = await published(world);
  assert.instance(await rejectionOf(two.seal(b)), OtherSealerError);
  assert.instance(await rejectionOf((await openSealer(world)) && two.seal(b)), OtherSealerError);
  assert.equal(await published(world), head);
});

test('how far each stream is sealed can be read without the log', async () => {
  const world = worldOf();
  const [a, b] = [eventsOf('i-0a', 3), eventsOf('i-0b', 2)];
  await appendAll(world.store, [...a.slice(0, 2), ...b]);
  await world.seal();
  await appendAll(world.store, a);
  await world.seal();
  const heads = await sealedHeads(world.coordination, ORIGIN, [
    streamOf('i-0a'),
    streamOf('i-0b'),
    streamOf('i-0c'),
  ]);
  assert.equal(
    [...heads].sort(([x], [y]) => (x < y ? -1 : 1)),
    [
      [
        streamOf('i-0a'),
        {
          seq: 3,
          hash: a[2]?.hash,
          runs: [
            [1, 1],
            [3, 5],
          ],
        },
      ],
      [streamOf('i-0b'), { seq: 2, hash: b[1]?.hash, runs: [[1, 3]] }],
    ],
  );
});

test('a published checkpoint that is newer than the head stops the sealer', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 1));
  await world.seal();
  const older = await readHead(world.coordination);
  await appendAll(world.store, eventsOf('i-0a', 2));
  await world.seal();
  const newer = await readHead(world.coordination);
  assert.ok(older && newer);
  await world.coordination.swap({ key: 'seal/head', value: older.head }, newer.seen);
  await stops(world.seal(), 'the state table was set back or replaced');
  assert.is((await published(world)).size, 3);
});

test('two heads of one size with different roots stop the sealer', async () => {
  const [world, other] = [worldOf(), worldOf()];
  for (const [one, id] of [
    [world, 'i-0a'],
    [other, 'i-0b'],
  ] as const) {
    await appendAll(one.store, eventsOf(id, 1));
    await one.seal();
  }
  const forged = await other.objects.get(`log0/${CHECKPOINT}`);
  await world.objects.put(`log0/${CHECKPOINT}`, forged ?? Buffer.alloc(0));
  await stops(world.seal(), 'somebody has forked the log');
});

test('a head without the log’s signature, or by another key, stops the sealer', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 1));
  await world.seal();
  await stops(world.seal({ signer: signerOf(8) }), 'Begin a new log if the key was changed.');
  const there = await readHead(world.coordination);
  const head = { ...there?.head, size: 1 };
  await world.coordination.swap({ key: 'seal/head', value: head }, there?.seen);
  await stops(world.seal(), 'is not that of its checkpoint');
  await world.coordination.swap({ key: 'seal/head', value: { size: 'x' } }, { version: 3 });
  await world.coordination.swap({ key: 'seal/head', value: { size: 'x' } }, { version: 2 });
  await stops(world.seal(), 'not what this version writes');
});

test('a tile in which a bit has flipped is never signed', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 5));
  await world.seal();
  const name = 'log0/tile/0/000.p/6';
  const bytes = (await world.objects.get(name)) ?? Buffer.alloc(0);
  await world.objects.put(name, bytes.with(40, (bytes[40] ?? 0) ^ 1));
  await appendAll(world.store, eventsOf('i-0b', 1));
  const before = await published(world);
  await stops(world.seal(), 'do not have the root of its head');
  assert.equal(await published(world), before);
});

test('a tile or a checkpoint that somebody has put in the way stops the sealer before it publishes', async () => {
  for (const name of ['tile/0/000.p/3', 'tile/entries/000.p/3', checkpointName(3)]) {
    const world = worldOf();
    await appendAll(world.store, eventsOf('i-0a', 1));
    await world.seal();
    const forged = await world.objectsOf(ORIGIN).get(name.replace('3', '2'));
    await world.objectsOf(ORIGIN).put(name, forged ?? Buffer.alloc(0));
    await appendAll(world.store, eventsOf('i-0a', 2));
    assert.instance(await rejectionOf(world.seal()), SealStoppedError, name);
    assert.is((await published(world)).size, 2, name);
  }
});

test('a published checkpoint that was taken away is published again', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 1));
  await world.seal();
  const before = await published(world);
  await without(world, CHECKPOINT);
  await world.seal();
  assert.equal(await published(world), before);
  await without(world, CHECKPOINT);
  await without(world, 'tile/0/000.p/2');
  assert.instance(await rejectionOf(world.seal()), LogDamagedError);
});

test('a head that is lost stops the sealer, for the log is published', async () => {
  const world = worldOf();
  await appendAll(world.store, eventsOf('i-0a', 1));
  await world.seal();
  const emptied = worldOf(world.store, world.objects);
  await stops(emptied.seal(), 'its head is missing from the state table');
});

test('a new log names the last checkpoint of the old one, and seals everything again', async () => {
  const world = worldOf();
  const events = eventsOf('i-0a', 2);
  await appendAll(world.store, events);
  await world.seal();
  const note = await sealedLog(world.objectsOf(ORIGIN)).checkpoint();
  world.later(MINUTE_MS);
  const origin = await beginLog(world);
  assert.is(origin, `${NAME}/log1`);
  assert.is((await world.seal()).sealed, 2);
  const [first, ...leaves] = await leavesOf(world, origin, 3);
  assert.equal(first, { origin, openedAt: '2026-04-01T12:01:00.000Z', predecessor: note });
  assert.is(leaves.length, 2);
  assert.is(await sealedLog(world.objectsOf(ORIGIN)).checkpoint(), note, 'the old log is as it was');
  assert.equal(await listOf(world.objects.list('logs/')), ['logs/log0', 'logs/log1']);
  // The state table was lost as well: the last log is still known.
  const emptied = worldOf(world.store, world.objects);
  await beginLog({ ...emptied, newId: () => 'log2' });
  await emptied.seal();
  const [third] = await leavesOf(emptied, `${NAME}/log2`, 1 + 2);
  assert.match((third as { predecessor: string }).predecessor, `${NAME}/log1\n3\n`);
});

test.run();
