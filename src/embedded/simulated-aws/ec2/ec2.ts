import { CreateTagsCommand, DescribeTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { ResourceIdentity } from '../../../events/resource-arn.ts';
import { sortedTags, type Tag } from '../../../events/tag.ts';
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
import { type ResourceLookup, type ResourceShelf, resourceShelf } from './resources.ts';

/** The commands that the simulated EC2 understands. */
export type SimulatedEc2Command = CreateTagsCommand | DescribeTagsCommand | DescribeChildrenCommand;

export interface SimulatedEc2Options extends Faults<SimulatedEc2Command> {
  /** The cloud's clock in ms: for visibility and throttling. */
  readonly now: () => number;
  /** How long after its creation EC2's API does not see a resource yet; 0 unless told. */
  readonly visibleAfterMs?: number | ((id: string) => number);
  /** `false` switches the token buckets off. */
  readonly throttle?: boolean;
  /** What the rest of the account leaves of CreateTags' token bucket; all of it unless told. */
  readonly createTagsBucket?: Omit<BucketOptions, 'now'>;
  /** What IAM forbids; nothing unless told. */
  readonly denied?: Denied;
  /** Asked for ids that are not in memory. */
  readonly lookup?: ResourceLookup;
}

/** What has been asked of a cloud so far, over all accounts and Regions. Requests that got lost (`fault`) do not count. */
export interface Ec2CallCounts {
  /** CreateTags calls, with those that were throttled or refused. */
  readonly createTags: number;
  readonly describeTags: number;
  /** The Describe calls by which children are found. */
  readonly describeChildren: number;
  /** Calls of any kind that found their bucket empty. */
  readonly throttled: number;
  /** Resources that CreateTags has tagged; one that was tagged twice counts twice. */
  readonly resourcesTagged: number;
}

/** How a resource comes into being. */
export interface Creation extends ResourceIdentity {
  readonly tags?: Iterable<Tag>;
  readonly at?: number;
  readonly by?: string;
  /** The id of the resource that somebody attaches it to, or makes it in. */
  readonly attachedTo?: string;
}

/** One simulated cloud with many accounts and Regions. */
export interface SimulatedEc2 {
  /** EC2's API in one account and Region, to be passed wherever an EC2Client's `send` is needed. */
  client(account: string, region: string): Pick<EC2Client, 'send'>;
  /**
   * A resource comes into being, now or `at` a moment in ms on the cloud's clock, by the operation `by`, and with it
   * what such a resource brings. Doing it again changes nothing, also after its removal.
   */
  create(resource: Creation): void;
  /** A resource goes, and with it what it brought and AWS deletes along with it. */
  remove(identity: ResourceIdentity): void;
  /** Somebody else sets tags, under no limit; AWS itself may set `aws:` ones. Throws when there is no such resource. */
  setTags(identity: ResourceIdentity, tags: Iterable<Tag>): Promise<void>;
  /** Somebody else removes tags. Throws when there is no such resource. */
  deleteTags(identity: ResourceIdentity, keys: Iterable<string>): Promise<void>;
  /** The tags as they are, sorted by key, visible or not; undefined when the resource is not in memory. Never asks the lookup. */
  tagsOf(identity: ResourceIdentity): Tag[] | undefined;
  /** Counts; the object stays the same and moves on. */
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
 * EC2's tagging, and what it takes to find children, at the SDK's `send` seam. Each account and Region has its own
 * resources and its own token buckets: CreateTags 100 calls with a refill of 10 per second, Describe calls together
 * 100 with 20, per call and not per resource (EC2 developer guide, request throttling). A throttled call fails at
 * once: the SDK's own retries lie below this seam.
 */
export const simulatedEc2 = (options: SimulatedEc2Options): SimulatedEc2 => {
  const { now, visibleAfterMs = 0, throttle = true, createTagsBucket = CREATE_TAGS_BUCKET } = options;
  const { denied, lookup } = options;
  const nextRequestId = requestIds(now());
  const calls = { createTags: 0, describeTags: 0, describeChildren: 0, throttled: 0, resourcesTagged: 0 };
  const delayOf = typeof visibleAfterMs === 'function' ? visibleAfterMs : () => visibleAfterMs;
  const scopes = new Map<string, Scope>();

  const scopeOf = (account: string, region: string): Scope => {
    const key = `${account}/${region}`;
    let scope = scopes.get(key);
    if (!scope) {
      scope = {
        shelf: resourceShelf(account, region, { lookup, delayOf }),
        createBucket: tokenBucket({ ...createTagsBucket, now }),
        describeBucket: tokenBucket({ ...DESCRIBE_BUCKET, now }),
      };
      scopes.set(key, scope);
    }
    return scope;
  };

  const admitted = (bucket: TokenBucket): boolean => {
    if (!throttle || bucket.take()) return true;
    calls.throttled += 1;
    return false;
  };

  const answer = async (scope: Scope, command: SimulatedEc2Command): Promise<Refusal | object> => {
    if (command instanceof CreateTagsCommand) {
      calls.createTags += 1;
      if (!admitted(scope.createBucket)) return THROTTLED;
      const done = await createTags(scope.shelf, command.input, { now, denied });
      if (typeof done !== 'number') return done;
      calls.resourcesTagged += done;
      return {}; // EC2 answers `return: true`, which the SDK drops.
    }
    if (command instanceof DescribeTagsCommand) {
      calls.describeTags += 1;
      if (!admitted(scope.describeBucket)) return THROTTLED;
      return describeTags(scope.shelf, command.input, now);
    }
    calls.describeChildren += 1;
    if (!admitted(scope.describeBucket)) return THROTTLED;
    return describeChildren(scope.shelf, command, now);
  };

  const sendIn = (scope: Scope) => (command: unknown) => {
    if (
      !(command instanceof CreateTagsCommand) &&
      !(command instanceof DescribeTagsCommand) &&
      !describesChildren(command)
    ) {
      return Promise.reject(unsupportedCommand('EC2', command, SUPPORTED));
    }
    return callWithFaults(options, command, async () => {
      const requestId = nextRequestId();
      const reply = await answer(scope, command);
      if (isRefusal(reply)) throw ec2Error(reply, requestId);
      return { ...reply, $metadata: callMetadata(requestId) };
    });
  };

  const existing = async ({ account, region, id }: ResourceIdentity) => {
    const { shelf } = scopeOf(account, region);
    await shelf.load([id]);
    const resource = shelf.get(id);
    if (!resource) throw new Error(`The simulated EC2 has no resource ${id} in ${account}/${region}.`);
    return resource;
  };

  return {
    // `send` is overloaded over every command of EC2 and over callbacks, which no function of some of them can satisfy.
    client: (account, region) => ({ send: sendIn(scopeOf(account, region)) }) as Pick<EC2Client, 'send'>,

    create: ({ account, region, type, id, tags = [], at = now(), by, attachedTo }) => {
      const { shelf } = scopeOf(account, region);
      shelf.add({
        identity: { account, region, type, id },
        tags: new Map(Array.from(tags, ({ key, value }) => [key, value])),
        visibleFrom: at + delayOf(id),
        madeAt: at,
        ...(by && { by }),
      });
      if (attachedTo) shelf.attach(id, attachedTo);
    },

    remove: (identity) => scopeOf(identity.account, identity.region).shelf.remove(identity),

    setTags: async (identity, tags) => {
      const resource = await existing(identity);
      for (const { key, value } of tags) resource.tags.set(key, value);
    },

    deleteTags: async (identity, keys) => {
      const resource = await existing(identity);
      for (const key of keys) resource.tags.delete(key);
    },

    tagsOf: ({ account, region, id }) => {
      const resource = scopeOf(account, region).shelf.get(id);
      return resource && sortedTags(Array.from(resource.tags, ([key, value]) => ({ key, value })));
    },

    calls,
  };
};
