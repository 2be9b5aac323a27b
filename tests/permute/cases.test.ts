import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  copyCreation,
  creation,
  deletion,
  endNotice,
  failedDeletion,
  fleetCreation,
  keepInterface,
  restoration,
  tagChangeEvent,
  tagging,
  untagging,
} from '../reference/records.ts';
import { generateTrail } from './generate-trail.ts';
import { permuteTrail } from './permute-trail.ts';

const test = suite('the product and the reference, in every order of reading');

const VOLUME = 'vol-0a1b2c3d4e5f60718';
const INSTANCE = 'i-0a1b2c3d4e5f60718';
const IMAGE = 'ami-0a1b2c3d4e5f60718';
const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';

const on = (clock: string, by = 'ana', id = `${by} ${clock}`) => ({ id, at: `2026-03-02T${clock}Z`, by });
const launched = creation(on('00:10:00'), INSTANCE);
const born = creation(on('10:00:00'), VOLUME, { Owner: 'f', Env: 'prod' });
/** What EventBridge tells of a change of Owner. */
const word = (clock: string, value: string | null, version: number, id = `event ${version}`) =>
  tagChangeEvent({ id, at: `2026-03-02T${clock}Z` }, VOLUME, {
    changed: ['Owner'],
    tags: value === null ? {} : { Owner: value },
    version,
  });

