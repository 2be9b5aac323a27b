import {
  CreateTagsCommand,
  type CreateTagsCommandInput,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeAvailabilityZonesCommand,
  DescribeTagsCommand,
  type DescribeTagsCommandInput,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SimulatedEc2, simulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import type { Ec2 } from '../../src/tagging/ec2/call.ts';
import { createTags } from '../../src/tagging/ec2/create-tags.ts';
import { describeTags, IDS_PER_LOOK } from '../../src/tagging/ec2/describe-tags.ts';
import { clientOf, REGION, targets } from './targets.ts';

const { cloud } = targets();
const test = suite(`EC2 of ${cloud.name} beside the simulated one`);

const PLACE = { account: '111122223333', region: REGION, type: 'volume' };
const real = new EC2Client({ ...clientOf(cloud), maxAttempts: 1 });
const simulated: SimulatedEc2 = simulatedEc2({ now: Date.now, throttle: false });
const simulatedClient = simulated.client(PLACE.account, PLACE.region);
/** Volumes that both have: they cost nearly nothing, and one of them gets as full as it can. */
let [plain, full, other]: readonly string[] = [];

const UNKNOWN = ['vol-0123456789abcdef0', 'vol-0123456789abcdef1'] as const;

test.before(async () => {
  const { AvailabilityZones = [] } = await real.send(new DescribeAvailabilityZonesCommand({}));
  const AvailabilityZone = AvailabilityZones[0]?.ZoneName;
  const made = [0, 1, 2].map(() => real.send(new CreateVolumeCommand({ AvailabilityZone, Size: 1 })));
  [plain, full, other] = (await Promise.all(made)).map(({ VolumeId = '' }) => VolumeId);
  for (const id of [plain, full, other]) simulated.create({ ...PLACE, id: id as string });
});
test.after(async () => {
  for (const VolumeId of [plain, full, other]) await real.send(new DeleteVolumeCommand({ VolumeId }));
  real.destroy();
});

/** The code of a refusal, or `accepted`. */
const codeOf = (ec2: Ec2, input: CreateTagsCommandInput): Promise<string> =>
  ec2.send(new CreateTagsCommand(input)).then(
    () => 'accepted',
    (error: Error) => error.name,
  );

const tags = (count: number, prefix = 'k') =>
  Array.from({ length: count }, (_, i) => ({ Key: `${prefix}${i}`, Value: 'v' }));
const tag = (Key: string, Value: string | undefined = 'v') => [{ Key, Value }];

interface Case {
  readonly what: string;
  readonly ask: () => CreateTagsCommandInput;
  /** What moto answers where it is laxer than EC2 (decision 0030). */
  readonly moto?: string;
}

const CASES: readonly Case[] = [
  { what: 'an unknown volume', ask: () => ({ Resources: [UNKNOWN[0]], Tags: tag('a') }) },
  {
    what: 'a good volume beside an unknown one',
    ask: () => ({ Resources: [plain as string, UNKNOWN[0]], Tags: tag('mixed') }),
  },
  {
    what: 'an unknown instance',
    ask: () => ({ Resources: ['i-0123456789abcdef0'], Tags: tag('a') }),
    moto: 'accepted',
  },
  { what: 'an id of a wrong form', ask: () => ({ Resources: ['i-xyz'], Tags: tag('a') }) },
  { what: 'what is no id at all', ask: () => ({ Resources: ['nonsense'], Tags: tag('a') }) },
  { what: 'no resource', ask: () => ({ Resources: [], Tags: tag('a') }) },
  { what: 'no tag', ask: () => ({ Resources: [plain as string], Tags: [] }), moto: 'accepted' },
  {
    what: 'a key of AWS',
    ask: () => ({ Resources: [other as string], Tags: tag('aws:a') }),
    moto: 'accepted',
  },
  { what: 'an empty key', ask: () => ({ Resources: [other as string], Tags: tag('') }), moto: 'accepted' },
  {
    what: 'a key of 127 characters',
    ask: () => ({ Resources: [other as string], Tags: tag('k'.repeat(127)) }),
  },
  {
    what: 'a key of 129 characters',
    ask: () => ({ Resources: [other as string], Tags: tag('k'.repeat(129)) }),
    moto: 'accepted',
  },
  {
    what: 'a value of 256 characters',
    ask: () => ({ Resources: [other as string], Tags: tag('a', 'v'.repeat(256)) }),
  },
  {
    what: 'a value of 257 characters',
    ask: () => ({ Resources: [other as string], Tags: tag('a', 'v'.repeat(257)) }),
    moto: 'accepted',
  },
  { what: 'an empty value', ask: () => ({ Resources: [other as string], Tags: tag('a', '') }) },
  {
    what: 'a key that comes twice',
    ask: () => ({ Resources: [other as string], Tags: [...tag('a', '1'), ...tag('a', '2')] }),
    moto: 'accepted',
  },
  {
    what: 'a resource that comes twice',
    ask: () => ({ Resources: [plain as string, plain as string], Tags: tag('twice') }),
  },
  { what: 'a dry run', ask: () => ({ Resources: [plain as string], Tags: tag('dry'), DryRun: true }) },
  {
    what: 'letters of all kinds',
    ask: () => ({ Resources: [plain as string], Tags: tag('é😀', 'ü <&> "\'') }),
  },
  { what: '51 tags at once', ask: () => ({ Resources: [full as string], Tags: tags(51) }) },
  { what: '50 tags', ask: () => ({ Resources: [full as string], Tags: tags(50) }) },
  {
    what: 'another tag on a resource that has 50',
    ask: () => ({ Resources: [full as string], Tags: tag('more') }),
  },
  {
    what: 'another value on a resource that has 50',
    ask: () => ({ Resources: [full as string], Tags: tag('k0', 'new') }),
  },
  {
    what: 'another tag on a full resource and one that has room',
    ask: () => ({ Resources: [full as string, plain as string], Tags: tag('fuller') }),
  },
  {
    what: '1,001 resources',
    ask: () => ({
      Resources: Array.from({ length: 1_001 }, (_, i) => `i-${String(i).padStart(17, '0')}`),
      Tags: tag('a'),
    }),
    moto: 'accepted',
  },
];

for (const { what, ask, moto } of CASES) {
  test(`CreateTags of ${what} is answered alike${moto ? ', but by moto' : ''}`, async () => {
    const [answer, expected] = [await codeOf(real, ask()), await codeOf(simulatedClient, ask())];
    if (moto && cloud.name === 'moto') assert.equal([answer, expected === moto], [moto, false]);
    else assert.is(answer, expected);
  });
}

const shown = async (ec2: Ec2, input: DescribeTagsCommandInput): Promise<string[]> =>
  ((await ec2.send(new DescribeTagsCommand(input))).Tags ?? [])
    .map(({ ResourceId, ResourceType, Key, Value }) => `${ResourceType} ${ResourceId} ${Key}=${Value}`)
    .sort();

test('a call that was refused for one of its resources has tagged none of them', async () => {
  const Filters = [
    { Name: 'resource-id', Values: [plain as string, full as string] },
    { Name: 'key', Values: ['mixed', 'fuller', 'dry', 'more'] },
  ];
  assert.equal(await shown(real, { Filters }), []);
});

for (const [what, filters] of [
  ['two resources', () => [{ Name: 'resource-id', Values: [plain as string, full as string] }]],
  [
    'a resource and a key',
    () => [
      { Name: 'resource-id', Values: [full as string] },
      { Name: 'key', Values: ['k7'] },
    ],
  ],
  [
    'a type and a value',
    () => [
      { Name: 'resource-type', Values: ['volume'] },
      { Name: 'value', Values: ['new'] },
    ],
  ],
  [
    'a beginning of a key',
    () => [
      { Name: 'resource-id', Values: [plain as string] },
      { Name: 'key', Values: ['tw*'] },
    ],
  ],
] satisfies [string, () => DescribeTagsCommandInput['Filters']][]) {
  test(`DescribeTags by ${what} shows the same`, async () => {
    const Filters = filters();
    const expected = await shown(simulatedClient, { Filters });
    assert.ok(expected.length > 0);
    assert.equal(await shown(real, { Filters }), expected);
  });
}

test('a refusal for an unknown volume says which one, in words that tell it from its neighbours', async () => {
  const input = { Resources: [plain as string, UNKNOWN[0]], Tags: tag('a') };
  const messages = await Promise.all(
    [real, simulatedClient].map((ec2) =>
      ec2.send(new CreateTagsCommand(input)).then(
        () => 'accepted',
        ({ message }: Error) => message,
      ),
    ),
  );
  for (const message of messages) assert.match(message, `'${UNKNOWN[0]}' does not exist`);
});

const PATIENCE = { sleep: async () => undefined, remainingMs: () => 60_000, isYoung: () => false };

test('unknown and full neighbours cost a good resource nothing', async () => {
  const ids = [UNKNOWN[0], plain, full, UNKNOWN[1], other] as string[];
  const outcomes = await createTags(real, ids, [{ key: 'Owner', value: 'ada' }], PATIENCE);
  assert.equal(
    ids.map((id) => {
      const outcome = outcomes.get(id);
      return outcome?.ok ? 'applied' : outcome?.failure.class;
    }),
    ['not-found', 'applied', 'invalid', 'not-found', 'applied'],
  );
});

test('tags come back page by page as they were put', async () => {
  const answer = await describeTags(real, [plain, full] as string[], PATIENCE);
  assert.ok(answer.ok);
  assert.is(answer.answer.get(full as string)?.length, 50);
  assert.ok(
    answer.answer.get(plain as string)?.some(({ key, value }) => key === 'é😀' && value === 'ü <&> "\''),
  );
});

// moto takes ids of instances that it does not know; elsewhere so many would have to be made, and paid for.
if (cloud.name === 'moto') {
  test('2,500 resources take three calls over the wire, and are found again 200 at a time', async () => {
    const ids = Array.from({ length: 2_500 }, (_, i) => `i-9${String(i).padStart(16, '0')}`);
    const sizes: number[] = [];
    real.middlewareStack.add(
      (next) => (args) => {
        sizes.push((args.input as CreateTagsCommandInput).Resources?.length ?? 0);
        return next(args);
      },
      { step: 'initialize', name: 'sizes' },
    );
    const outcomes = await createTags(real, ids, [{ key: 'Owner', value: 'ada' }], PATIENCE);
    real.middlewareStack.remove('sizes');
    assert.equal(sizes, [1_000, 1_000, 500]);
    assert.ok(ids.every((id) => outcomes.get(id)?.ok));
    const answer = await describeTags(real, ids.slice(0, IDS_PER_LOOK), PATIENCE);
    assert.ok(answer.ok);
    assert.is(answer.answer.size, IDS_PER_LOOK);
  });
}

test.run();
