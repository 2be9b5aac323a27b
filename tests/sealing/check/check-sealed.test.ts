import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf } from '../../../src/events/ledger-line.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { ObjectStore } from '../../../src/objects/object-store.ts';
import { beginSealedCheck } from '../../../src/sealing/check/check-sealed.ts';
import { CHECKPOINT, sealedLog } from '../../../src/sealing/log/sealed-log.ts';
import { signCheckpoint } from '../../../src/sealing/log/signer.ts';
import { checkCheckpoint } from '../../../src/verifier/checkpoint.ts';
import { listOf } from '../../support/async.ts';
import { appendAll } from '../../support/doubles.ts';
import { chain, requested, streamOf } from '../../support/events.ts';
import { eventsOf, keyOf, NAME, signerOf, type World, worldOf } from '../../support/sealing/world.ts';
import { turned } from '../../support/verifier/lies.ts';

const test = suite('a ledger beside its log');

const ORIGIN = `${NAME}/log0`;
const [A, B, C, D] = [eventsOf('i-0a', 4), eventsOf('i-0b', 3), eventsOf('i-0c', 300), eventsOf('i-0d', 2)];
/** The same stream as somebody would have to write it who has edited its second event: every hash from there on is new. */
const REHASHED = chain(
  A.map(({ event }, i) => (i === 1 ? { ...event, effectiveAt: '2026-03-01T00:00:00.000Z' } : event)),
  streamOf('i-0a'),
);

/** A sealed ledger, of which the events of D came first, and the rest of it in three batches. */
const sealedWorld = async (): Promise<World> => {
  const world = worldOf();
  for (const events of [D, [...A.slice(0, 2), ...C], [...A, ...B.slice(0, 2)], B]) {
    await appendAll(world.store, events);
    world.later(60_000);
    await world.seal();
  }
  return world;
};
const ALL = [...A, ...B, ...C, ...D];

/** What is found when a ledger holds these events. */
const check = async (
  world: World,
  events: readonly RecordedEvent[] = ALL,
  {
    earlier = [],
    keys,
    objects = world.objectsOf(ORIGIN),
  }: { earlier?: string[]; keys?: string; objects?: ObjectStore } = {},
) => {
  const under = await beginSealedCheck({
    log: sealedLog(objects),
    keys: [keys ? { name: keys, publicKey: await signerOf(9).publicKey() } : await keyOf(world, ORIGIN)],
    earlier,
  });
  const findings = [...under.findings];
  for (const event of events) findings.push(...under.add(columnsOf(event)));
  const end = await under.end();
  findings.push(...end.findings);
  const { summary } = end;
  const named = findings.map(({ kind, stream, seq }) => [
    kind,
    ...(stream ? [stream.split('/')[1], seq] : []),
  ]);
  return { summary, findings, named };
};
const noteOf = async (world: World, size?: number) =>
  (await sealedLog(world.objectsOf(ORIGIN)).checkpoint(size)) ?? '';

test('an honest ledger agrees with its log', async () => {
  const world = await sealedWorld();
  const { summary, findings } = await check(world);
  assert.equal(findings, []);
  assert.is(summary?.sealed, ALL.length);
  assert.equal(summary?.unsealed, { count: 0, oldest: undefined });
  assert.is(summary?.checkpoint.size, ALL.length + 1);
});

test('what is not sealed yet is counted, with the time of the first of it', async () => {
  const world = await sealedWorld();
  const more = [...eventsOf('i-0a', 6).slice(4), ...eventsOf('i-0e', 1)];
  const { summary, findings } = await check(world, [
    ...A,
    ...more.slice(0, 2),
    ...B,
    ...C,
    ...D,
    ...more.slice(2),
  ]);
  assert.equal(findings, []);
  assert.equal(summary?.unsealed, { count: 3, oldest: more[2]?.recordedAt });
});