const CASES: readonly (readonly [what: string, records: readonly object[]])[] = [
  ['a removal with the value of the creation', [born, untagging(on('12:20:00'), [VOLUME], { Owner: 'f' })]],
  [
    'a removal with the value that was set before it',
    [
      born,
      tagging(on('11:00:00'), [VOLUME], { Owner: 'g' }),
      untagging(on('12:00:00'), [VOLUME], { Owner: 'g' }),
    ],
  ],
  [
    'a removal before the key was set again',
    [
      born,
      untagging(on('11:00:00'), [VOLUME], { Owner: 'f' }),
      tagging(on('12:00:00'), [VOLUME], { Owner: 'g' }),
    ],
  ],
  [
    'a removal with a value that the tag got later',
    [
      born,
      untagging(on('11:00:00'), [VOLUME], { Owner: 'g' }),
      tagging(on('12:00:00'), [VOLUME], { Owner: 'g' }),
    ],
  ],
  [
    'a removal with a value of which EventBridge tells, too',
    [born, word('12:00:00.400', null, 2), untagging(on('12:00:00', 'eve'), [VOLUME], { Owner: 'f' })],
  ],
  [
    'a value that was set and set back within a second',
    [
      born,
      tagging(on('11:00:05', 'mallory'), [VOLUME], { Owner: 'm' }),
      tagging(on('11:00:05', 'ana'), [VOLUME], { Owner: 'f' }),
    ],
  ],
  [
    'a tag that was removed and set again within a second',
    [
      born,
      untagging(on('11:00:05', 'mallory', 'x'), [VOLUME], { Owner: null }),
      tagging(on('11:00:05', 'mallory', 'y'), [VOLUME], { Owner: 'f' }),
    ],
  ],
  [
    'a tag that was removed in the second of the creation',
    [born, untagging(on('10:00:00', 'eve'), [VOLUME], { Owner: null })],
  ],
  [
    'an instance that was terminated twice',
    [
      creation(on('10:00:00'), INSTANCE),
      deletion(on('12:00:00', 'ana'), INSTANCE),
      deletion(on('12:30:00', 'bob'), INSTANCE, 'terminated'),
    ],
  ],
  [
    'an instance of which only repeated terminations are told',
    [
      creation(on('10:00:00'), INSTANCE),
      deletion(on('12:30:00', 'bob'), INSTANCE, 'terminated'),
      deletion(on('12:40:00', 'eve'), INSTANCE, 'shutting-down'),
    ],
  ],
  [
    'a snapshot that was restored and deleted again within a second',
    [
      creation(on('10:00:00'), SNAPSHOT),
      deletion(on('11:00:00', 'bob'), SNAPSHOT),
      restoration(on('12:00:00', 'eve'), SNAPSHOT),
      deletion(on('12:00:00', 'ana'), SNAPSHOT),
    ],
  ],
  [
    'calls of one second that the versions of EventBridge order',
    [
      born,
      tagging(on('11:00:00', 'ana'), [VOLUME], { Owner: 'a' }),
      tagging(on('11:00:00', 'bob'), [VOLUME], { Owner: 'b' }),
      word('11:00:00', 'b', 2, 'z'),
      word('11:00:00', 'a', 3, 'y'),
    ],
  ],
  [
    'a call that explains two of three events of EventBridge',
    [
      born,
      tagging(on('11:00:00', 'ana'), [VOLUME], { Owner: 'a' }),
      untagging(on('11:00:00', 'bob'), [VOLUME], { Owner: null }),
      word('11:00:00', 'a', 2),
      word('11:00:00', null, 3),
      word('11:00:00', 'a', 4),
    ],
  ],
  [
    'a creation of which EventBridge tells, too, after an act that came before it',
    [
      tagChangeEvent({ id: 'e', at: '2026-03-02T09:00:00Z' }, VOLUME, {
        changed: ['Owner'],
        tags: { Owner: 'b' },
        version: 1,
      }),
      born,
      tagChangeEvent({ id: 'f', at: '2026-03-02T10:00:00Z' }, VOLUME, {
        changed: ['Owner', 'Env'],
        tags: { Owner: 'f', Env: 'prod' },
        version: 2,
      }),
    ],
  ],
  [
    'a snapshot that came back from the Recycle Bin',
    [
      creation(on('10:00:00'), SNAPSHOT, { Owner: 'ana' }),
      deletion(on('11:00:00', 'bob'), SNAPSHOT),
      restoration(on('12:00:00', 'eve'), SNAPSHOT),
    ],
  ],
  [
    'an instance that two records tell the creation of',
    [
      fleetCreation(on('10:00:00', 'karpenter'), INSTANCE, { Pool: 'a' }),
      creation(on('10:00:01', 'fleet'), INSTANCE, { Pool: 'a', Team: 't' }),
    ],
  ],
  [
    'an end of which a notice tells before the call, by another clock',
    [launched, endNotice(on('11:59:56'), INSTANCE), deletion(on('12:00:00', 'bob'), INSTANCE)],
  ],
  [
    'an end of which a notice tells after the call',
    [launched, deletion(on('12:00:00', 'bob'), INSTANCE), endNotice(on('12:00:40'), INSTANCE)],
  ],
  ['an end of which only a notice tells', [launched, endNotice(on('12:00:00'), INSTANCE)]],
  [
    'an instance that may have ended, and is tagged while EC2 still shows what ended',
    [
      launched,
      failedDeletion(on('12:00:00', 'bob'), INSTANCE),
      tagging(on('13:00:00'), [INSTANCE], { Owner: 'f' }),
    ],
  ],
  [
    'an instance that may have ended, and is tagged a day later',
    [
      launched,
      failedDeletion(on('01:00:00', 'bob'), INSTANCE),
      tagging(on('23:00:00'), [INSTANCE], { Owner: 'f' }),
    ],
  ],
  [
    'an interface that outlives its instance',
    [launched, keepInterface(on('11:00:00'), INSTANCE), deletion(on('12:00:00', 'bob'), INSTANCE)],
  ],
  [
    'a copy of an image, whose tags people then changed without knowing them',
    [
      copyCreation(on('10:00:00'), IMAGE, { Env: 'prod' }),
      untagging(on('11:00:00', 'bob'), [IMAGE], { Owner: 'f' }),
      untagging(on('12:00:00', 'eve'), [IMAGE], { Name: null }),
      tagging(on('13:00:00', 'bob'), [IMAGE], { Owner: 'bob' }),
      untagging(on('14:00:00', 'eve'), [IMAGE]),
    ],
  ],
  [
    'a name that returned',
    [born, deletion(on('11:00:00'), VOLUME), creation(on('12:00:00', 'bob'), VOLUME, { Env: 'dev' })],
  ],
];

for (const [what, records] of CASES) {
  test(what, async () => assert.equal(await permuteTrail(records, 1), []));
}

test('generated trails', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const found = await permuteTrail(generateTrail(seed).records, seed);
    assert.equal(found.slice(0, 1), [], `seed ${seed}`);
  }
});

test.run();
