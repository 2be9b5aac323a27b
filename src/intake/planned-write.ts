import type { SkipCode, Trigger } from '../cloudtrail/meaning.ts';
import type { Decision } from '../commands/transact.ts';
import { resourceStream } from '../events/ledger-stream.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { ResourceArn, ResourceIdentity } from '../events/resource-arn.ts';
import type { Cause, TagEvent } from '../events/tag-event.ts';

/** A write that an input causes on one stream. Nothing is written until `decide` has seen the stream. */
export interface PlannedWrite {
  readonly cause: Cause;
  readonly stream: ResourceArn;
  readonly decide: Decision;
  /** `[]` when the stream should still be empty, which saves a read; undefined when it must be read. */
  readonly known: readonly RecordedEvent[] | undefined;
  /** The skip to report when nothing is recorded, whatever the state of the resource. */
  readonly otherwise?: Pick<Skip, 'why' | 'reason'>;
  /** Present if no input names the resource of the stream, and the write follows from what happened to this one. */
  readonly parent?: ResourceArn;
  /** Why the write of a creation requests no tags, whatever the state of the resource. */
  readonly unasked?: string;
}

/** Reason codes for recording nothing. */
export type SkipReason =
  | SkipCode
  | 'own-call' // made by tagledger itself
  | 'remembered' // shows who assumed a role or created an Auto Scaling group, which is remembered for what these do
  | 'no-rule' // no rule covers this type of resource
  | 'observing' // it asks for tags, and nothing is requested where inputs are only observed
  | 'nothing-to-set' // the resource has all the tags, or other values under these keys that are kept
  | 'no-call' // CloudTrail wrote it, and it is no record of a call
  | 'heard' // a heartbeat that tells nothing new
  | 'no-dependency' // it is about what ends with a resource, of which nothing is known
  | 'retired' // the resource has ended
  | 'format-1'; // only format 2 of events can say it

/** Why nothing is recorded for an input, or for one of its resources. */
export interface Skip {
  readonly cause?: string;
  readonly name?: string;
  readonly resource?: ResourceArn;
  readonly why: SkipReason;
  readonly reason: string;
}

/** The result for one input, or for one of its resources. */
export interface Result {
  /** The index of the input, from 0. */
  readonly input: number;
  readonly outcome: 'appended' | 'already-there' | 'skipped' | 'rejected';
  /** The id of the CloudTrail event or direct call. */
  readonly cause?: string;
  /** The name of the API operation. */
  readonly name?: string;
  readonly resource?: ResourceArn;
  /** Present if the input does not name the resource, but this one, with which it may have ended. */
  readonly parent?: ResourceArn;
  /** The type of the first event that was appended. */
  readonly event?: TagEvent['type'];
  readonly seq?: number;
  /** The reason code of a skip. */
  readonly why?: SkipReason;
  /** Why the input was skipped or rejected, for people. */
  readonly reason?: string;
}

/** The planned writes of an input, and the skips of what it does not record. */
export interface Interpretation {
  readonly writes: readonly PlannedWrite[];
  readonly skips: readonly Skip[];
}

/**
 * Plans the same write on each resource. Throws an `InvalidInputError` when a resource has a reserved name.
 */
export const planOnEach = <R extends ResourceIdentity>(
  { cause }: Pick<Trigger, 'cause'>,
  resources: readonly R[],
  write: (stream: ResourceArn, resource: R) => Pick<PlannedWrite, 'decide' | 'otherwise'>,
): Interpretation => ({
  writes: resources.map((resource) => {
    const stream = resourceStream(resource);
    return { cause, stream, known: undefined, ...write(stream, resource) };
  }),
  skips: [],
});
