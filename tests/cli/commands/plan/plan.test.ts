import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTrail } from '../../../../src/cli/trail/read-trail.ts';
import { type Planned, whatIf } from '../../../../src/explain/what-if.ts';
import { interpret } from '../../../../src/intake/interpret.ts';
import { readInput } from '../../../../src/intake/read-input.ts';
import { parseTagRules } from '../../../../src/tagging/rules/tag-rules.ts';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger plan');
const folder = temporaryFolder(test);

const VOLUME = 'vol-0a1b2c3d4e5f60718';
const INSTANCES = ['i-0a1b2c3d4e5f60718', 'i-0a1b2c3d4e5f60719'];
const arn = (type: string, id: string) => `arn:aws:ec2:eu-west-1:111122223333:${type}/${id}`;
const named = (type: string, ...tags: readonly object[]) => ({
  tagSpecificationSet: { items: [{ resourceType: type, tags }] },
});
const creation = (over: object = {}) =>
  sample('CreateVolume', { responseElements: { volumeId: VOLUME }, ...over });
const launch = (over: object = {}) =>
  sample('RunInstances', {
    responseElements: {
      instancesSet: {
        items: INSTANCES.map((instanceId, i) => ({
          instanceId,
          networkInterfaceSet: { items: [{ networkInterfaceId: `eni-0a1b2c3d4e5f6071${i}` }] },
        })),
      },
    },
    ...over,
  });

let count = 0;
const write = (content: string | Buffer): string => {
  const file = join(folder, `trail-${count++}.json`);
  writeFileSync(file, content);
  return file;
};

/** The lines that these records give. */
const plan = async (records: readonly unknown[], env: Record<string, string> = {}): Promise<Planned[]> => {
  const file = write(JSON.stringify({ Records: records }));
  const { code, out, said } = await run(['plan', file, '--format', 'ndjson'], env);
  assert.is(code, 0, said);
  assert.is(said, env.TAG_RULES ? '' : 'tag rules: the built-in example, because TAG_RULES is not set\n');
  return linesOf<Planned>(out);
};
const planOne = async (record: unknown, env: Record<string, string> = {}): Promise<Planned> => {
  const lines = await plan([record], env);
  assert.is(lines.length, 1);
  return lines[0] as Planned;
};

test('a creation would be requested, with all that a line has', async () => {
  const tags = [{ key: 'Name', value: 'db' }];
  assert.equal(await planOne(creation({ requestParameters: named('volume', ...tags) })), {
    eventId: '7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01',
    eventName: 'CreateVolume',
    eventTime: '2026-03-31T23:59:00.000Z',
    outcome: 'request',
    who: {
      name: 'ada',
      arn: 'arn:aws:iam::111122223333:user/team/ada',
      kind: 'IAMUser',
      confidence: 'person',
      ip: '203.0.113.9',
    },
    resources: [{ id: VOLUME, arn: arn('volume', VOLUME), type: 'volume' }],
    tags: {
      Owner: 'ada',
      CreatedBy: 'arn:aws:iam::111122223333:user/team/ada',
      CreatedAt: '2026-03-31T23:59:00.000Z',
    },
    birthTags: { Name: 'db' },
  });
});

test('the rules are those of TAG_RULES', async () => {
  const { tags } = await planOne(creation(), { TAG_RULES: '{"Team":"shop"}' });
  assert.equal(tags, { Team: 'shop' });
});

test('tags that differ stand with their resources, and the line has those of the first', async () => {
  const env = { TAG_RULES: '{"Id":"{resource.id}"}' };
  const { resources, tags } = await planOne(launch(), env);
  assert.equal(tags, { Id: INSTANCES[0] });
  assert.equal(
    resources.map(({ id, tags: own }) => [id, own]),
    [
      [INSTANCES[0], undefined],
      [INSTANCES[1], { Id: INSTANCES[1] }],
      ['eni-0a1b2c3d4e5f60710', { Id: 'eni-0a1b2c3d4e5f60710' }],
      ['eni-0a1b2c3d4e5f60711', { Id: 'eni-0a1b2c3d4e5f60711' }],
    ].sort(
      (a, b) => resources.findIndex(({ id }) => id === a[0]) - resources.findIndex(({ id }) => id === b[0]),
    ),
  );
});

