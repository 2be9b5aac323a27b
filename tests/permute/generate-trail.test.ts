import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answersOf } from '../reference/simulator.ts';
import { generateTrail } from './generate-trail.ts';
import { momentsOf } from './moments.ts';
import { readByProduct } from './read-by-product.ts';

const test = suite('generated trails');

const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1);

const nameOf = (record: object): string => {
  const { eventName, 'detail-type': detailType } = record as Record<string, string>;
  return eventName ?? detailType ?? '';
};

test('a seed gives the same trail', () => {
  assert.equal(generateTrail(7), generateTrail(7));
  assert.not.equal(generateTrail(7), generateTrail(8));
});

test('every kind of record occurs', () => {
  const names = new Set(SEEDS.flatMap((seed) => generateTrail(seed).records.map(nameOf)));
  assert.equal([...names].sort(), [
    'CopyImage',
    'CreateFleet',
    'CreateImage',
    'CreateSnapshot',
    'CreateTags',
    'CreateVolume',
    'DeleteSnapshot',
    'DeleteTags',
    'DeleteVolume',
    'DeregisterImage',
    'EC2 Instance State-change Notification',
    'ModifyNetworkInterfaceAttribute',
    'RestoreImageFromRecycleBin',
    'RestoreSnapshotFromRecycleBin',
    'RestoreVolumeFromRecycleBin',
    'RunInstances',
    'Tag Change on Resource',
    'TerminateInstances',
  ]);
});

test('acts share a second in many trails, unless they are spread', () => {
  const crowded = (spread: boolean) =>
    SEEDS.filter((seed) => {
      const { truth } = generateTrail(seed, { spread });
      return truth.some(({ at, id }, i) =>
        truth.some((other, k) => k > i && other.at === at && other.id === id),
      );
    }).length;
  assert.ok(crowded(false) > SEEDS.length / 2);
  assert.is(crowded(true), 0);
});

test('the intake of the product rejects none of the records', async () => {
  for (const seed of SEEDS.slice(0, 50)) {
    const { results } = await readByProduct(generateTrail(seed).records);
    assert.equal(
      results.filter(({ outcome }) => outcome === 'rejected'),
      [],
    );
  }
});

test('the reference answers the same in every order of reading', () => {
  for (const seed of SEEDS) {
    const { records } = generateTrail(seed);
    const moments = momentsOf(records);
    const byId = (order: readonly object[]) => new Map([...answersOf(order, moments)].sort());
    assert.equal(byId([...records.toReversed(), ...records]), byId(records), `seed ${seed}`);
  }
});

test('where no two acts share a second, the reference tells what the simulated EC2 did', () => {
  for (const seed of SEEDS) {
    const { records, truth } = generateTrail(seed, { spread: true });
    const answers = answersOf(
      records.toReversed(),
      truth.map(({ at }) => at),
    );
    truth.forEach(({ id, tags, isAlive }, i) => {
      const snapshot = answers.get(id)?.asOf[i];
      const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
      // Of a copy, it may not know all tags. Those that it knows are right, and so are the keys that it rules out.
      const known = Object.entries(sorted).filter(([key]) => !snapshot?.lacks || key in snapshot.tags);
      assert.equal(snapshot?.tags, Object.fromEntries(known), `seed ${seed}, act ${i}`);
      const wrong = snapshot?.lacks?.filter((key) => key in tags) ?? [];
      assert.equal(wrong, [], `seed ${seed}, act ${i}`);
      assert.is(snapshot?.lives.at(-1)?.ended === null, isAlive, `seed ${seed}, act ${i}`);
    });
  }
});

test.run();
