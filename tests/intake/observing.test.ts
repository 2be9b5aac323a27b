import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import { request } from '../../src/intake/intake.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { launch, tagging, termination } from '../support/cloudtrail/trail.ts';
import { appendAll } from '../support/doubles.ts';
import { applied, at, chain, NOW, requested, STREAM } from '../support/events.ts';

const test = suite('an intake that only observes');

const { id } = parseArn(STREAM);

const setUp = (rules?: string) => {
  const store = memoryStore();
  const run = request({
    ledger: { store, eventFormat: 2, now: () => NOW },
    rules: rules === undefined ? undefined : parseTagRules(rules),
    telemetry: QUIET,
  });
  const events = async () => (await store.read(STREAM)).map(({ event }) => event);
  return { store, run, events };
};

test('records a creation, a change of tags and an end, and requests nothing', async () => {
  const { run, events } = setUp();
  await run([launch([id]), tagging(id, { Owner: 'bob' }), termination([id])], 'i');
  assert.equal(
    (await events()).map(({ type }) => type),
    ['TagObserved', 'TagObserved', 'ResourceRetired'],
  );
});

test('marks a creation, so that nothing follows from it where functions read the change feed', async () => {
  const { run, events } = setUp();
  await run(launch([id]), 'i');
  const [birth] = await events();
  assert.equal(birth?.type === 'TagObserved' && [birth.how, birth.set, birth.observing], ['birth', [], true]);
});

test('leaves a creation unmarked where there are rules, but none for its type', async () => {
  const { run, events } = setUp('{"Team":{"value":"shop","include":["volume"]}}');
  await run(launch([id]), 'i');
  const [birth] = await events();
  assert.equal(birth?.type === 'TagObserved' && [birth.how, birth.observing], ['birth', undefined]);
});

test('gives nothing back that tagledger had replaced, although a late record shows it', async () => {
  const late = tagging(id, { Owner: 'bob' }, { eventTime: '2026-03-31T12:01:00Z' });
  const types = async (rules?: string) => {
    const { store, run, events } = setUp(rules);
    await appendAll(store, chain([requested('r1', at(0), 'Owner=ada'), applied('r1', at(5))]));
    await run(late, 'i');
    return (await events()).slice(2).map(({ type }) => type);
  };
  assert.equal(await types(), ['TagObserved']);
  assert.equal(await types('{"Owner":"{who.name}"}'), ['TagObserved', 'TagRequested']);
});

test('skips a direct call, which asks for tags', async () => {
  const { run, events } = setUp();
  const [result] = await run({ resourceId: STREAM, user: 'ana', tags: { Team: 'shop' } }, 'i');
  assert.equal([result?.outcome, result?.why], ['skipped', 'observing']);
  assert.equal(await events(), []);
});

test.run();