test('birth tags that differ stand with their resources, also when there are none', async () => {
  const tagged = launch({ requestParameters: named('instance', { key: 'Name', value: 'web' }) });
  const { resources, birthTags } = await planOne(tagged);
  assert.equal(birthTags, { Name: 'web' });
  assert.equal(resources.map(({ type, birthTags: own }) => [type, own]).sort(), [
    ['instance', undefined],
    ['instance', undefined],
    ['network-interface', {}],
    ['network-interface', {}],
  ]);
});

test('a resource that no rule is for says so, beside those that are asked for', async () => {
  const env = { TAG_RULES: '{"Team":{"value":"shop","include":["instance"]}}' };
  const { outcome, resources } = await planOne(launch(), env);
  assert.is(outcome, 'request');
  assert.equal(resources.map((resource) => [resource.type, resource.outcome, resource.why]).sort(), [
    ['instance', undefined, undefined],
    ['instance', undefined, undefined],
    ['network-interface', 'observe', undefined],
    ['network-interface', 'observe', undefined],
  ]);
  const observed = await planOne(creation(), env);
  assert.equal(
    [observed.outcome, observed.reason, observed.resources[0]?.id],
    ['observe', 'no rule is for resources of type volume', VOLUME],
  );
});

test('a resource that was born with the tags is observed', async () => {
  const record = creation({ requestParameters: named('volume', { key: 'Team', value: 'theirs' }) });
  const { outcome, reason = '', tags, birthTags } = await planOne(record, { TAG_RULES: '{"Team":"shop"}' });
  assert.equal([outcome, tags, birthTags], ['observe', undefined, { Team: 'theirs' }]);
  assert.match(reason, 'created with the tags');
});

test('a resource whose tags all lack a field is observed, and the line says which', async () => {
  const record = creation({ userIdentity: { type: 'IAMUser', userName: 'ada' } });
  const { outcome, reason = '', notes } = await planOne(record, { TAG_RULES: '{"By":"{who.arn}"}' });
  assert.is(outcome, 'observe');
  assert.match(reason, 'lacks a field');
  assert.equal(notes, [{ key: 'By', note: 'missing-field' }]);
});

test('ends and changes of tags are told, and tagledger’s own are not', async () => {
  const change = sample('CreateTags', {
    requestParameters: {
      resourcesSet: { items: [{ resourceId: VOLUME }] },
      tagSet: { items: [{ key: 'a', value: 'b' }] },
    },
    userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/tagger/x' },
  });
  const records = [sample('DeleteVolume', { requestParameters: { volumeId: VOLUME } }), change];
  const outcomes = (lines: readonly Planned[]) =>
    lines.map(({ outcome, why, resources }) => [outcome, why, ...resources.map(({ id }) => id)]);
  assert.equal(outcomes(await plan(records)), [
    ['retire', undefined, VOLUME],
    ['observe', undefined, VOLUME],
  ]);
  const env = { TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagger' };
  assert.equal(outcomes(await plan(records, env))[1], ['skip', 'own-call', VOLUME]);
});

const KEY = 'ASIAMADEUP0000000001';
const byRole = {
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/x',
    accessKeyId: KEY,
  },
};
const assumption = sample('AssumeRole', {
  eventSource: 'sts.amazonaws.com',
  responseElements: { credentials: { accessKeyId: KEY } },
});

test('with IDENTITY_JOIN a session is known by who assumed its role, over all files', async () => {
  const files = [assumption, creation(byRole)].map((record) => write(JSON.stringify({ Records: [record] })));
  const told = async (env: Record<string, string>) => {
    const { out } = await run(['plan', ...files, '--format', 'ndjson'], env);
    return linesOf<Planned>(out).map(({ outcome, why, who }) => [outcome, why, who.name, who.confidence]);
  };
  assert.equal(await told({ IDENTITY_JOIN: 'on' }), [
    ['skip', 'remembered', 'ada', 'person'],
    ['request', undefined, 'ada', 'person'],
  ]);
  assert.equal(await told({}), [
    ['skip', 'not-ec2', 'ada', 'person'],
    ['request', undefined, 'x', 'role-session'],
  ]);
  const { code, said } = await run(['plan', ...files], { IDENTITY_JOIN: 'yes' });
  assert.equal([code, /IDENTITY_JOIN is "yes", which is neither on nor off/.test(said)], [1, true]);
});

