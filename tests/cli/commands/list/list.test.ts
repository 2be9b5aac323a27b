import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('finding resources');
const folder = temporaryFolder(test);
const ledger = join(folder, 'ledger');
const [WEB, DB, GONE, OLD] = [
  'vol-0a1b2c3d4e5f60711',
  'vol-0a1b2c3d4e5f60722',
  'vol-0b1b2c3d4e5f60733',
  'vol-0c1b2c3d4e5f60744',
] as const;

const created = (id: string, minute: number, tags: Readonly<Record<string, string>>, over = {}) =>
  sample('CreateVolume', {
    eventID: `create-${id}`,
    eventTime: `2026-03-31T12:${String(minute).padStart(2, '0')}:00Z`,
    responseElements: { volumeId: id },
    requestParameters: {
      tagSpecificationSet: {
        items: [
          { resourceType: 'volume', tags: Object.entries(tags).map(([key, value]) => ({ key, value })) },
        ],
      },
    },
    ...over,
  });

test.before(async () => {
  const trail = [
    created(WEB, 1, { Name: 'web', Owner: 'ada' }),
    created(DB, 2, { Name: 'db' }, { awsRegion: 'us-east-1' }),
    created(GONE, 3, { Name: 'web' }),
    sample('DeleteVolume', {
      eventID: 'gone',
      eventTime: '2026-03-31T12:04:00Z',
      requestParameters: { volumeId: GONE },
      responseElements: { _return: true },
    }),
    sample('CreateTags', {
      eventID: 'tagged',
      eventTime: '2026-03-31T12:05:00Z',
      requestParameters: {
        resourcesSet: { items: [{ resourceId: OLD }] },
        tagSet: { items: [{ key: 'Name', value: 'old' }] },
      },
      responseElements: { _return: true },
    }),
  ];
  writeFileSync(join(folder, 'trail.json'), JSON.stringify(trail));
  const { code, said } = await run(['ingest', join(folder, 'trail.json'), '--ledger', ledger]);
  assert.is(code, 0, said);
});

const ask = (...args: readonly string[]) => run([...args, '--ledger', ledger]);
const idsOf = async (...args: readonly string[]) => {
  const { code, out, said } = await ask('list', ...args, '-o', 'ndjson');
  assert.is(code, 0, said);
  return linesOf(out).map(({ id }) => id);
};

for (const [args, ids] of [
  [[], [WEB, GONE, OLD, DB]],
  [['--region', 'us-east-1'], [DB]],
  [['--type', 'instance'], []],
  [['--account', '999999999999'], []],
  [
    ['--tag', 'Owner=ada'],
    [WEB, OLD],
  ],
  [['--creator', 'unknown'], [OLD]],
  [
    ['--missing', 'Owner'],
    [OLD, DB],
  ],
  [['--missing', 'Owner', '--missing', 'Name'], []],
  [
    ['--sort', '-created'],
    [GONE, DB, WEB, OLD],
  ],
  [
    ['--sort', 'created', '--limit', '2'],
    [OLD, WEB],
  ],
  [['--status', 'retired', '--region', 'eu-west-1'], [GONE]],
] as const) {
  test(`\`list ${args.join(' ')}\` lists ${ids.length} of them`, async () => {
    assert.equal(await idsOf(...args), ids);
  });
}

test('what may have a tag unseen is said where it is listed as missing', async () => {
  const { said } = await ask('list', '--missing', 'Owner');
  assert.match(
    said,
    'The creation of 1 of them was not recorded, so it may have a tag Owner that the ledger does not know of.',
  );
  assert.not.match((await ask('list')).said, 'was not recorded');
});

test('an empty selection is said with what was asked', async () => {
  const { said } = await ask('list', '--type', 'instance', '--missing', 'Owner');
  assert.match(said, 'No resource matches --missing Owner --type instance: this ledger knows 4 resources.');
});

test('a limit says what it leaves out', async () => {
  assert.match((await ask('list', '--limit', '3')).said, 'Showing 3 of 4 rows (--limit 3).');
  assert.not.match((await ask('list', '--limit', '4')).said, 'Showing');
});

test('columns are chosen for text and CSV', async () => {
  const columns = ['--columns', 'id,creator', '--region', 'us-east-1'];
  assert.match((await ask('list', ...columns)).out, new RegExp(`^id +creator\n${DB}  \\S+\n$`));
  const { out } = await ask('list', ...columns, '-o', 'csv');
  assert.match(out, new RegExp(`^"id","creator"\r\n"${DB}","[^"]+"\r\n$`));
});

for (const [args, words] of [
  [['list', '--sort', 'age'], 'Unknown column for --sort: "age".'],
  [['list', '--columns', 'id,stauts'], 'Unknown column for --columns: "stauts". Did you mean "status"?'],
  [['list', '--limit', '0'], 'The value "0" of --limit is not a whole number of at least 1.'],
  [['list', '--limit', '0', '--sort', 'age', '--region', 'x'], 'Unknown column for --sort'],
  [['changes', '--sort', 'tags'], 'Unknown column for --sort: "tags".'],
] as const) {
  test(`\`${args.join(' ')}\` is wrong usage`, async () => {
    const { code, said } = await ask(...args);
    assert.is(code, 2);
    assert.match(said, words);
  });
}

for (const [text, id] of [
  [DB, DB],
  [DB.toUpperCase().replace('VOL', 'vol'), DB],
  ['db', DB],
  ['vol-0a1b2c3d4e5f60722', DB],
  ['vol-0b', GONE],
  // Of two with that name one has ended.
  ['web', WEB],
] as const) {
  test(`${text} names ${id}`, async () => {
    const { code, out, said } = await ask('state', text, '-o', 'json');
    assert.is(code, 0, said);
    assert.is(JSON.parse(out).id, id);
  });
}

test('a beginning that several ids have is refused with all of them', async () => {
  const { code, said } = await ask('history', 'vol-0a');
  assert.is(code, 1);
  assert.match(said, /vol-0a matches 2 resources: vol-\w+60711, vol-\w+60722\. Name one of them by its id\./);
});

test('too short a beginning, and another name, are not known', async () => {
  for (const text of ['vol', 'Web', 'vol-0f']) assert.is((await ask('state', text)).code, 4, text);
});

test('changes are selected by place, limited and sorted', async () => {
  const rows = async (...args: readonly string[]) =>
    linesOf((await ask('changes', ...args, '-o', 'ndjson')).out).map(({ arn }) => String(arn).slice(-21));
  assert.equal(await rows('--region', 'us-east-1'), [DB]);
  assert.equal(await rows('--sort', '-happened', '--limit', '1'), [OLD]);
  assert.match((await ask('changes', '--region', 'us-east-1', '-o', 'csv')).out, /^"happened","recorded",/);
});

test('the newest events of a history are selected by sorting and a limit', async () => {
  const types = async (...args: readonly string[]) =>
    linesOf((await ask('history', GONE, ...args, '-o', 'ndjson')).out).map(({ seq, type }) => [seq, type]);
  assert.equal(await types(), [
    [1, 'TagObserved'],
    [2, 'ResourceRetired'],
  ]);
  assert.equal(await types('--sort', '-seq', '--limit', '1'), [[2, 'ResourceRetired']]);
  const { out, said } = await ask('history', GONE, '--sort', '-happened', '--limit', '1');
  assert.match(out, /^event 2 {2}ResourceRetired/m);
  assert.not.match(out, /^event 1 /m);
  assert.match(said, 'Showing 1 of 2 rows (--limit 1).');
  assert.is((await ask('history', GONE, '--sort', 'type')).code, 2);
});

test.run();
