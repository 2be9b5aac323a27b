import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerProvenance } from '../../../../src/cli/ledger/provenance.ts';
import type { WhyAnswer } from '../../../../src/explain/answer.ts';
import { linesOf, run, temporaryFolder, withoutProvenance } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger why');
const folder = temporaryFolder(test);
const nowhere = join(folder, 'nowhere');
const ledger = join(folder, 'ledger');
const demo = join(folder, 'demo');

const TRAIL = 'examples/trail';
const scenario = JSON.parse(readFileSync(join(TRAIL, '../scenario.json'), 'utf8'));

const KNOWN = 'vol-0a1b2c3d4e5f60718';
const OTHER = 'vol-0a1b2c3d4e5f60719';
const arn = (id: string) => `arn:aws:ec2:eu-west-1:111122223333:volume/${id}`;
const creation = (id: string, over: object = {}) =>
  sample('CreateVolume', { eventID: `made-${id}`, responseElements: { volumeId: id }, ...over });
const deletion = (id: string) =>
  sample('DeleteVolume', {
    eventID: `ended-${id}`,
    eventTime: '2026-04-01T08:00:00Z',
    requestParameters: { volumeId: id },
  });

let count = 0;
const fileOf = (...records: readonly unknown[]): string => {
  const file = join(folder, `trail-${count++}.json`);
  writeFileSync(file, JSON.stringify({ Records: records }));
  return file;
};

test.before(async () => {
  assert.is((await run(['ingest', '--simulate', fileOf(creation(KNOWN)), '--ledger', ledger])).code, 0);
  assert.is((await run(['demo', '--ledger', demo])).code, 0);
});

/** The structured answer of one ledger, about these trails. */
const ask = async (
  id: string,
  trails: readonly string[] = [],
  { where = ledger, env = {} }: { where?: string; env?: Record<string, string> } = {},
): Promise<WhyAnswer & { code: number; said: string; provenance: AnswerProvenance }> => {
  const options = trails.flatMap((file) => ['--trail', file]);
  const { code, out, said } = await run(['why', id, ...options, '--ledger', where, '--format', 'json'], env);
  return { ...(JSON.parse(out) as WhyAnswer & { provenance: AnswerProvenance }), code, said };
};
const told = ({ trail }: WhyAnswer) => trail?.findings.map(({ is, why }) => (why ? `${is} ${why}` : is));

test('a resource that has its tags is explained in its first line, by id and by ARN', async () => {
  for (const name of [KNOWN, arn(KNOWN)]) {
    const { code, out } = await run(['why', name, '--ledger', ledger]);
    assert.is(code, 0);
    assert.match(out, new RegExp(`^${KNOWN} has all the tags that were asked for\n`));
    assert.match(
      out,
      /^Owner +ada +tagledger set it at \S+ for ada \(person\), because of CreateVolume made-/m,
    );
    assert.match(out, /^request 1: applied$/m);
  }
});

test('every resource that the demo could not tag is answered with the error, EC2’s words and the advice', async () => {
  for (const id of [...scenario.denied, ...scenario.ghosts]) {
    const { code, out } = await run(['why', id, '--ledger', demo]);
    assert.is(code, 0);
    assert.match(
      out,
      new RegExp(`^${id} was not tagged: EC2 refused with \\S+ \\(\\S+\\), and no further attempt`),
    );
    assert.match(out, /^ {2}EC2 says +\S/m);
    assert.match(out, /^ {2}what next +no further attempt will be made$/m);
    assert.match(out, /^ {2}what to do +\S/m);
  }
});

test('the history that the demo shows is explained tag by tag', async () => {
  const { tags, verdict } = await ask(scenario.historyOf, [], { where: demo });
  assert.match(verdict, `${scenario.historyOf} has ended: `);
  assert.equal(Object.fromEntries(tags.map(({ key, fate }) => [key, fate])), {
    CostCenter: 'others',
    CreatedAt: 'set',
    CreatedBy: 'set',
    Environment: 'removed',
    Name: 'others',
    Owner: 'replaced',
  });
});

const textOf = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

test('every resource of the demo has an answer, and every record of its trail about one is in the ledger', async () => {
  const listed = linesOf<{ arn: string; tags: object[] }>(
    (await run(['list', '--ledger', demo, '--format', 'ndjson'])).out,
  );
  const files = readdirSync(TRAIL).map((file) => join(TRAIL, file));
  const [first, ...others] = listed;
  assert.ok(first && others.length > 100);
  const trail = files.map(textOf).join('\n');
  for (const { arn: name, tags } of listed.filter((_, i) => i % 20 === 0)) {
    const answer = await ask(name, files, { where: demo });
    assert.is(answer.code, 0);
    assert.is(answer.tags.filter(({ value }) => value !== null).length, tags.length);
    // A child of what was born is found in EC2: no record names it.
    const isNamed = trail.includes(name.slice(name.lastIndexOf('/') + 1));
    assert.is(answer.trail?.findings.some(({ is }) => is === 'recorded') ?? false, isNamed, name);
    assert.not.ok(
      answer.trail?.findings.some(({ is }) => is === 'missing'),
      name,
    );
  }
});