test('what a service launches is the fleet’s maker’s, over all files', async () => {
  const fleetId = 'fleet-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f0';
  const tagSet = { items: [{ key: 'aws:ec2:fleet-id', value: fleetId }] };
  const records = [
    sample('CreateFleet', { responseElements: { CreateFleetResponse: { fleetId } } }),
    creation({
      userIdentity: { type: 'AWSService', invokedBy: 'ec2fleet.amazonaws.com' },
      responseElements: { volumeId: VOLUME, tagSet },
    }),
  ];
  const files = records.map((record) => write(JSON.stringify({ Records: [record] })));
  const { out } = await run(['plan', ...files, '--format', 'ndjson']);
  const [, { who } = {}] = linesOf<Planned>(out);
  assert.equal([who?.name, who?.confidence, who?.via], ['ada', 'person', 'ec2fleet.amazonaws.com']);
});

test('what means nothing is skipped with a reason and with who it was', async () => {
  const root = { userIdentity: { type: 'Root', arn: 'arn:aws:iam::111122223333:root' } };
  const lines = await plan([
    sample('DescribeVolumes'),
    creation({ errorCode: 'Client.Nope' }),
    creation({ eventSource: 's3.amazonaws.com', eventID: null, eventTime: null, ...root }),
  ]);
  assert.equal(
    lines.map(({ outcome, why, resources }) => [outcome, why, resources]),
    [
      ['skip', 'not-a-change', []],
      ['skip', 'failed-call', []],
      ['skip', 'not-ec2', []],
    ],
  );
  assert.ok(lines.every(({ reason = '' }) => reason.length > 5));
  assert.equal([lines[2]?.eventId, lines[2]?.eventTime, lines[2]?.who.confidence], [null, null, 'account']);
});

test('a tag called __proto__ is a tag like others', async () => {
  const tags = [{ key: '__proto__', value: 'x' }];
  const file = write(JSON.stringify(creation({ requestParameters: named('volume', ...tags) })));
  const { out } = await run(['plan', file, '--format', 'ndjson'], { TAG_RULES: '{"Team":"shop"}' });
  assert.match(out, '"birthTags":{"__proto__":"x"}');
});

test('records come by every door, one line each, and direct calls too', async () => {
  const envelope = { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: creation() };
  const looked = { EventId: 'x', CloudTrailEvent: JSON.stringify(creation()) };
  const call = { resourceId: arn('volume', VOLUME), user: 'bob', requestId: 'r-1' };
  const change = {
    id: 'tag-event',
    time: '2026-03-31T23:59:00Z',
    account: '111122223333',
    region: 'eu-west-1',
    source: 'aws.tag',
    'detail-type': 'Tag Change on Resource',
    resources: [arn('volume', VOLUME)],
    detail: { 'changed-tag-keys': ['a'], service: 'ec2', 'resource-type': 'volume', tags: { a: 'b' } },
  };
  const lines = await plan([envelope, { Events: [looked, looked] }, call, change]);
  assert.equal(
    lines.map(({ eventId, eventName, outcome, who }) => [eventId, eventName, outcome, who.name]),
    [
      ...[1, 2, 3].map(() => ['7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01', 'CreateVolume', 'request', 'ada']),
      ['r-1', null, 'request', 'bob'],
      ['tag-event', 'Tag Change on Resource', 'observe', 'unknown'],
    ],
  );
});

test('what cannot be read is said with its position, and the rest goes on', async () => {
  const file = write(
    `{"Records":[${JSON.stringify(creation())},{"a":x},{"a":1},${JSON.stringify(creation())}]}`,
  );
  const rejects = join(folder, 'rejects.ndjson');
  const { code, out, said } = await run(['plan', file, '--format', 'ndjson', '--rejects', rejects]);
  assert.is(code, 1);
  assert.is(linesOf(out).length, 2);
  assert.match(said, /^rejected: .*, Records\[1\]: This is not JSON/m);
  assert.match(said, /^rejected: .*, Records\[2\]: This is not a CloudTrail record: it has no /m);
  assert.match(said, `2 rejected, and saved in ${rejects}`);
  assert.equal(
    linesOf<{ text: string }>(readFileSync(rejects, 'utf8')).map(({ text }) => text),
    ['{"a":x}', '{"a":1}'],
  );
});

