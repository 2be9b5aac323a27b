import pMap from 'p-map';
import { type Meaning, meaningOf } from '../cloudtrail/meaning.ts';
import { type CloudTrailRecord, parseRecord } from '../cloudtrail/record.ts';
import { observeTags } from '../commands/observe-tags.ts';
import { askEventId, requestTags } from '../commands/request-tags.ts';
import { retireResource } from '../commands/retire-resource.ts';
import { type Decision, type Ledger, transact } from '../commands/transact.ts';
import { groupBy } from '../events/group-by.ts';
import { InvalidInputError } from '../events/invalid-input-error.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import { arnOf, type ResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import type { Cause, TagEvent, Who } from '../events/tag-event.ts';
import { expandTags } from '../tagging/expand-tags.ts';
import type { TagRules } from '../tagging/tag-rules.ts';
import { type Home, isDirectCall, parseDirectCall } from './direct-call.ts';
import type { Observer } from './observer.ts';

/** What `request` needs from outside. */
export interface RequestDeps {
  readonly ledger: Ledger;
  readonly rules: TagRules;
  /** The account and Region of direct calls that name a resource by its id alone. */
  readonly home?: Home;
  /** The role that `apply` tags with: its CreateTags calls come back through CloudTrail and are no news. */
  readonly taggerRoleArn?: string;
  readonly observer: Observer;
}

/** What became of one input, or of one resource of it. */
export interface Result {
  /** Which of the inputs, from 0. */
  readonly input: number;
  readonly outcome: 'appended' | 'already-there' | 'skipped' | 'rejected';
  /** The CloudTrail event's id, or the direct call's. */
  readonly cause?: string;
  /** The API operation. */
  readonly name?: string;
  readonly resource?: ResourceArn;
  /** The event that was appended. */
  readonly event?: TagEvent['type'];
  readonly seq?: number;
  /** Why it was skipped or rejected. */
  readonly reason?: string;
}

/** Something to record about one resource. */
interface Act {
  readonly input: number;
  readonly cause: Cause;
  readonly stream: ResourceArn;
  readonly decide: Decision;
  /** `[]` when nothing can be in the stream yet, which saves a read; undefined when it must be read. */
  readonly known: readonly RecordedEvent[] | undefined;
  /** Whether the resource shows that this act was recorded before. */
  readonly isRecorded: (resource: Resource) => boolean;
}

const STREAMS_AT_ONCE = 16;

/**
 * The front door: a direct call `{resourceId, user, tags?}`, a CloudTrail record as such or in an EventBridge
 * envelope, or an array of these, becomes events of the ledger. Answers for every resource what was appended,
 * what was there already and what was skipped. In an array, a wrong element is rejected by itself; a wrong
 * single input throws an `InvalidInputError`. When the ledger fails, the call rejects: deliver it again, what
 * was recorded is not recorded twice.
 *
 * `invocationId` must be the same when the same input is delivered again; it names direct calls without an id.
 */
export const request =
  (deps: RequestDeps) =>
  async (input: unknown, invocationId: string): Promise<Result[]> => {
    const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
    const acts: Act[] = [];
    const results: Result[] = [];
    inputs.forEach((one, i) => {
      try {
        const read = interpret(deps, one, i, inputs.length > 1 ? `${invocationId}/${i}` : invocationId);
        acts.push(...read.acts);
        results.push(...read.results);
      } catch (error) {
        if (!(error instanceof InvalidInputError) || !Array.isArray(input)) throw error;
        results.push({ input: i, outcome: 'rejected', reason: error.message });
      }
    });
    // Within a stream the acts keep their order, and each builds on what the one before it saw.
    const recorded = await pMap(
      groupBy(acts, ({ stream }) => stream).values(),
      (sameStream) => recordInOrder(deps.ledger, sameStream),
      { concurrency: STREAMS_AT_ONCE },
    );
    results.push(...recorded.flat());
    deps.observer.count('EventsAppended', results.filter(({ outcome }) => outcome === 'appended').length);
    return results.sort((a, b) => a.input - b.input);
  };

