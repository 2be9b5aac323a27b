import { findInRequest } from '../cloudtrail/body/bodies.ts';
import { unwrapEnvelopes } from '../cloudtrail/envelopes.ts';
import { type Meaning, meaningOf, type StateChange } from '../cloudtrail/meaning.ts';
import { copiedTagsOf } from '../cloudtrail/operations/copied-tags.ts';
import { type CloudTrailRecord, parseRecord } from '../cloudtrail/record.ts';
import { isStateChange, stateChangeOf } from '../cloudtrail/state-change-event.ts';
import { isTagChange, tagChangeOf } from '../cloudtrail/tag-change-event.ts';
import type { ResourceIdentity } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { SimulatedEc2 } from './simulated-aws/ec2/ec2.ts';

/**
 * Replays an intake input into the simulated EC2: resources are created and removed, and other people's tag
 * changes are made. A copy gets the tags of its source, if the simulated EC2 has that in memory. Ids in `unborn` stay unknown to it, whatever the trail contains. An input that the intake
 * would refuse changes nothing.
 */
export const replayIntoEc2 = async (
  ec2: SimulatedEc2,
  input: unknown,
  unborn: ReadonlySet<string>,
): Promise<void> => {
  for (const { meaning, source } of meaningsIn(input)) await live(ec2, meaning, unborn, source);
};

/** What a call copied, as its request names it. */
type CopySource = Pick<ResourceIdentity, 'id' | 'region'>;

const live = async (
  ec2: SimulatedEc2,
  meaning: Meaning | StateChange,
  unborn: ReadonlySet<string>,
  source: CopySource | undefined,
): Promise<void> => {
  switch (meaning.kind) {
    case 'creation':
      for (const { identity, birthTags, unseenTags } of meaning.resources) {
        if (unborn.has(identity.id)) continue;
        const by = meaning.cause.name;
        const copied = (unseenTags && source && ec2.tagsOf({ ...identity, ...source })) ?? [];
        // What the request gives wins over what is copied.
        const tags = [...new Map([...copied, ...birthTags].map((tag) => [tag.key, tag])).values()];
        ec2.create({ ...identity, tags, at: Date.parse(meaning.at), ...(by && { by }) });
      }
      return;
    case 'ending':
    case 'notice':
      removeAll(ec2, meaning);
      return;
    case 'restoration':
      for (const identity of meaning.resources) ec2.restore(identity);
      return;
    case 'tag-change':
      for (const identity of meaning.resources) await changeTags(ec2, identity, meaning);
      return;
    default:
  }
};

/** What may have ended stays, because nothing shows that it is gone. */
const removeAll = (
  ec2: SimulatedEc2,
  { resources, uncertain }: { readonly resources: readonly ResourceIdentity[]; readonly uncertain?: string },
): void => {
  if (uncertain === undefined) for (const identity of resources) ec2.remove(identity);
};

const changeTags = async (
  ec2: SimulatedEc2,
  identity: ResourceIdentity,
  change: Extract<Meaning, { kind: 'tag-change' }>,
): Promise<void> => {
  const tags = ec2.tagsOf(identity);
  if (!tags) return;
  await ec2.deleteTags(identity, removedFrom(tags, change));
  await ec2.setTags(identity, change.set);
};

/**
 * The keys that a call removes from a resource with these tags. Some are removed only if they have the value
 * that the call named.
 */
const removedFrom = (
  tags: readonly Tag[],
  { removed, removedIf = [] }: Extract<Meaning, { kind: 'tag-change' }>,
): readonly string[] => {
  if (removed === 'all') return tags.map(({ key }) => key);
  const met = removedIf.filter((one) =>
    tags.some(({ key, value }) => key === one.key && value === one.value),
  );
  return [...removed, ...met.map(({ key }) => key)];
};

const meaningsIn = (
  input: unknown,
): readonly { readonly meaning: Meaning | StateChange; readonly source?: CopySource | undefined }[] => {
  try {
    return unwrapEnvelopes(input).map((one) => {
      if (isStateChange(one)) return { meaning: stateChangeOf(one) };
      if (isTagChange(one)) return { meaning: tagChangeOf(one) };
      const record = parseRecord(one);
      return { meaning: meaningOf(record), source: sourceIn(record) };
    });
  } catch (error) {
    // A direct call, or an input that the intake refuses: nothing happened in EC2.
    if (error instanceof InvalidInputError) return [];
    throw error;
  }
};

const sourceIn = (record: CloudTrailRecord): CopySource | undefined => {
  const paths = copiedTagsOf(record.eventName)?.source;
  const [id, region] = paths
    ? [paths.id, paths.region].map((path) => findInRequest(record, path)[0]?.value)
    : [];
  return id && region ? { id, region } : undefined;
};