test('text is a table of what would happen, and totals by reason', async () => {
  const evil = { type: 'IAMUser', userName: 'a\u001b[31mb\nc' };
  const records = [
    launch(),
    creation({ userIdentity: evil }),
    sample('DescribeVolumes'),
    sample('DescribeVpcs'),
  ];
  const { code, out } = await run(['plan', write(gzipSync(JSON.stringify(records)))]);
  assert.is(code, 0);
  assert.match(
    out,
    /^2026-03-31T23:59:00\.000Z +request +RunInstances +ada \(person\) +i-0.* \+1 .*Owner=ada/m,
  );
  assert.match(out, /^records +4$/m);
  assert.match(out, /^request +2 +5 resources$/m);
  assert.match(out, /^skip +2 +0 resources\n +2 +reads, and calls that create and end nothing$/m);
  assert.match(out, /^rejected +0$/m);
  for (const line of out.split('\n')) assert.not.match(line, /\p{C}/u);
});

test('JSON is one list of the same', async () => {
  const file = write(JSON.stringify([creation(), launch()]));
  const { out } = await run(['plan', file, '--format', 'json']);
  assert.equal(JSON.parse(out), linesOf((await run(['plan', file, '--format', 'ndjson'])).out));
});

test('no file is wrong usage, a missing one a failure before anything is written', async () => {
  assert.is((await run(['plan'])).code, 2);
  const { code, out, said } = await run(['plan', write('[]'), join(folder, 'missing'), '--format', 'text']);
  assert.equal([code, out], [1, '']);
  assert.match(said, 'missing does not exist');
});

test('nothing is written anywhere', async () => {
  const ledger = join(folder, 'ledger');
  const before = readdirSync(folder);
  const file = write(`${JSON.stringify(creation())}\nnonsense\n`);
  assert.is((await run(['plan', file, '--ledger', ledger])).code, 1);
  assert.equal(readdirSync(folder).sort(), [...before, file.slice(folder.length + 1)].sort());
});

test('what is skipped is skipped for the reason that the front door gives', async () => {
  const trail = fileURLToPath(new URL('../../../../examples/trail/', import.meta.url));
  const context = { rules: parseTagRules('{"Owner":"{who.name}"}') };
  let compared = 0;
  for (const name of readdirSync(trail)) {
    for await (const entry of readTrail(join(trail, name))) {
      assert.ok('value' in entry);
      const { writes, skips } = interpret(context, readInput(entry.value), new Date(0), '');
      const [planned] = whatIf(context, readInput(entry.value), new Date(0));
      assert.is(planned?.outcome === 'skip', writes.length === 0);
      if (writes.length > 0) continue;
      assert.equal([planned?.why, planned?.reason], [skips[0]?.why, skips[0]?.reason]);
      compared += 1;
    }
  }
  assert.ok(compared > 50);
});

// Test data of other projects, which lies beside the repository and is never copied into it.
const DIR = fileURLToPath(new URL('../../../../../shared/data/cloudtrail', import.meta.url));
if (existsSync(DIR)) {
  test("other people's records are all planned", async () => {
    const files = readdirSync(DIR).filter((name) => name.endsWith('.json'));
    const records = files.flatMap((name) => JSON.parse(readFileSync(join(DIR, name), 'utf8')).Records);
    const { code, out, said } = await run([
      'plan',
      ...files.map((name) => join(DIR, name)),
      '--format',
      'ndjson',
    ]);
    assert.is(code, 0, said);
    const lines = linesOf<Planned>(out);
    assert.is(lines.length, records.length);
    for (const { outcome, resources, tags, reason } of lines) {
      if (outcome === 'request') assert.ok(tags && resources.length > 0);
      if (outcome === 'skip') assert.ok(reason);
    }
  });
} else {
  test("other people's records are left out, because there are none here", () => {
    console.log(`  no records in ${DIR}: nothing was planned`);
  });
}

test.run();
