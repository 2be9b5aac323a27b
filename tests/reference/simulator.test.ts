import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Answers, Life, TagChange } from './answers.ts';
import {
  copyCreation,
  creation,
  deletion,
  fleetCreation,
  restoration,
  tagChangeEvent,
  tagging,
  untagging,
} from './records.ts';
import { answersOf } from './simulator.ts';

const test = suite('the reference simulator');

const VOLUME = 'vol-0a1b2c3d4e5f60718';
const INSTANCE = 'i-0a1b2c3d4e5f60718';
const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';
const IMAGE = 'ami-0a1b2c3d4e5f60718';

/** A moment of 2 March; a call in it has the id of its time unless told. */
const time = (clock: string) => `2026-03-02T${clock}`;
const on = (clock: string, by = 'ana', id = clock) => ({ id, at: time(`${clock}Z`), by });
const full = (clock: string) => time(`${clock}.000Z`);

/** The answers of records in every order, which must be the same. */
const answersIn = (resource: string, records: readonly object[], ...moments: string[]): Answers => {
  const asked = moments.map(full);
  const of = (some: readonly object[]) => answersOf(some, asked).get(resource);
  const answers = of(records);
  for (const order of permutations(records)) assert.equal(of([...order, ...order.slice(0, 2)]), answers);
  return answers as Answers;
};

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

const changed = (
  clock: string,
  key: string,
  [before, after]: readonly [string | null, string | null],
  actor: string | null,
  unordered = false,
): TagChange => ({ at: full(clock), key, before, after, actor, unordered });

const life = (
  created: string | null,
  creator: string | null,
  ended: string | null = null,
  ender: string | null = null,
): Life => ({
  created: created && full(created),
  creator,
  ended: ended && full(ended),
  ender,
  uncertain: null,
});

test('a copy may have every key that no record names, until all are removed', () => {
  const { now, asOf, changes } = answersIn(
    IMAGE,
    [
      copyCreation(on('10:00:00'), IMAGE, { Env: 'prod' }),
      untagging(on('11:00:00', 'bob'), [IMAGE], { Owner: 'f', Name: null }),
      untagging(on('12:00:00', 'eve'), [IMAGE]),
    ],
    '10:30:00',
    '11:30:00',
  );
  assert.equal(
    asOf.map(({ tags, lacks }) => [tags, lacks]),
    [
      [{ Env: 'prod' }, []],
      [{ Env: 'prod' }, ['Name']],
    ],
  );
  assert.equal([now.tags, now.lacks], [{}, undefined]);
  assert.equal(changes.slice(1), [
    { ...changed('11:00:00', 'Name', [null, null], 'bob'), beforeUnseen: true },
    changed('12:00:00', 'Env', ['prod', null], 'eve'),
  ]);
});

test('imports nothing but itself', () => {
  const folder = fileURLToPath(new URL('./', import.meta.url));
  const files = readdirSync(folder).filter((file) => !file.endsWith('.test.ts'));
  assert.ok(files.includes('simulator.ts'));
  for (const file of files) {
    const imports = [
      ...readFileSync(`${folder}${file}`, 'utf8').matchAll(/from '([^']+)'|import\('([^']+)'/g),
    ];
    for (const [, name = ''] of imports) assert.match(name, /^\.\/[a-z-]+\.ts$/, file);
  }
});

test('a removal with a value removes the value that the resource was created with', () => {
  const { now, asOf } = answersIn(
    VOLUME,
    [
      untagging(on('12:20:00'), [VOLUME], { Owner: 'f' }),
      creation(on('10:20:00'), VOLUME, { Owner: 'f', Env: 'p' }),
    ],
    '12:19:59',
    '13:00:00',
  );
  assert.equal(now.tags, { Env: 'p' });
  assert.equal(
    asOf.map(({ tags }) => tags),
    [{ Env: 'p', Owner: 'f' }, { Env: 'p' }],
  );
});

