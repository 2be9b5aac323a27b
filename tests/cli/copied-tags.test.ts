import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('an image to which tags were copied');
const folder = temporaryFolder(test);
const [SOURCE, COPY] = ['ami-0a1b2c3d4e5f60718', 'ami-0a1b2c3d4e5f60719'] as const;
const observed = join(folder, 'observed');
const simulated = join(folder, 'simulated');
const policy = join(folder, 'policy.json');

const specified = (...tags: readonly object[]) => ({
  tagSpecificationSet: { items: [{ resourceType: 'image', tags }] },
});
const RECORDS = [
  sample('RegisterImage', {
    eventID: 'registered',
    eventTime: '2026-03-31T09:00:00Z',
    requestParameters: specified({ key: 'Owner', value: 'platform' }, { key: 'CostCenter', value: '4100' }),
    responseElements: { imageId: SOURCE },
  }),
  sample('CopyImage', {
    eventID: 'copied',
    eventTime: '2026-03-31T10:00:00Z',
    requestParameters: { sourceImageId: SOURCE, sourceRegion: 'eu-west-1', copyImageTags: true },
    responseElements: { imageId: COPY },
  }),
];

const ask = async (ledger: string, ...args: readonly string[]) => {
  const { code, out, said } = await run([...args, '--ledger', ledger]);
  return { code, out: out.replace(/\s+/g, ' '), said };
};

test.before(async () => {
  const trail = join(folder, 'trail.json');
  writeFileSync(trail, JSON.stringify({ Records: RECORDS }));
  writeFileSync(policy, JSON.stringify({ tagledger: 1, rules: [{ key: 'CostCenter', types: ['image'] }] }));
  for (const args of [
    [trail, '--ledger', observed],
    ['--simulate', trail, '--ledger', simulated],
  ]) {
    const { code, said } = await run(['ingest', ...args]);
    assert.is(code, 0, said);
  }
});

test('a ledger that only observes says that tags may be there, and calls nothing a violation', async () => {
  const judged = await ask(observed, 'compliance', '--policy', policy, '--fail-on', 'violating');
  assert.match(judged.out, '1 compliant, 0 violating, 0 exempt, 1 unknown');
  assert.match(judged.out, 'tags were copied to it when it was created, and nothing has shown them yet');
  assert.is(judged.code, 0);
  for (const args of [
    ['state', COPY],
    ['state', COPY, '--as-of', '2026-03-31T10:00:00Z'],
    ['why', COPY],
    ['timeline', COPY],
  ])
    assert.match((await ask(observed, ...args)).out, 'it may have tags that are not listed', args.join(' '));
  assert.match((await ask(observed, 'history', COPY)).out, 'tags of its source were copied to it');
  const missing = await ask(observed, 'list', '--missing', 'Owner');
  assert.match(missing.out, COPY);
  assert.match(
    missing.said,
    'Tags were copied to 1 resource that nothing has shown yet, so it may have Owner.',
  );
});

test('where tags are set, EC2 is asked first, and a copied tag stays', async () => {
  const state = JSON.parse((await ask(simulated, 'state', COPY, '-o', 'json')).out);
  const tags = Object.fromEntries(state.tags.map(({ key, value }: Record<string, string>) => [key, value]));
  assert.equal([tags.Owner, tags.CostCenter, state.unseenTags], ['platform', '4100', undefined]);
  assert.ok(tags.CreatedBy);
  const judged = await ask(simulated, 'compliance', '--policy', policy);
  assert.match(judged.out, '2 compliant, 0 violating, 0 exempt, 0 unknown');
  const why = (await ask(simulated, 'why', COPY)).out;
  assert.match(why, 'and the rules keep it; it has all else that was asked for');
  assert.match((await ask(simulated, 'changes', '--key', 'Owner')).out, 'Owner unknown "platform"');
});

test('a plan says that EC2 is asked first', async () => {
  const { out } = await run(['plan', join(folder, 'trail.json')]);
  assert.match(out, 'EC2 is asked first for the tags that were copied to it, which are kept');
});

test.run();
