import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCoordinationStore } from '../../src/adapters/memory/coordination-store.ts';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { pseudonyms } from '../../src/cloudtrail/identity/pseudonymize.ts';
import { composeIntake, type IntakeSwitches } from '../../src/intake/compose-intake.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { launch } from '../support/cloudtrail/trail.ts';

const test = suite('composing the intake');

const OFF: IntakeSwitches = {
  RECORD_ALL: false,
  RECOVER_OMITTED: false,
  IDENTITY_JOIN: false,
  HASH_IDENTITIES: false,
};
const PARTS = ['instancesOf', 'coordination', 'openPseudonymizer'] as const;

/** The parts that were made for these switches, and the intake. */
const composed = (on: Partial<IntakeSwitches>, rules = '{"Owner":"{who.name}"}') => {
  const made: string[] = [];
  const part =
    <T>(name: (typeof PARTS)[number], value: T) =>
    (): T => {
      made.push(name);
      return value;
    };
  const store = memoryStore();
  const intake = composeIntake(
    { ...OFF, ...on },
    {
      ledger: { store, eventFormat: 2, now: () => new Date('2026-03-31T12:00:00Z') },
      rules: parseTagRules(rules),
      telemetry: QUIET,
      instancesOf: part('instancesOf', async () => []),
      coordination: part('coordination', memoryCoordinationStore()),
      openPseudonymizer: part('openPseudonymizer', async () => pseudonyms(Buffer.alloc(32, 7))),
    },
  );
  return { intake, made, store };
};

for (const [name, part] of [
  ['RECOVER_OMITTED', 'instancesOf'],
  ['IDENTITY_JOIN', 'coordination'],
  ['HASH_IDENTITIES', 'openPseudonymizer'],
] as const) {
  test(`${name} makes ${part}, and nothing else`, () => {
    assert.equal(composed({ [name]: true }).made, [part]);
  });
}

for (const [RECORD_ALL, outcome] of [
  [true, 'appended'],
  [false, 'skipped'],
] as const) {
  test(`with RECORD_ALL ${RECORD_ALL ? 'on' : 'off'}, a creation that no rule is for is ${outcome}`, async () => {
    const { intake } = composed({ RECORD_ALL }, '{"Owner":{"value":"x","include":["volume"]}}');
    const [result] = await intake()(launch(['i-0a1b2c3d4e5f60718']), 'one');
    assert.is(result?.outcome, outcome);
  });
}

test('a part is made once, however many intakes it has', () => {
  const { intake, made } = composed({ IDENTITY_JOIN: true });
  intake();
  intake({ account: '111122223333', region: 'eu-west-1' });
  assert.equal(made, ['coordination']);
});

test('a switch that is on changes what is recorded, and an id alone means the home', async () => {
  const { intake, store } = composed({ HASH_IDENTITIES: true });
  const call = { resourceId: 'i-0a1b2c3d4e5f60718', user: 'ada' };
  const [answer] = await intake({ account: '111122223333', region: 'eu-west-1' })(call, 'one');
  assert.is(answer?.outcome, 'appended');
  assert.is(answer?.resource, 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718');
  for await (const { body } of store.readAll()) assert.match(body, /"value":"hashed:/);
});

test.run();
