import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DescribeImagesCommand, type EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describeTags } from '../../src/tagging/ec2/describe-tags.ts';
import { launch } from '../launches.ts';

/** What `FOUR_TAGS` are for the person of the launches; bench/peers/policy.yml says the same. */
export const TAGS = {
  Owner: 'ana.lopez@example.com',
  CreatedBy:
    'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Platform_0123456789abcdef/ana.lopez@example.com',
  CostCenter: '4711',
  Environment: 'production',
};

const AT_ONCE = 1_000;
/** CloudTrail leaves out the instances of a record that grows too long, from some 44 on. */
const TO_A_LAUNCH = 20;
const IDS_PER_LOOK = 200;

/** Launches instances without tags; gives their ids. */
export const launchInstances = async (ec2: EC2Client, count: number): Promise<string[]> => {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Math.min(AT_ONCE, count - ids.length);
    const input = { ImageId: Images[0]?.ImageId, InstanceType: 't3.nano' as const };
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({ ...input, MinCount: some, MaxCount: some }),
    );
    ids.push(...Instances.map(({ InstanceId = '' }) => InstanceId));
  }
  return ids;
};

/** Writes what CloudTrail tells of the launches of these instances, as one log file; gives the number of records. */
export const writeTrail = (file: string, ids: readonly string[]): number => {
  const launched = Array.from({ length: Math.ceil(ids.length / TO_A_LAUNCH) }, (_, call) =>
    launch(call, { ids: ids.slice(call * TO_A_LAUNCH, (call + 1) * TO_A_LAUNCH) }),
  );
  writeFileSync(file, gzipSync(JSON.stringify({ Records: launched })));
  return launched.length;
};

/** Throws unless EC2 shows exactly these tags on each of the instances. */
export const expectTags = async (
  ec2: EC2Client,
  ids: readonly string[],
  expected: Readonly<Record<string, string>>,
): Promise<void> => {
  for (let i = 0; i < ids.length; i += IDS_PER_LOOK) {
    const some = ids.slice(i, i + IDS_PER_LOOK);
    const shown = await describeTags(ec2, some, { sleep: delay, remainingMs: () => 60_000 });
    if (!shown.ok) throw new Error(`EC2 did not show the tags: ${shown.failure.message}`);
    for (const id of some) {
      const tags = Object.fromEntries((shown.answer.get(id) ?? []).map(({ key, value }) => [key, value]));
      const wrong = Object.entries(expected).find(([key, value]) => tags[key] !== value);
      if (wrong || Object.keys(tags).length !== Object.keys(expected).length) {
        throw new Error(`got ${JSON.stringify(tags)} on ${id}, expected ${JSON.stringify(expected)}`);
      }
    }
  }
};