const without = (...gone: readonly RecordedEvent[]) => ALL.filter((event) => !gone.includes(event));
for (const [what, events, expected] of [
  ['an event removed in the middle', without(A[1] as RecordedEvent), [['missing', 'i-0a', 2]]],
  ['the first event removed', without(A[0] as RecordedEvent), [['missing', 'i-0a', 1]]],
  ['a cut tail', without(...C.slice(290)), [['tail-cut', 'i-0c', 291]]],
  ['the newest tail cut', without(...B.slice(2)), [['tail-cut', 'i-0b', 3]]],
  ['a whole stream deleted', without(...C), [['stream-deleted', 'i-0c', 1]]],
  ['a stream of old deleted', without(...D), [['stream-deleted', 'i-0d', 1]]],
  ['a stream hashed anew after an edit', [...REHASHED, ...B, ...C, ...D], [['changed', 'i-0a', 2]]],
  [
    'a stream hashed anew and cut',
    [...REHASHED.slice(0, 3), ...B, ...C, ...D],
    [
      ['tail-cut', 'i-0a', 4],
      ['changed', 'i-0a', 2],
    ],
  ],
  ['the table rolled back to an older copy', [...A.slice(0, 2), ...C, ...D], [['rolled-back', 'i-0a', 3]]],
  [
    'the table rolled back, and an old stream cut',
    [...A.slice(0, 2), ...C.slice(0, 250), ...D],
    [['rolled-back', 'i-0c', 251]],
  ],
  [
    'tails cut here and there',
    without(...A.slice(3), ...D.slice(1)),
    [
      ['tail-cut', 'i-0d', 2],
      ['tail-cut', 'i-0a', 4],
    ],
  ],
] as const) {
  test(`${what} is found and named`, async () => {
    const { named } = await check(await sealedWorld(), events);
    assert.equal(named, expected);
  });
}

test('everything hashed anew is found, of every stream', async () => {
  const streams = { 'i-0a': A, 'i-0b': B, 'i-0c': C, 'i-0d': D };
  const forged = Object.entries(streams).flatMap(([id, events]) =>
    chain(
      [
        requested(`r ${id}`, { tags: [{ key: 'Owner', value: 'mallory' }] }),
        ...events.slice(1).map(({ event }) => event),
      ],
      streamOf(id),
    ),
  );
  const { named } = await check(await sealedWorld(), forged);
  assert.equal(
    named.toSorted(),
    ['i-0a', 'i-0b', 'i-0c', 'i-0d'].map((id) => ['changed', id, 1]),
  );
});

test('a log without a checkpoint, or whose objects were changed or removed, is damaged', async () => {
  const names = [CHECKPOINT, 'tile/entries/000', 'tile/entries/001.p/54', 'tile/0/000', 'tile/0/001.p/54'];
  for (const name of names) {
    const world = await sealedWorld();
    const objects = world.objectsOf(ORIGIN);
    const bytes = (await objects.get(name)) ?? Buffer.alloc(0);
    assert.ok(bytes.length > 0, name);
    if (name !== CHECKPOINT) {
      await objects.put(name, turned(bytes, bytes.length - 1));
      assert.equal((await check(world)).named, [['damaged']], `${name} with a bit turned`);
    }
    await objects.remove(name);
    assert.equal((await check(world)).named, [['damaged']], `${name} removed`);
  }
});

test('a checkpoint with a wrong signature, by another key, or of another log is not believed', async () => {
  const world = await sealedWorld();
  const objects = world.objectsOf(ORIGIN);
  const note = await noteOf(world);
  const head = checkCheckpoint(note, [await keyOf(world, ORIGIN)]);
  const put = (text: string) => objects.put(CHECKPOINT, Buffer.from(text));
  await put(note.replace(`\n${head.size}\n`, `\n${head.size - 1}\n`));
  assert.equal((await check(world)).named, [['bad-signature']]);
  await put(await signCheckpoint(signerOf(8), head, 1));
  assert.equal((await check(world)).named, [['unknown-key']]);
  await put(await signCheckpoint(signerOf(7), { ...head, origin: `${NAME}/log1` }, 1));
  assert.equal((await check(world)).named, [['unknown-key']]);
  await put('nothing');
  assert.equal((await check(world)).named, [['malformed']]);
  await put(note);
  assert.equal((await check(world, ALL, { keys: ORIGIN })).named, [['unknown-key']]);
});

