import { CreateTagsCommand, DescribeTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { ResourceIdentity } from '../../../events/resource-arn.ts';
import { sortedTags, type Tag } from '../../../events/tag.ts';
import type { Writable } from '../../../shared/members.ts';
import { callMetadata, callWithFaults, type Faults, requestIds, unsupportedCommand } from '../call.ts';
import { type BucketOptions, type TokenBucket, tokenBucket } from '../token-bucket.ts';
import { createTags, type Denied } from './create-tags.ts';
import {
  DESCRIBE_CHILDREN,
  type DescribeChildrenCommand,
  describeChildren,
  describesChildren,
} from './describe-children.ts';
import { describeTags } from './describe-tags.ts';
import { ec2Error, isRefusal, type Refusal } from './error.ts';
import {
  type ResourceLookup,
  type ResourceShelf,
  resourceShelf,
  type SimulatedResource,
} from './resources.ts';

/** The commands that the simulated EC2 understands. */
type SimulatedEc2Command = CreateTagsCommand | DescribeTagsCommand | DescribeChildrenCommand;

export interface SimulatedEc2Options extends Faults<SimulatedEc2Command> {
  /** The cloud's clock in ms, for visibility and throttling. */
  readonly now: () => number;
  /** How long a new resource stays invisible to EC2's API, in ms; 0 by default. */
  readonly visibleAfterMs?: number | ((id: string) => number);
  /** Whether the token buckets limit calls; true by default. */
  readonly throttle?: boolean;
  /** The part of CreateTags' token bucket that the rest of the account leaves; all of it by default. */
  readonly createTagsBucket?: Omit<BucketOptions, 'now'>;
  /** What IAM forbids; nothing by default. */
  readonly denied?: Denied;
  /** Looks up ids that are not in memory. */
  readonly lookup?: ResourceLookup;
}

/** The number of calls so far, over all accounts and Regions. Lost requests (`fault`) do not count. */
export interface Ec2CallCounts {
  /** CreateTags calls, including throttled and refused ones. */
  readonly createTags: number;
  readonly describeTags: number;
  /** The Describe calls that find children. */
  readonly describeChildren: number;
  /** Calls of any kind that found their bucket empty. */
  readonly throttled: number;
  /** Resources that CreateTags has tagged. A resource tagged twice counts twice. */
  readonly resourcesTagged: number;
}

/** The creation of a resource. */
interface Creation extends ResourceIdentity {
  readonly tags?: Iterable<Tag>;
  readonly at?: number;
  readonly by?: string;
  /** The id of the resource that it is attached to or created in. */
  readonly attachedTo?: string;
}

/** One simulated cloud with many accounts and Regions. */
export interface SimulatedEc2 {
  /** EC2's API in one account and Region, for use wherever an EC2Client's `send` is needed. */
  client(account: string, region: string): Pick<EC2Client, 'send'>;
  /**
   * Creates a resource and its children by the operation `by`, now or at the time `at` in ms on the cloud's
   * clock. A repeat changes nothing, even after the resource's removal.
   */
  create(resource: Creation): void;
  /** Removes a resource and the children that AWS deletes along with it. */
  remove(identity: ResourceIdentity): void;
  /** Brings a removed resource back from the Recycle Bin, with the tags that it had. */
  restore(identity: ResourceIdentity): void;
  /**
   * Sets tags on behalf of somebody else, without limits; AWS itself can set `aws:` tags. Rejects if the
   * resource does not exist.
   */
  setTags(identity: ResourceIdentity, tags: Iterable<Tag>): Promise<void>;
  /** Removes tags on behalf of somebody else. Rejects if the resource does not exist. */
  deleteTags(identity: ResourceIdentity, keys: Iterable<string>): Promise<void>;
  /**
   * Returns the current tags sorted by key, whether the resource is visible or not; undefined if it is not in
   * memory. Never calls the lookup.
   */
  tagsOf(identity: ResourceIdentity): Tag[] | undefined;
  /** The live counts. The object stays the same and its values change. */
  readonly calls: Ec2CallCounts;
}

interface Scope {
  readonly shelf: ResourceShelf;
  readonly createBucket: TokenBucket;
  readonly describeBucket: TokenBucket;
}

const SUPPORTED = ['CreateTagsCommand', 'DescribeTagsCommand', ...DESCRIBE_CHILDREN];

/** An account's buckets in a Region (EC2 developer guide, "Request throttling for the Amazon EC2 API"). */
export const CREATE_TAGS_BUCKET: Omit<BucketOptions, 'now'> = { capacity: 100, refillPerSecond: 10 };
const DESCRIBE_BUCKET: Omit<BucketOptions, 'now'> = { capacity: 100, refillPerSecond: 20 };

const THROTTLED: Refusal = { code: 'RequestLimitExceeded', message: 'Request limit exceeded.' };

/**
 * Simulates EC2's tagging and the calls that find children, at the SDK's `send` seam. Each account and Region
 * has its own resources and its own token buckets: 100 calls with a refill of 10 per second for CreateTags,
 * and 100 with 20 for all Describe calls together, per call and not per resource (EC2 developer guide,
 * request throttling). A throttled call fails at once, because the SDK's own retries lie below this seam.
 */
export const simulatedEc2 = (options: SimulatedEc2Options): SimulatedEc2 => {
  const { now, visibleAfterMs = 0 } = options;
  const delayOf = typeof visibleAfterMs === 'function' ? visibleAfterMs : () => visibleAfterMs;
  const scopeOf = scopesBy(options, delayOf);
  const cloud: Cloud = {
    options,
    nextRequestId: requestIds(now()),
    calls: { createTags: 0, describeTags: 0, describeChildren: 0, throttled: 0, resourcesTagged: 0 },
  };
  return {
    client: (account, region) => clientOf(cloud, scopeOf(account, region)),
    create: (creation) => addTo(scopeOf(creation.account, creation.region).shelf, creation, { now, delayOf }),
    remove: (identity) => scopeOf(identity.account, identity.region).shelf.remove(identity),
    restore: (identity) => scopeOf(identity.account, identity.region).shelf.restore(identity),
    setTags: async (identity, tags) => {
      const resource = await existing(scopeOf(identity.account, identity.region).shelf, identity);
      for (const { key, value } of tags) resource.tags.set(key, value);
    },
    deleteTags: async (identity, keys) => {
      const resource = await existing(scopeOf(identity.account, identity.region).shelf, identity);
      for (const key of keys) resource.tags.delete(key);
    },
    tagsOf: ({ account, region, id }) => {
      const resource = scopeOf(account, region).shelf.get(id);
      return resource && sortedTags(Array.from(resource.tags, ([key, value]) => ({ key, value })));
    },
    calls: cloud.calls,
  };
};

/** The state that all scopes of a cloud share. */
interface Cloud {
  readonly options: SimulatedEc2Options;
  readonly nextRequestId: () => string;
  readonly calls: Writable<Ec2CallCounts>;
}

/** Returns the scope of an account and Region, created at its first use. */
const scopesBy = (
  { now, lookup, createTagsBucket = CREATE_TAGS_BUCKET }: SimulatedEc2Options,
  delayOf: (id: string) => number,
): ((account: string, region: string) => Scope) => {
  const scopes = new Map<string, Scope>();
  return (account, region) => {
    const key = `${account}/${region}`;
    const scope = scopes.get(key) ?? {
      shelf: resourceShelf(account, region, { lookup, delayOf }),
      createBucket: tokenBucket({ ...createTagsBucket, now }),
      describeBucket: tokenBucket({ ...DESCRIBE_BUCKET, now }),
    };
    scopes.set(key, scope);
    return scope;
  };
};

const clientOf = (cloud: Cloud, scope: Scope): Pick<EC2Client, 'send'> => {
  const send = (command: unknown) =>
    isSupported(command)
      ? callWithFaults(cloud.options, command, () => reply(cloud, scope, command))
      : Promise.reject(unsupportedCommand('EC2', command, SUPPORTED));
  // `send` is overloaded for every command of EC2 and for callbacks. No function of a few commands can
  // satisfy that type.
  return { send } as Pick<EC2Client, 'send'>;
};

const isSupported = (command: unknown): command is SimulatedEc2Command =>
  command instanceof CreateTagsCommand ||
  command instanceof DescribeTagsCommand ||
  describesChildren(command);

/** Resolves or rejects as the SDK would. */
const reply = async (cloud: Cloud, scope: Scope, command: SimulatedEc2Command): Promise<object> => {
  const requestId = cloud.nextRequestId();
  const given = await answer(cloud, scope, command);
  if (isRefusal(given)) throw ec2Error(given, requestId);
  return { ...given, $metadata: callMetadata(requestId) };
};

const answer = async (
  { options, calls }: Cloud,
  { shelf, createBucket, describeBucket }: Scope,
  command: SimulatedEc2Command,
): Promise<Refusal | object> => {
  const { now, denied, throttle = true } = options;
  const isCreateTags = command instanceof CreateTagsCommand;
  calls[kindOf(command)] += 1;
  if (throttle && !(isCreateTags ? createBucket : describeBucket).take()) {
    calls.throttled += 1;
    return THROTTLED;
  }
  if (command instanceof DescribeTagsCommand) return describeTags(shelf, command.input, now);
  if (!isCreateTags) return describeChildren(shelf, command, now);
  const done = await createTags(shelf, command.input, { now, denied });
  if (typeof done !== 'number') return done;
  calls.resourcesTagged += done;
  return {}; // EC2 answers `return: true`, which the SDK drops.
};

/** The counter for a command. */
const kindOf = (command: SimulatedEc2Command): 'createTags' | 'describeTags' | 'describeChildren' => {
  if (command instanceof CreateTagsCommand) return 'createTags';
  return command instanceof DescribeTagsCommand ? 'describeTags' : 'describeChildren';
};

const addTo = (
  shelf: ResourceShelf,
  { account, region, type, id, tags = [], at, by, attachedTo }: Creation,
  { now, delayOf }: { readonly now: () => number; readonly delayOf: (id: string) => number },
): void => {
  const madeAt = at ?? now();
  shelf.add({
    identity: { account, region, type, id },
    tags: new Map(Array.from(tags, ({ key, value }) => [key, value])),
    visibleFrom: madeAt + delayOf(id),
    madeAt,
    ...(by && { by }),
  });
  if (attachedTo) shelf.attach(id, attachedTo);
};

/** Returns the resource from memory or from the lookup. Rejects if there is none. */
const existing = async (
  shelf: ResourceShelf,
  { account, region, id }: ResourceIdentity,
): Promise<SimulatedResource> => {
  await shelf.load([id]);
  const resource = shelf.get(id);
  if (!resource) throw new Error(`The simulated EC2 has no resource ${id} in ${account}/${region}.`);
  return resource;
};
