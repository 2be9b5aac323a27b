import { unwrapEnvelopes } from '../cloudtrail/envelopes.ts';
import { type Meaning, meaningOf, type StateChange } from '../cloudtrail/meaning.ts';
import { parseRecord } from '../cloudtrail/record.ts';
import { isStateChange, stateChangeOf } from '../cloudtrail/state-change-event.ts';
import { isTagChange, tagChangeOf } from '../cloudtrail/tag-change-event.ts';
import type { ResourceIdentity } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { SimulatedEc2 } from './simulated-aws/ec2/ec2.ts';

/**
 * Replays an intake input into the simulated EC2: resources are created and removed, and other people's tag
 * changes are made. Ids in `unborn` stay unknown to it, whatever the trail contains. An input that the intake
 * would refuse changes nothing.
 */
export const replayIntoEc2 = async (
  ec2: SimulatedEc2,
  input: unknown,
  unborn: ReadonlySet<string>,
): Promise<void> => {
  for (const meaning of meaningsIn(input)) await live(ec2, meaning, unborn);
};

const live = async (
  ec2: SimulatedEc2,
  meaning: Meaning | StateChange,
  unborn: ReadonlySet<string>,
): Promise<void> => {
  switch (meaning.kind) {
    case 'creation':
      for (const { identity, birthTags } of meaning.resources) {
        if (unborn.has(identity.id)) continue;
        const by = meaning.cause.name;
        ec2.create({ ...identity, tags: birthTags, at: Date.parse(meaning.at), ...(by && { by }) });
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

const meaningsIn = (input: unknown): readonly (Meaning | StateChange)[] => {
  try {
    return unwrapEnvelopes(input).map((one) => {
      if (isStateChange(one)) return stateChangeOf(one);
      return isTagChange(one) ? tagChangeOf(one) : meaningOf(parseRecord(one));
    });
  } catch (error) {
    // A direct call, or an input that the intake refuses: nothing happened in EC2.
    if (error instanceof InvalidInputError) return [];
    throw error;
  }
};