test('a removal with a value removes a value that was set before it', () => {
  const { now, changes } = answersIn(VOLUME, [
    creation(on('10:20:00'), VOLUME, { Owner: 'f' }),
    untagging(on('12:20:00', 'eve'), [VOLUME], { Owner: 'g' }),
    tagging(on('11:00:00'), [VOLUME], { Owner: 'g' }),
  ]);
  assert.equal(now.tags, {});
  assert.equal(changes, [
    changed('10:20:00', 'Owner', [null, 'f'], 'ana'),
    changed('11:00:00', 'Owner', ['f', 'g'], 'ana'),
    changed('12:20:00', 'Owner', ['g', null], 'eve'),
  ]);
});

test('a removal counts between its moment and the next setting', () => {
  const { now, asOf } = answersIn(
    VOLUME,
    [
      creation(on('10:00:00'), VOLUME, { Owner: 'f' }),
      tagging(on('12:00:00'), [VOLUME], { Owner: 'g' }),
      untagging(on('11:00:00'), [VOLUME], { Owner: 'f' }),
    ],
    '11:30:00',
  );
  assert.equal(asOf[0]?.tags, {});
  assert.equal(now.tags, { Owner: 'g' });
});

test('a removal of a value that the tag gets only later removes nothing', () => {
  const { asOf, changes } = answersIn(
    VOLUME,
    [
      creation(on('10:00:00'), VOLUME, { Owner: 'f' }),
      tagging(on('12:00:00'), [VOLUME], { Owner: 'g' }),
      untagging(on('11:00:00'), [VOLUME], { Owner: 'g' }),
    ],
    '11:30:00',
  );
  assert.equal(asOf[0]?.tags, { Owner: 'f' });
  assert.equal(
    changes.map(({ at }) => at),
    [full('10:00:00'), full('12:00:00')],
  );
});

test('a removal by key takes any value, and one that names nothing takes everything', () => {
  const records = [
    creation(on('10:00:00'), VOLUME, { Owner: 'f', Env: '', Name: 'n' }),
    untagging(on('11:00:00'), [VOLUME], { Owner: null, Env: 'p' }),
    untagging(on('12:00:00'), [VOLUME], { Env: '' }),
    untagging(on('13:00:00'), [VOLUME]),
  ];
  const { asOf } = answersIn(VOLUME, records, '11:00:00', '12:00:00', '13:00:00');
  assert.equal(
    asOf.map(({ tags }) => tags),
    [{ Env: '', Name: 'n' }, { Name: 'n' }, {}],
  );
});

test('the earliest end counts, and a repetition ends nothing', () => {
  const { now, asOf } = answersIn(
    INSTANCE,
    [
      deletion(on('12:30:00', 'bob'), INSTANCE, 'terminated'),
      deletion(on('12:00:00'), INSTANCE),
      creation(on('10:00:00'), INSTANCE, { Owner: 'x' }),
    ],
    '09:00:00',
    '11:59:59',
    '12:15:00',
  );
  assert.equal(now.lives, [life('10:00:00', 'ana', '12:00:00', 'ana')]);
  assert.equal(
    asOf.map(({ lives }) => lives),
    [[], [life('10:00:00', 'ana')], [life('10:00:00', 'ana', '12:00:00', 'ana')]],
  );
});

test('a repetition alone tells that the instance had ended, but not who ended it', () => {
  for (const previous of ['shutting-down', 'terminated'] as const) {
    const { now } = answersIn(INSTANCE, [
      creation(on('10:00:00'), INSTANCE),
      deletion(on('12:30:00', 'bob'), INSTANCE, previous),
    ]);
    assert.equal(now.lives, [life('10:00:00', 'ana', '12:30:00', null)]);
  }
});

test('in one second, a repetition comes after the end that it repeats', () => {
  const { now } = answersIn(INSTANCE, [
    deletion(on('12:00:00', 'bob', 'a'), INSTANCE, 'terminated'),
    deletion(on('12:00:00', 'ana', 'b'), INSTANCE),
  ]);
  assert.equal(now.lives, [life(null, null, '12:00:00', 'ana')]);
});