test('one that nobody knows is told so, with exit code 4', async () => {
  const { code, out, said } = await run(['why', OTHER, '--ledger', ledger]);
  assert.equal([code, said], [4, '']);
  assert.match(
    out,
    `${OTHER} is not known to this ledger: search CloudTrail log files for it with --trail FILE`,
  );
  const answer = await ask(OTHER, [fileOf(creation(KNOWN))]);
  assert.equal([answer.code, answer.isKnown, answer.resource], [4, false, null]);
  assert.is(answer.verdict, `${OTHER} is not known to this ledger, nor does the trail mention it`);
});

test('a creation that was never ingested is found', async () => {
  const file = fileOf(creation(KNOWN), creation(OTHER));
  const answer = await ask(OTHER, [file]);
  assert.is(answer.code, 0);
  assert.is(
    answer.verdict,
    `${OTHER} is not known to this ledger: ada created it with CreateVolume at 2026-03-31T23:59:00.000Z, which was never ingested: type \`tagledger ingest ${file}\``,
  );
  assert.equal(told(answer), ['missing']);
  const [found] = answer.trail?.findings ?? [];
  assert.equal(
    [found?.would, found?.arn, found?.position, found?.isCreation],
    ['request', arn(OTHER), 'Records[1]', true],
  );
});

test('several trails are looked through, and a record that comes twice is one', async () => {
  const files = [fileOf(creation(OTHER)), fileOf(creation(OTHER), deletion(OTHER))];
  const answer = await ask(OTHER, files);
  assert.equal(
    answer.trail?.findings.map(({ is, would, file }) => [is, would, file]),
    [
      ['missing', 'request', files[0]],
      ['missing', 'retire', files[1]],
    ],
  );
  assert.match(answer.verdict, 'ada created it with CreateVolume');
});

for (const [what, record, why, words] of [
  [
    'a call that failed, and names it in its request only',
    sample('DeleteVolume', { errorCode: 'Client.VolumeInUse', requestParameters: { volumeId: OTHER } }),
    'failed-call',
    'Client.VolumeInUse',
  ],
  [
    'one that names it deep in its response only',
    creation(OTHER, { errorCode: 'Client.Nope', responseElements: { a: { items: [{ b: [OTHER] }] } } }),
    'failed-call',
    'Client.Nope',
  ],
  ['a dry run', creation(OTHER, { errorCode: 'Client.DryRunOperation' }), 'dry-run', 'dry run'],
  [
    'a creation of which CloudTrail cut the request',
    creation(OTHER, { requestParameters: { omitted: true } }),
    'omitted',
    'size limit',
  ],
  [
    'a record without an account',
    creation(OTHER, { recipientAccountId: null, userIdentity: null }),
    'no-account',
    'account',
  ],
  [
    'an operation that nobody follows',
    sample('CreateWonder', { responseElements: { of: OTHER } }),
    'unsupported-operation',
    'CreateWonder',
  ],
] as const) {
  test(`${what} is found, with the reason why it was skipped`, async () => {
    const answer = await ask(OTHER, [fileOf(record)]);
    assert.is(answer.code, 0);
    assert.equal(told(answer), [`skipped ${why}`]);
    assert.match(answer.verdict, `${OTHER} is not known to this ledger: `);
    assert.match(answer.verdict, ` ${record.eventName} at `);
    assert.is(
      answer.verdict.includes('no record of the trail shows its creation'),
      record.eventName !== 'CreateVolume',
    );
    assert.match(answer.verdict, 'was skipped: ');
    assert.match(answer.verdict, words);
  });
}

test('a creation of a type that no rule is for should be in the ledger, too', async () => {
  const env = { TAG_RULES: '{"Team":{"value":"shop","include":["instance"]}}' };
  const answer = await ask(OTHER, [fileOf(creation(OTHER))], { env });
  assert.equal(told(answer), ['missing']);
});

test('that no rule was for its type is the reason, where the ledger has its creation', async () => {
  const own = join(folder, 'own');
  const env = { TAG_RULES: '{"Team":{"value":"shop","include":["instance"]}}' };
  const file = fileOf(creation(OTHER));
  assert.is((await run(['ingest', '--simulate', file, '--ledger', own], env)).code, 0);
  const answer = await ask(OTHER, [file], { where: own });
  assert.equal(told(answer), ['recorded']);
  assert.match(answer.verdict, 'are kept, or no rule was for its type');
});

test('a call of tagledger’s own is told as such', async () => {
  const own = sample('CreateTags', {
    requestParameters: {
      resourcesSet: { items: [{ resourceId: OTHER }] },
      tagSet: { items: [{ key: 'a', value: 'b' }] },
    },
    userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/tagger/x' },
  });
  const env = { TAGGER_ROLE_ARN: 'arn:aws:iam::111122223333:role/tagger' };
  assert.equal(told(await ask(OTHER, [fileOf(own)], { env })), ['skipped own-call']);
});