const recordInOrder = async (ledger: Ledger, acts: readonly Act[]): Promise<Result[]> => {
  const results: Result[] = [];
  let known = acts[0]?.known;
  for (const { input, cause, stream, decide, isRecorded } of acts) {
    const { resource, events, appended } = await transact(ledger, stream, decide, known);
    known = events;
    const about = { input, cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    const [first] = appended;
    if (first) results.push({ ...about, outcome: 'appended', event: first.event.type, seq: first.seq });
    else if (isRecorded(resource)) results.push({ ...about, outcome: 'already-there' });
    else results.push({ ...about, outcome: 'skipped', reason: whyNothing(resource) });
  }
  return results;
};

const whyNothing = (resource: Resource): string =>
  resource.retired
    ? 'the resource is retired'
    : 'nothing to set: the resource bears these tags, or has others under these keys that are kept';

interface Read {
  readonly acts: readonly Act[];
  readonly results: readonly Result[];
}

const interpret = (deps: RequestDeps, input: unknown, i: number, invocationId: string): Read => {
  if (isDirectCall(input)) {
    const { resource, user, tags, requestId } = parseDirectCall(input, deps.home);
    const who: Who = { name: user, kind: 'Direct' };
    const cause: Cause = { source: 'direct', id: requestId ?? invocationId };
    return ask(deps, i, cause, who, deps.ledger.now().toISOString(), resource, undefined, tags);
  }
  const record = parseRecord(input);
  return interpretMeaning(deps, i, record, meaningOf(record));
};

const interpretMeaning = (
  deps: RequestDeps,
  input: number,
  record: CloudTrailRecord,
  meaning: Meaning,
): Read => {
  const skip = (reason: string): Read => ({
    acts: [],
    results: [{ input, outcome: 'skipped', cause: record.eventID, name: record.eventName, reason }],
  });
  if (meaning.kind === 'nothing') return skip(meaning.reason);
  const { cause, who, at } = meaning;
  switch (meaning.kind) {
    case 'creation':
      return joined(
        meaning.resources.map(({ identity, birthTags }) =>
          ask(deps, input, cause, who, at, identity, birthTags, []),
        ),
      );
    case 'ending':
      return acting(input, cause, meaning.resources, (stream) => ({
        decide: retireResource(stream, { cause, who, at }),
        isRecorded: (resource) => resource.retired !== null,
      }));
    case 'tag-change': {
      if (deps.taggerRoleArn && isSessionOf(deps.taggerRoleArn, who.arn)) {
        return skip('made by tagledger itself: the outcome is recorded where the call was made');
      }
      const { set, removed } = meaning;
      return acting(input, cause, meaning.resources, (stream) => ({
        decide: observeTags(stream, { cause, who, at, set, removed }),
        isRecorded: () => true,
      }));
    }
  }
};

const ask = (
  { rules }: RequestDeps,
  input: number,
  cause: Cause,
  who: Who,
  at: string,
  identity: ResourceIdentity,
  birthTags: readonly Tag[] | undefined,
  ownTags: readonly Tag[],
): Read => {
  const stream = arnOf(identity);
  const expanded = expandTags(rules, identity.type, {
    'who.name': who.name,
    'who.arn': who.arn,
    'who.kind': who.kind,
    'who.via': who.via,
    'event.id': cause.id,
    'event.name': cause.name,
    'event.time': at,
    'resource.id': identity.id,
    'resource.type': identity.type,
    'resource.arn': stream,
    account: identity.account,
    region: identity.region,
  });
  if (!expanded.covered && ownTags.length === 0) {
    const reason = `no rule is for resources of type ${identity.type}`;
    const about = { input, cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    return { acts: [], results: [{ ...about, outcome: 'skipped', reason }] };
  }
  const act: Act = {
    input,
    cause,
    stream,
    decide: requestTags(stream, {
      cause,
      who,
      at,
      tags: sortedTags([...expanded.tags, ...ownTags]),
      overwrite: expanded.overwrite,
      notes: expanded.notes,
      ...(expanded.covered && { rules: rules.id }),
      ...(birthTags && { birth: { tags: birthTags } }),
    }),
    known: birthTags ? [] : undefined,
    isRecorded: (resource) => resource.seen.includes(askEventId(stream, cause)),
  };
  return { acts: [act], results: [] };
};

const acting = (
  input: number,
  cause: Cause,
  resources: readonly ResourceIdentity[],
  act: (stream: ResourceArn) => Pick<Act, 'decide' | 'isRecorded'>,
): Read => ({
  acts: resources.map(arnOf).map((stream) => ({ input, cause, stream, known: undefined, ...act(stream) })),
  results: [],
});

const joined = (reads: readonly Read[]): Read => ({
  acts: reads.flatMap(({ acts }) => acts),
  results: reads.flatMap(({ results }) => results),
});

/** Whether a principal is a session of a role: `assumed-role/NAME/SESSION` of the same account. */
const isSessionOf = (roleArn: string, principal: string | undefined): boolean => {
  const [, , , , account, role] = roleArn.split(':');
  const [, , , , by, session] = principal?.split(':') ?? [];
  return account === by && session?.split('/')[1] === role?.split('/').at(-1);
};