test('what comes back from the Recycle Bin lives on with its tags, and can end again', () => {
  for (const id of [SNAPSHOT, IMAGE, VOLUME]) {
    const records = [
      creation(on('10:00:00'), id, { Name: 'nightly' }),
      deletion(on('11:00:00', 'bob'), id),
      restoration(on('12:00:00'), id),
      deletion(on('14:00:00', 'eve'), id),
    ];
    const { now, asOf } = answersIn(id, records, '11:30:00', '12:00:00');
    assert.equal(asOf[0], { lives: [life('10:00:00', 'ana', '11:00:00', 'bob')], tags: { Name: 'nightly' } });
    assert.equal(asOf[1], { lives: [life('10:00:00', 'ana')], tags: { Name: 'nightly' } });
    assert.equal(now.lives, [life('10:00:00', 'ana', '14:00:00', 'eve')]);
  }
});

test('a tag that is set after a restore counts', () => {
  const { now } = answersIn(SNAPSHOT, [
    creation(on('10:00:00'), SNAPSHOT, { Name: 'nightly' }),
    deletion(on('11:00:00'), SNAPSHOT),
    restoration(on('12:00:00'), SNAPSHOT),
    tagging(on('13:00:00'), [SNAPSHOT], { Name: 'restored' }),
  ]);
  assert.equal(now, { lives: [life('10:00:00', 'ana')], tags: { Name: 'restored' } });
});

test('in one second, what was there ends and is restored, and what had ended is restored and ends', () => {
  const [end, restore] = [deletion(on('11:00:00'), VOLUME), restoration(on('11:00:00', 'ana', 'r'), VOLUME)];
  const before = creation(on('10:00:00'), VOLUME);
  assert.equal(answersIn(VOLUME, [before, end, restore]).now.lives, [life('10:00:00', 'ana')]);
  const ended = deletion(on('10:30:00'), VOLUME);
  assert.equal(answersIn(VOLUME, [before, ended, end, restore]).now.lives, [
    life('10:00:00', 'ana', '11:00:00', 'ana'),
  ]);
});

test('acts of one second on one key are listed and marked, even if they leave the value as it was', () => {
  const born = creation(on('10:00:00'), VOLUME, { Owner: 'ana' });
  const { now, changes } = answersIn(VOLUME, [
    born,
    tagging(on('11:00:05', 'mallory', 'm'), [VOLUME], { Owner: 'mallory' }),
    tagging(on('11:00:05', 'ana', 'n'), [VOLUME], { Owner: 'ana' }),
  ]);
  assert.equal(now.tags, { Owner: 'ana' });
  assert.equal(changes.slice(1), [
    changed('11:00:05', 'Owner', ['ana', 'mallory'], 'mallory', true),
    changed('11:00:05', 'Owner', ['mallory', 'ana'], 'ana', true),
  ]);
  const other = answersIn(VOLUME, [
    born,
    tagging(on('11:00:05', 'mallory', 'm'), [VOLUME], { Owner: 'ana' }),
    untagging(on('11:00:05', 'mallory', 'n'), [VOLUME], { Owner: null }),
  ]);
  assert.equal(other.changes.slice(1), [
    changed('11:00:05', 'Owner', ['ana', 'ana'], 'mallory', true),
    changed('11:00:05', 'Owner', ['ana', null], 'mallory', true),
  ]);
});

test('acts of one second on different keys, and acts a second apart, are in order', () => {
  const { changes } = answersIn(VOLUME, [
    tagging(on('11:00:05', 'ana', 'b'), [VOLUME], { Owner: 'ana' }),
    tagging(on('11:00:05', 'bob', 'a'), [VOLUME], { Env: 'p' }),
    tagging(on('11:00:06', 'eve', '0'), [VOLUME], { Owner: 'eve' }),
  ]);
  assert.equal(
    changes.map(({ actor, unordered }) => [actor, unordered]),
    [
      ['bob', false],
      ['ana', false],
      ['eve', false],
    ],
  );
});

test('a tag that is removed in the second of the creation was there', () => {
  const { now, changes } = answersIn(VOLUME, [
    untagging(on('10:00:00', 'eve', 'a'), [VOLUME], { Owner: 'f' }),
    creation(on('10:00:00', 'ana', 'b'), VOLUME, { Owner: 'f' }),
  ]);
  assert.equal(now.tags, {});
  assert.equal(changes, [
    changed('10:00:00', 'Owner', [null, 'f'], 'ana'),
    changed('10:00:00', 'Owner', ['f', null], 'eve'),
  ]);
});

