import * as v from 'valibot';
import { isUserKey } from '../cloudtrail/body/body-tags.ts';
import { TYPES } from '../cloudtrail/operations/generated.ts';
import { isIdOf } from '../events/resource-type.ts';
import type { Tag } from '../events/tag.ts';
import { countOne } from '../shared/collections.ts';
import { idOfEntry, isDescription, isWholeList, typeOfList } from './described-lists.ts';

/** A resource as one answer shows it. */
export interface ShownEntry {
  readonly type: string;
  readonly id: string;
  /** Its user tags. */
  readonly tags: readonly Tag[];
  /** The account that the answer names as its owner; absent if it names none. */
  readonly owner?: string;
  /** The Region that the answer names; absent if it names none. */
  readonly region?: string;
  /** The state that says that it has ended, or is about to; absent otherwise. */
  readonly ended?: string;
}

/** What one answer of `aws ec2 describe-*` shows. */
export interface DescribeAnswer {
  /** What it describes. */
  readonly described: readonly ShownEntry[];
  /** The types of which it lists all resources of an account and Region, as far as the answer tells. */
  readonly types: readonly string[];
  /** What it shows of resources that have a tag: the answer of `describe-tags`. */
  readonly tagged: readonly ShownEntry[];
  /** The account that asked, if the answer tells: only what an account owns itself can be in some lists. */
  readonly asker?: string;
  /** What was not read, by the reason, with the number of entries. */
  readonly skipped: ReadonlyMap<string, number>;
}

type Entry = Readonly<Record<string, unknown>>;

const EntrySchema = v.record(v.string(), v.unknown());
const EntriesSchema = v.array(EntrySchema);
const ReservationsSchema = v.array(
  v.object({ OwnerId: v.optional(v.string()), Instances: v.optional(EntriesSchema, []) }),
);
const TagsSchema = v.array(v.object({ Key: v.string(), Value: v.optional(v.nullable(v.string()), '') }));
/** `describe-tags` has a line for each tag. */
const TagLinesSchema = v.array(
  v.object({
    ResourceId: v.string(),
    ResourceType: v.string(),
    Key: v.string(),
    Value: v.optional(v.nullable(v.string()), ''),
  }),
);

/** What a list of resources is in: one of their types, and entries. */
interface Listed {
  readonly list: string;
  readonly entries: readonly Entry[];
  readonly owner?: string | undefined;
}

/**
 * Reads the answer of a `describe` call of EC2, as the AWS CLI prints it or the SDK returns it. Whatever it does not know
 * is skipped with a reason. Pure.
 */
export const readDescribeAnswer = (answer: unknown): DescribeAnswer => {
  const skipped = new Map<string, number>();
  const parsed = v.safeParse(EntrySchema, answer);
  if (!parsed.success || Array.isArray(answer)) {
    countOne(skipped, NO_ANSWER);
    return { described: [], types: [], tagged: [], skipped };
  }
  const { Tags: lines, NextToken: next, ...members } = parsed.output;
  const lists = Object.entries(members).flatMap(([list, value]) => listedIn(list, value, skipped));
  const described = lists.flatMap((one) => describedIn(one, skipped));
  const tagged = lines === undefined ? [] : taggedIn(lines, skipped);
  if (lists.length === 0 && lines === undefined && skipped.size === 0) countOne(skipped, NO_ANSWER);
  // A page of an answer lists only some of the resources.
  const types = next ? [] : lists.flatMap(({ list }) => (isWholeList(list) ? (typeOfList(list) ?? []) : []));
  const asker = askerIn(lists);
  return { described, types, tagged, ...(asker && { asker }), skipped };
};

const NO_ANSWER = 'not an answer of `aws ec2 describe-*` (run it with --output json, and without --query)';

const listedIn = (list: string, value: unknown, skipped: Map<string, number>): Listed[] => {
  if (!Array.isArray(value)) return [];
  if (list === 'Reservations') {
    const reservations = v.safeParse(ReservationsSchema, value);
    if (!reservations.success) {
      countOne(skipped, `list ${list} of an unknown form`);
      return [];
    }
    // An empty answer lists all instances, too.
    const filled = reservations.output.map(({ OwnerId: owner, Instances: entries }) => ({
      list: INSTANCES,
      entries,
      owner,
    }));
    return [{ list: INSTANCES, entries: [] }, ...filled];
  }
  const entries = v.safeParse(EntriesSchema, value);
  if (list === INSTANCES || !typeOfList(list) || !entries.success || !entries.output.every(isDescription)) {
    for (const _ of value) countOne(skipped, `list ${list}, which describes no resources with their tags`);
    return [];
  }
  return [{ list, entries: entries.output }];
};

