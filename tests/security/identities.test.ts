import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveFleet } from '../../src/archive/archive-fleet.ts';
import { main } from '../../src/cli/main.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { embeddedAws } from '../../src/embedded/embedded-aws.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { flatListOf, listOf } from '../support/async.ts';
import { linesOf, run, temporaryFolder } from '../support/cli/command-line.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch, sessionOf, tagging, termination } from '../support/cloudtrail/trail.ts';
import { remembering, tickingClock, typesByResource } from '../support/doubles.ts';
import { allOf } from './canaries.ts';

const test = suite('hashed identities');
const folder = temporaryFolder(test);

const NAMES = [
  'canary-user',
  'canary-path',
  'canary-session',
  'canary-source',
  'canary-direct',
  '198.51.100.77',
];
const PLAIN = new RegExp(NAMES.join('|'));
const RULES = JSON.stringify({ Owner: '{who.name}', By: '{who.arn} through {who.via}', Arn: '{who.arn}' });

const from = { sourceIPAddress: '198.51.100.77' };
const byUser = {
  ...from,
  userIdentity: {
    type: 'IAMUser',
    arn: 'arn:aws:iam::111122223333:user/canary-path/canary-user',
    accountId: '111122223333',
    userName: 'canary-user',
  },
};
const bySession = { ...from, userIdentity: sessionOf('ops', 'canary-session') };
const bySource = {
  ...from,
  userIdentity: {
    ...sessionOf('ops', 'canary-session'),
    sessionContext: { sourceIdentity: 'canary-source' },
  },
};
const KEY = 'ASIAMADEUP0000000001';
const INPUTS = [
  launch(['i-01', 'i-02'], byUser),
  launch(['i-03'], bySession),
  launch(['i-04'], bySource),
  launch([], { ...byUser, eventID: 'a gap', responseElements: { omitted: true } }),
  sample('AssumeRole', {
    ...byUser,
    eventSource: 'sts.amazonaws.com',
    responseElements: { credentials: { accessKeyId: KEY } },
  }),
  launch(['i-06'], { ...bySession, userIdentity: { ...bySession.userIdentity, accessKeyId: KEY } }),
  tagging('i-03', { Name: 'x' }, byUser),
  termination(['i-04'], bySession),
  { resourceId: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-01', user: 'canary-direct', tags: { A: 'b' } },
];

const contentsOf = async (path: string): Promise<string> => {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const texts = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'latin1')));
  return texts.join('\n');
};

/** The trail through the whole pipeline. */
const places = async (path: string, hashIdentities: boolean) => {
  const seen = remembering();
  const aws = await embeddedAws({
    folder: path,
    rules: parseTagRules(RULES),
    now: tickingClock('2026-04-01T16:00:00.000Z'),
    ec2: { denied: ({ id }) => id === 'i-02' },
    telemetry: seen.telemetry,
    joinIdentities: true,
    hashIdentities,
  });
  try {
    const answers = await aws.request(INPUTS, 'one');
    await aws.settle();
    const moment = { asOf: '2026-04-02T00:00:00.000Z', knownAt: '2026-04-02T00:00:00.000Z' };
    return {
      types: await typesByResource(aws.store),
      events: await listOf(aws.store.readAll()),
      texts: {
        'the ledger': await listOf(aws.store.columns()),
        'the state': await listOf(aws.states.list()),
        'the archive': aws.archived && (await flatListOf(archiveFleet(aws.archived, aws.store).at(moment))),
        'the alerts': aws.alerts,
        'the log': seen.lines,
        'the answers': answers,
      },
    };
  } finally {
    await aws.close();
  }
};

test('with hashed identities no name, session or address of a person is anywhere that tagledger writes', async () => {
  const path = join(folder, 'hashed');
  const { types, texts, events } = await places(path, true);
  const plain = await places(join(folder, 'plain'), false);
  assert.equal(types, plain.types, 'what is recorded does not depend on it');
  assert.ok(Object.values(types).flat().includes('GapFound'));
  assert.ok(texts['the alerts'].length > 1);
  for (const [place, content] of Object.entries(texts)) assert.not.match(allOf(content), PLAIN, place);
  for (const place of ['the ledger', 'the state', 'the archive', 'the alerts'] as const)
    assert.match(allOf(plain.texts[place]), PLAIN, `${place} holds names otherwise`);
  assert.not.match(await contentsOf(path), PLAIN);

  const who = (id: string) =>
    events.flatMap(({ stream, event }) =>
      stream.endsWith(`/${id}`) && 'who' in event && event.who ? [event.who.name] : [],
    );
  const [launcher] = who('i-02');
  assert.ok(
    launcher?.startsWith('hashed:') && who('i-03').includes(launcher),
    'one person has one pseudonym',
  );
  assert.equal(new Set(who('i-06')), new Set([launcher]), 'also behind a role session');
});

test('a ledger that was begun with hashed identities keeps to them, and its key is in the folder', async () => {
  const [ledger, trail] = [join(folder, 'begun'), join(folder, 'trail.json')];
  const shown: string[] = [];
  const ingest = async (env: Record<string, string>, records: readonly unknown[]) => {
    await writeFile(trail, JSON.stringify(records));
    const write = (line: string) => void shown.push(line);
    return main(['ingest', '--simulate', trail, '--ledger', ledger], env, () => ({
      stdout: write,
      stderr: write,
      note: write,
      progress() {},
      style: PLAIN_TEXT,
    }));
  };
  assert.is(await ingest({ HASH_IDENTITIES: 'on' }, [launch(['i-01'], byUser)]), 0, shown.join());
  assert.is(await ingest({}, [launch(['i-02'], byUser), sample('DescribeInstances', byUser)]), 0);
  const file = join(folder, 'begun.ndjson.gz');
  assert.is((await run(['export', '--out', file, '--ledger', ledger])).code, 0);
  const { out } = await run(['list', '--ledger', file, '--format', 'ndjson']);
  const makers = linesOf(out).map(({ createdBy }) => JSON.stringify(createdBy));
  assert.ok(makers.length >= 2);
  assert.not.match(out, PLAIN);
  assert.match(out, 'hashed:');
  assert.ok((await readdir(ledger)).includes('identity.key'));
});

test.run();