test('the earliest creation counts; a later one tells only tags of keys that nobody has named', () => {
  const { now, changes } = answersIn(INSTANCE, [
    fleetCreation(on('10:00:00', 'karpenter'), INSTANCE, { Cluster: 'dev', Pool: 'a' }),
    untagging(on('10:00:01', 'eve', 'e'), [INSTANCE], { Pool: null }),
    creation(on('10:00:02', 'fleet'), INSTANCE, { Cluster: 'dev', Pool: 'a', Team: 'template' }),
  ]);
  assert.equal(now, {
    lives: [life('10:00:00', 'karpenter')],
    tags: { Cluster: 'dev', Team: 'template' },
  });
  assert.equal(changes.at(-1), changed('10:00:02', 'Team', [null, 'template'], 'fleet'));
});

test('a second sighting brings no tag back that a removal of all tags took', () => {
  const { now } = answersIn(INSTANCE, [
    fleetCreation(on('10:00:00'), INSTANCE),
    untagging(on('10:00:01'), [INSTANCE]),
    creation(on('10:00:02', 'fleet'), INSTANCE, { Team: 'template' }),
  ]);
  assert.equal(now.tags, {});
});

test('a name that returns begins a new life without the tags of the old one', () => {
  const { now, changes } = answersIn(VOLUME, [
    creation(on('10:00:00'), VOLUME, { Owner: 'ana' }),
    deletion(on('11:00:00'), VOLUME),
    creation(on('12:00:00', 'bob'), VOLUME, { Env: 'p' }),
  ]);
  assert.equal(now, {
    lives: [life('10:00:00', 'ana', '11:00:00', 'ana'), life('12:00:00', 'bob')],
    tags: { Env: 'p' },
  });
  assert.is(changes.length, 2);
});

test('a resource whose creation nobody told is known from its first act on', () => {
  const { now, asOf } = answersIn(VOLUME, [tagging(on('11:00:00'), [VOLUME], { Owner: 'a' })], '10:00:00');
  assert.equal(asOf, [{ lives: [], tags: {} }]);
  assert.equal(now, { lives: [life(null, null)], tags: { Owner: 'a' } });
});

/** The tag change that tells of the removal of Owner. */
const told = (clock: string, version = 2) =>
  tagChangeEvent({ id: `event ${clock}`, at: time(`${clock}Z`) }, VOLUME, {
    changed: ['Owner'],
    tags: {},
    version,
  });

test('a tag-change event and the call of the same act are one change, by the caller', () => {
  for (const tags of [{ Owner: 'x' }, { Owner: null }, {}]) {
    const { changes } = answersIn(VOLUME, [
      creation(on('10:00:00'), VOLUME, { Owner: 'x' }),
      told('11:00:00.300'),
      untagging(on('11:00:00', 'eve'), [VOLUME], tags),
    ]);
    assert.equal(changes.slice(1), [changed('11:00:00', 'Owner', ['x', null], 'eve')]);
  }
});

test('a tag-change event tells that a condition was met, although the value was not known', () => {
  const { now, changes } = answersIn(VOLUME, [
    creation(on('10:00:00'), VOLUME, { Owner: 'x' }),
    told('11:00:00.300'),
    untagging(on('11:00:00', 'eve'), [VOLUME], { Owner: 'a value that nobody told' }),
  ]);
  assert.equal(now.tags, {});
  assert.is(changes.at(-1)?.actor, 'eve');
});

test('a tag-change event tells that a condition was not met, although the value seemed to be there', () => {
  const { now } = answersIn(VOLUME, [
    creation(on('10:00:00'), VOLUME, { Owner: 'x', Env: 'p' }),
    untagging(on('11:00:00', 'eve'), [VOLUME], { Owner: null, Env: 'p' }),
    told('11:00:00.300'),
  ]);
  assert.equal(now.tags, { Env: 'p' });
});