const INSTANCES = 'Instances';

const describedIn = ({ list, entries, owner }: Listed, skipped: Map<string, number>): ShownEntry[] => {
  const type = typeOfList(list) ?? '';
  return entries.flatMap((entry): ShownEntry[] => {
    const id = idOfEntry(list, type, entry);
    const tags = v.safeParse(TagsSchema, entry.Tags ?? entry.TagSet ?? []);
    if (id === undefined || !tags.success) {
      countOne(skipped, `entry of ${list} without ${id === undefined ? 'an id' : 'readable tags'}`);
      return [];
    }
    const own = ownArnIn(entry, id);
    const owns = owner ?? (typeof entry.OwnerId === 'string' ? entry.OwnerId : own?.account);
    const region = own?.region ?? zoneRegion(entry);
    const ended = endedState(entry);
    return [
      {
        type,
        id,
        tags: userTags(tags.output),
        ...(owns && { owner: owns }),
        ...(region && { region }),
        ...(ended && { ended }),
      },
    ];
  });
};

const userTags = (tags: v.InferOutput<typeof TagsSchema>): Tag[] =>
  tags.flatMap(({ Key: key, Value: value }) => (isUserKey(key) ? [{ key, value: value ?? '' }] : []));

const taggedIn = (value: unknown, skipped: Map<string, number>): ShownEntry[] => {
  const lines = v.safeParse(TagLinesSchema, value);
  if (!lines.success) {
    countOne(skipped, 'list Tags, which is not that of `describe-tags`');
    return [];
  }
  const shown = new Map<string, { type: string; id: string; tags: Tag[] }>();
  for (const { ResourceId: id, ResourceType: type, ...tag } of lines.output) {
    if (!TYPES.includes(type) || !isIdOf(id, type)) {
      countOne(skipped, `tag of a resource of the unknown type ${type}`);
      continue;
    }
    const entry = shown.get(id) ?? { type, id, tags: [] };
    shown.set(id, entry);
    entry.tags.push(...userTags([tag]));
  }
  return [...shown.values()];
};

/** No account sees instances or volumes of another one, so their owner is who asked. */
const askerIn = (lists: readonly Listed[]): string | undefined => {
  for (const { list, entries, owner } of lists) {
    if (list === INSTANCES && owner) return owner;
    if (list !== 'Volumes') continue;
    for (const { VolumeArn: arn } of entries) {
      const account = typeof arn === 'string' ? ARN.exec(arn)?.[2] : undefined;
      if (account) return account;
    }
  }
  return undefined;
};

const ARN = /^arn:aws[a-z-]*:ec2:([a-z0-9-]+):(\d{12}):[a-z-]+\/([^/]+)$/;

/** The Region and account in an entry's own ARN; undefined if it has none. */
const ownArnIn = (
  entry: Entry,
  id: string,
): { readonly region: string; readonly account: string } | undefined => {
  for (const [member, value] of Object.entries(entry)) {
    if (!member.endsWith('Arn') || typeof value !== 'string') continue;
    const [, region = '', account = '', of] = ARN.exec(value) ?? [];
    if (of === id) return { region, account };
  }
  return undefined;
};

/** `eu-west-1a` is in eu-west-1, and the local zone `us-west-2-lax-1a` in us-west-2. */
const ZONE = /^([a-z]{2,}(?:-[a-z]+)+?-\d+)(?:[a-z]|-)/;

const zoneRegion = ({ AvailabilityZone: zone, Placement: placement }: Entry): string | undefined => {
  const named = zone ?? (Object(placement) as Entry).AvailabilityZone;
  return typeof named === 'string' ? ZONE.exec(named)?.[1] : undefined;
};

/** States of what has ended or ends, and is still shown for a while. */
const ENDED: ReadonlySet<string> = new Set([
  ...['terminated', 'shutting-down', 'deleted', 'deleting', 'deregistered', 'released', 'retired'],
  ...['cancelled', 'closed', 'expired', 'rejected', 'deleted_running', 'deleted_terminating'],
]);

/** A state is a text, or an object that names it. */
const endedState = ({ State, Status, FleetState, SpotFleetRequestState }: Entry): string | undefined => {
  for (const state of [State, Status, FleetState, SpotFleetRequestState]) {
    const { Name: name, Code: code } = Object(state) as Entry;
    const text = [state, name, code].find((one) => typeof one === 'string');
    if (typeof text === 'string' && ENDED.has(text.toLowerCase())) return text.toLowerCase();
  }
  return undefined;
};
