import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { leaveHints, openHints } from '../../src/sealing/hints.ts';
import { readHead } from '../../src/sealing/log/log-head.ts';
import { sealedHeads } from '../../src/sealing/log/sealed-heads.ts';
import { sealedLog } from '../../src/sealing/log/sealed-log.ts';
import { appendLeaves, EMPTY_EDGE, rootOfEdge } from '../../src/sealing/tree/tree-edge.ts';
import { checkCheckpoint } from '../../src/verifier/checkpoint.ts';
import { leafHash } from '../../src/verifier/merkle.ts';
import { listOf } from '../support/async.ts';
import { appendAll } from '../support/doubles.ts';
import { type Death, Died, dying, watchingCheckpoints } from '../support/sealing/dying.ts';
import { eventsOf, keyOf, MINUTE_MS, worldOf } from '../support/sealing/world.ts';

const test = suite('a sealer that dies');

const [A, B] = [eventsOf('i-0a', 4), eventsOf('i-0b', 254)];

/**
 * Three runs over a growing ledger; the second dies at one point, and the fourth must have repaired all of it. Whether
 * it died there at all: it may have been done.
 */
const sealWithDeath = async (death: Death, how: 'hints' | 'compare'): Promise<boolean> => {
  const { objects, published } = watchingCheckpoints(memoryObjectStore());
  const world = worldOf(memoryStore(), objects);
  const where = `${death.when} call ${death.at} of a run by ${how}`;
  const appended = async (events: typeof A) => {
    await appendAll(world.store, events);
    await leaveHints(world.coordination, events, world.now());
  };

  await appended(A.slice(0, 1));
  await world.seal({}, how);
  await appended([...A.slice(1, 3), ...B]);
  world.later(MINUTE_MS);
  let hasDied = false;
  await world.seal(dying(world, death), how).catch((error: unknown) => {
    if (!(error instanceof Died)) throw error;
    hasDied = true;
  });
  world.later(MINUTE_MS);
  await appended(A.slice(3));
  const { broken } = await world.seal({}, how);
  assert.equal(broken, [], where);

  const origin = (await readHead(world.coordination))?.head.origin ?? '';
  const key = await keyOf(world, origin);
  const heads = published.map(({ note }) => checkCheckpoint(note, [key]));
  const size = heads.at(-1)?.size ?? 0;
  assert.is(size, 1 + A.length + B.length, `${where}: every event is sealed once`);
  const log = sealedLog(world.objectsOf(origin));
  const entries = [...(await log.entries(0, size)), ...(await log.entries(1, size))];
  const places = new Set(entries.map((entry) => entry.toString('hex')));
  assert.is(places.size, size, `${where}: no event is sealed twice`);
  for (const { size: upTo, root } of heads) {
    const { edge } = appendLeaves(EMPTY_EDGE, entries.slice(0, upTo).map(leafHash));
    assert.equal(root, rootOfEdge(edge), `${where}: no fork`);
  }
  assert.equal(
    heads.map((head) => head.size).toSorted((a, b) => a - b),
    heads.map((head) => head.size),
  );

  const sealed = await sealedHeads(world.coordination, origin, [
    ...new Set([...A, ...B].map(({ stream }) => stream)),
  ]);
  assert.equal([...sealed.values()].map(({ seq }) => seq).sort(), [254, 4], where);
  assert.equal(await listOf(world.objectsOf(origin).list('staging/')), [], `${where}: nothing stays staged`);
  // A comparison leaves the hints to the next run that goes by them.
  if (how === 'hints') assert.equal(await openHints(world.coordination, 100), [], where);
  return hasDied;
};

for (const how of ['hints', 'compare'] as const) {
  for (const when of ['before', 'after'] as const) {
    test(`${when} any call of a run by ${how} leaves what the next run finishes, and never two heads of one size`, async () => {
      let at = 0;
      while (await sealWithDeath({ at, when }, how)) at += 1;
      assert.ok(at >= 20, `it made ${at} calls`);
    });
  }
}

test('in its very first run, or while it gives a sign of life, loses nothing either', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let at = 0, isDone = false; !isDone; at++) {
      const world = worldOf();
      await appendAll(world.store, A);
      const first = await world.seal(dying(world, { at, when })).catch((error: unknown) => error);
      isDone = !(first instanceof Died);
      await world.seal();
      const { head } = (await readHead(world.coordination)) ?? {};
      assert.is(head?.size, 1 + A.length, `${when} ${at}`);
      const note = await sealedLog(world.objectsOf(head?.origin ?? '')).checkpoint();
      assert.is(note, head?.checkpoint);
    }
  }
});

test.run();