test('a tag-change event without its call is a change by nobody', () => {
  const { changes } = answersIn(VOLUME, [
    creation(on('10:00:00'), VOLUME, { Owner: 'x' }),
    told('11:00:00.300'),
    // Too early to be the call of the event.
    untagging(on('10:59:58', 'eve'), [VOLUME], { Owner: 'y' }),
  ]);
  assert.equal(changes.slice(1), [
    { ...changed('11:00:00', 'Owner', ['x', null], null), at: time('11:00:00.300Z') },
  ]);
});

/** CreateTags of Owner, or its removal (null), in the second 11:00:00 or the one after it. */
const owner = (id: string, value: string | null, by: string, clock = '11:00:00') =>
  value === null
    ? untagging(on(clock, by, id), [VOLUME], { Owner: null })
    : tagging(on(clock, by, id), [VOLUME], { Owner: value });

/** The event of a change of one key. */
const event = (version: number, [key, value]: readonly [string, string | null], clock = '11:00:00') =>
  tagChangeEvent({ id: `event ${version}`, at: time(`${clock}Z`) }, VOLUME, {
    changed: [key],
    tags: value === null ? {} : { [key]: value },
    version,
  });

test('the versions of tag-change events order the acts of a second', () => {
  const [ana, bob] = [owner('a', 'ana', 'ana'), owner('b', 'bob', 'bob')];
  const ordered = answersIn(VOLUME, [ana, bob, event(1, ['Owner', 'bob']), event(2, ['Owner', 'ana'])]);
  assert.equal(ordered.changes, [
    changed('11:00:00', 'Owner', [null, 'bob'], 'bob'),
    changed('11:00:00', 'Owner', ['bob', 'ana'], 'ana'),
  ]);
  // With one event, nothing tells whether the other call came before it.
  const marked = answersIn(VOLUME, [ana, bob, event(2, ['Owner', 'ana'])]);
  assert.equal(
    marked.changes.map(({ actor, unordered }) => [actor, unordered]),
    [
      ['bob', true],
      ['ana', true],
    ],
  );
});

test('an event belongs to the latest call that explains it', () => {
  const { changes } = answersIn(VOLUME, [
    owner('a', 'x', 'ana'),
    owner('b', null, 'bob', '11:00:01'),
    event(2, ['Owner', null], '11:00:01'),
    owner('c', 'x', 'eve', '11:00:01'),
    event(3, ['Owner', 'x'], '11:00:01'),
  ]);
  assert.equal(changes, [
    changed('11:00:00', 'Owner', [null, 'x'], 'ana'),
    changed('11:00:01', 'Owner', ['x', null], 'bob'),
    changed('11:00:01', 'Owner', [null, 'x'], 'eve'),
  ]);
});

test('of two calls that explain an event, the one that names fewer keys is taken', () => {
  const { changes } = answersIn(VOLUME, [
    tagging(on('11:00:00', 'ana', 'a'), [VOLUME], { Owner: 'x', Env: 'y' }),
    owner('b', 'x', 'bob'),
    event(1, ['Owner', 'x']),
    event(2, ['Env', 'y']),
  ]);
  assert.equal(changes, [
    changed('11:00:00', 'Owner', [null, 'x'], 'bob'),
    changed('11:00:00', 'Env', [null, 'y'], 'ana'),
  ]);
});

test('a call explains one event', () => {
  const { changes } = answersIn(VOLUME, [
    owner('a', 'x', 'ana'),
    event(1, ['Owner', 'x']),
    owner('b', null, 'bob'),
    event(2, ['Owner', null]),
    event(3, ['Owner', 'x']),
  ]);
  assert.equal(changes, [
    changed('11:00:00', 'Owner', [null, 'x'], 'ana'),
    changed('11:00:00', 'Owner', ['x', null], 'bob'),
    changed('11:00:00', 'Owner', [null, 'x'], null),
  ]);
});

test('a failed call did nothing, and tags of AWS are not told', () => {
  const failed = { ...untagging(on('11:00:00'), [VOLUME]), errorCode: 'Client.UnauthorizedOperation' };
  const { now } = answersIn(VOLUME, [
    creation(on('10:00:00'), VOLUME, { Owner: 'x', 'aws:cloudformation:stack-name': 's' }),
    failed,
  ]);
  assert.equal(now.tags, { Owner: 'x' });
});

test.run();