test('ordinary calls that mention it are counted, and those of a session with its name are not', async () => {
  const answer = await ask(OTHER, [
    fileOf(
      sample('AttachVolume', { requestParameters: { volumeId: OTHER } }),
      sample('DescribeVolumes', { requestParameters: { volumeSet: { items: [{ volumeId: OTHER }] } } }),
      sample('DescribeVolumes', { userIdentity: { type: 'AssumedRole', principalId: `AROA:${OTHER}` } }),
    ),
  ]);
  assert.equal(answer.trail, { findings: [], otherCalls: { AttachVolume: 1, DescribeVolumes: 1 } });
  assert.is(answer.code, 0);
  assert.match(answer.verdict, 'the trail mentions it only in calls that do not create, tag or end it');
  assert.match(answer.hints.join(), 'may come from RunInstances, whose record does not name the root volume');
});

test('a creation that lost its resources may have made it, which is no knowledge', async () => {
  const lost = sample('CreateVolume', { responseElements: { omitted: true } });
  const answer = await ask(OTHER, [fileOf(lost)]);
  assert.equal([answer.code, told(answer)], [4, ['perhaps omitted']]);
  assert.match(answer.verdict, 'may have created it: CloudTrail left out responseElements');
});

test('of a known resource, what the ledger has not taken in is told', async () => {
  const answer = await ask(KNOWN, [fileOf(creation(KNOWN), deletion(KNOWN))]);
  assert.equal(told(answer), ['recorded', 'missing']);
  assert.is(answer.trail?.findings[0]?.seq, 1);
  assert.is(
    answer.verdict,
    `${KNOWN} has all the tags that were asked for; a record of it in the trail is not in the ledger`,
  );
});

test('an ARN is of one account, and a record of another one only mentions its id', async () => {
  const foreign = creation(KNOWN, { recipientAccountId: '444455556666' });
  assert.equal((await ask(arn(KNOWN), [fileOf(foreign)])).trail, {
    findings: [],
    otherCalls: { CreateVolume: 1 },
  });
});

test('without a ledger the trail alone answers, says so, and makes none', async () => {
  const answer = await ask(OTHER, [fileOf(creation(OTHER))], { where: nowhere });
  assert.equal([answer.code, answer.ledger], [0, null]);
  assert.match(answer.verdict, `${OTHER} is not known, and there is no ledger at ${nowhere}: ada created it`);
  assert.not.ok(existsSync(nowhere));
  const { code, out, said } = await run(['why', OTHER, '--ledger', nowhere]);
  assert.equal([code, out], [1, '']);
  assert.match(said, `There is no ledger at ${nowhere}.`);
});

test('a type that nothing makes is explained', async () => {
  const { hints } = await ask('lgw-0a1b2c3d4e5f60718');
  assert.equal(hints, [
    'no record shows how a resource of type local-gateway is created: AWS makes it with an Outpost',
  ]);
});

test('what cannot be read in a trail is told, and the rest is looked through', async () => {
  const file = join(folder, 'torn.json');
  writeFileSync(file, `{"Records":[{"a":x},${JSON.stringify(creation(OTHER))}]}`);
  const answer = await ask(OTHER, [file]);
  assert.equal([answer.code, told(answer)], [0, ['missing']]);
  assert.match(answer.said, /^rejected: torn\.json, Records\[0\]: This is not JSON/m);
});

test('a trail that is missing is a failure before anything else, and text that is no ARN is wrong usage', async () => {
  const missing = await run(['why', OTHER, '--trail', join(folder, 'missing'), '--ledger', ledger]);
  assert.equal([missing.code, missing.out], [1, '']);
  assert.match(missing.said, 'missing does not exist');
  const wrong = await run(['why', 'arn:aws:s3:::bucket', '--ledger', ledger]);
  assert.equal([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.said, 'arn:aws:s3:::bucket');
});

test('a shell’s pattern after one --trail is wrong usage, and says what to do', async () => {
  const { code, said } = await run(['why', OTHER, '--trail', 'a.json', 'b.json']);
  assert.is(code, 2);
  assert.match(said, 'To pass several files, write --trail before each one.');
});

test('as NDJSON it is the same in one line', async () => {
  const { out } = await run(['why', KNOWN, '--ledger', ledger, '--format', 'ndjson']);
  const { code: _, said: __, provenance: ___, ...answer } = await ask(KNOWN);
  assert.equal(withoutProvenance(out), answer);
  assert.is(out.split('\n').length, 2);
});

test('what records and people wrote cannot write on the terminal', async () => {
  const evil = '\u001b]0;pwned\u0007\u009b2J\u202E\n';
  const file = fileOf(
    creation(OTHER, { userIdentity: { type: 'IAMUser', userName: evil } }),
    sample(`Create${evil}`, { eventID: evil, responseElements: { of: OTHER } }),
  );
  for (const args of [
    [OTHER, '--trail', file],
    [`${OTHER}${evil}`, '--trail', file],
  ]) {
    const { out, said } = await run(['why', ...args, '--ledger', ledger]);
    for (const line of `${out}${said}`.split('\n')) assert.not.match(line, /\p{C}/u);
  }
});

test.run();