test('checkpoints that were kept elsewhere hold against an honest log', async () => {
  const world = await sealedWorld();
  const earlier = await Promise.all([3, 305, 309, 310].map((size) => noteOf(world, size)));
  assert.ok(earlier.every(Boolean));
  assert.equal((await check(world, ALL, { earlier })).findings, []);
});

test('a log that was cut, or forked, is found by a checkpoint that was kept elsewhere', async () => {
  const world = await sealedWorld();
  const kept = [await noteOf(world, 305), await noteOf(world)];
  // The same key signs another history: as long, longer, and shorter.
  for (const [what, count, expected] of [
    ['as long', ALL.length, [['forked'], ['forked']]],
    ['longer', ALL.length + 9, [['forked'], ['forked']]],
    ['shorter', 306, [['forked'], ['cut']]],
  ] as const) {
    const fork = worldOf();
    const events = eventsOf('i-0f', count);
    await appendAll(fork.store, events);
    await fork.seal();
    const { named } = await check(fork, events, { earlier: kept });
    assert.equal(named, expected, what);
  }
  // The log itself, cut back to an earlier checkpoint of its own.
  await world.objectsOf(ORIGIN).put(CHECKPOINT, Buffer.from(kept[0] ?? ''));
  const cut = await check(world, ALL, { earlier: [kept[1] ?? ''] });
  assert.equal(cut.named, [['cut'], ['cut'], ['cut']], 'by the kept one, and by two that the log kept');
  assert.is(cut.summary?.unsealed.count, 5, 'without these they would only seem to be new');
});

test('a kept checkpoint that is none of this log’s is said to be so', async () => {
  const world = await sealedWorld();
  const head = checkCheckpoint(await noteOf(world), [await keyOf(world, ORIGIN)]);
  const strange = await signCheckpoint(signerOf(8), head, 1);
  assert.equal((await check(world, ALL, { earlier: [strange] })).named, [['unknown-key']]);
});

/** Every object of a log, in order. */
const objectsIn = async (objects: ObjectStore): Promise<string[]> => listOf(objects.list(''));

/** A tile that belongs to a smaller tree: no reader of the newest one needs it. */
const isOutgrown = (name: string, needed: readonly string[]): boolean =>
  /\.p\/\d+$/.test(name) && !needed.includes(name);

test('F9: whatever is damaged of what a reader needs, on any level, is found', async () => {
  const world = await sealedWorld();
  const objects = world.objectsOf(ORIGIN);
  const needed = ['tile/entries/001.p/54', 'tile/0/001.p/54', 'tile/1/000.p/1'];
  const names = await objectsIn(objects);
  assert.ok(
    needed.every((name) => names.includes(name)),
    names.join(),
  );
  for (const name of names) {
    const bytes = (await objects.get(name)) ?? Buffer.alloc(0);
    const isFine = isOutgrown(name, needed);
    for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 2]) {
      await objects.put(name, turned(bytes, at));
      const { findings } = await check(world);
      assert.is(
        findings.length === 0,
        isFine,
        `${name} with a bit of byte ${at} turned: ${JSON.stringify(findings)}`,
      );
    }
    await objects.remove(name);
    const { findings } = await check(world);
    const isOld = /^checkpoints\/(?!310$)/.test(name);
    assert.is(findings.length === 0, isFine || isOld, `${name} removed`);
    await objects.put(name, bytes);
  }
  assert.equal((await check(world)).findings, []);
});

test('a checkpoint that the log kept is that of its name, and of its tree', async () => {
  const world = await sealedWorld();
  const objects = world.objectsOf(ORIGIN);
  const [three, last] = [await noteOf(world, 3), await noteOf(world, 310)];
  await objects.put('checkpoints/305', Buffer.from(three));
  const renamed = await check(world);
  assert.equal(renamed.named, [['damaged']]);
  assert.match(renamed.findings[0]?.found ?? '', 'checkpoints/305 with the checkpoint of 3 leaves');
  const head = checkCheckpoint(last, [await keyOf(world, ORIGIN)]);
  await objects.put(
    'checkpoints/305',
    Buffer.from(await signCheckpoint(signerOf(7), { ...head, size: 305 }, 1)),
  );
  assert.equal((await check(world)).named, [['forked']], 'signed by the key, but of another tree');
});

test.run();
