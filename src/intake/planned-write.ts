import type { SkipCode } from '../cloudtrail/meaning.ts';
import type { Decision } from '../commands/transact.ts';
import { resourceStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn, ResourceIdentity } from '../events/resource-arn.ts';
import type { Cause, TagEvent } from '../events/tag-event.ts';
import type { RequestTrigger } from './apply-tag-rules.ts';

/** What an input asks to be recorded about one resource. */
export interface PlannedWrite {
  readonly cause: Cause;
  readonly stream: ResourceArn;
  readonly decide: Decision;
  /** `[]` when nothing can be in the stream yet, which saves a read; undefined when it must be read. */
  readonly known: readonly RecordedEvent[] | undefined;
  /** Whether the resource shows that this act was recorded before. */
  readonly isRecorded: (resource: Resource) => boolean;
  /** What to answer when nothing is appended, whatever the resource shows. */
  readonly otherwise?: Pick<Skip, 'why' | 'reason'>;
}

/** Kinds of reasons why nothing is recorded. */
export type SkipReason =
  | SkipCode
  | 'own-call' // made by tagledger itself
  | 'remembered' // it tells which person assumed a role, for the calls of that session
  | 'no-rule' // no rule is for this type of resource
  | 'nothing-to-set' // the resource has all the tags, or others under these keys that are kept
  | 'retired'; // the resource is gone

/** Why an input, or one resource of it, gives nothing to record. */
export interface Skip {
  readonly cause?: string;
  readonly name?: string;
  readonly resource?: ResourceArn;
  readonly why: SkipReason;
  readonly reason: string;
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
  /** Why it was skipped: the kind of reason. */
  readonly why?: SkipReason;
  /** Why it was skipped or rejected, in words. */
  readonly reason?: string;
}

/** An input as things to record, and reasons why not. */
export interface Interpretation {
  readonly writes: readonly PlannedWrite[];
  readonly skips: readonly Skip[];
}

/** The same act on each of some resources. Throws an `InvalidInputError` where one has a name that is reserved. */
export const planOnEach = (
  { cause }: RequestTrigger,
  resources: readonly ResourceIdentity[],
  write: (stream: ResourceArn) => Pick<PlannedWrite, 'decide' | 'isRecorded' | 'otherwise'>,
): Interpretation => ({
  writes: resources
    .map(resourceStream)
    .map((stream) => ({ cause, stream, known: undefined, ...write(stream) })),
  skips: [],
});
