import pMap from 'p-map';
import type { OpenPseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import { STATE_CHANGE } from '../cloudtrail/state-change-event.ts';
import { decisionsOnChildren } from '../commands/end-children.ts';
import { type Ledger, type Transacted, transact } from '../commands/transact.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { EventTooLargeError } from '../events/event-store.ts';
import { fold, type Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Cause } from '../events/tag-event.ts';
import { groupBy } from '../shared/collections.ts';
import { InvalidInputError } from '../shared/errors.ts';
import type { Telemetry } from '../shared/telemetry.ts';
import { attribute } from './attribution.ts';
import { correlationIds } from './correlation-ids.ts';
import { type InterpretationContext, interpret, OWN_CALL } from './interpret.ts';
import type { PlannedWrite, Result, Skip } from './planned-write.ts';
import { type InputMessage, readInput, recordsIn } from './read-input.ts';
import { type InstancesOf, recoverLaunches } from './recover-launch.ts';

/** The dependencies of {@link request}. */
export interface RequestDeps
  extends Pick<InterpretationContext, 'rules' | 'recordAll' | 'home' | 'credentialsOf' | 'taggerRoleArn'> {
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /**
   * Finds the instances that CloudTrail omitted from the record of a launch. Absent when EC2 must not be
   * called.
   */
  readonly instancesOf?: InstancesOf;
  /** Remembers the person behind each role session. Without it, sessions keep their own names. */
  readonly coordination?: CoordinationStore;
  /** Opens the pseudonymizer for actors, in events and in the tags of rules. Without it, names are kept. */
  readonly openPseudonymizer?: OpenPseudonymizer | undefined;
}

/** A readable input, with its position among the inputs. */
interface Read {
  readonly input: number;
  readonly messages: readonly InputMessage[];
}

type LocatedAct = PlannedWrite & { readonly input: number };

const STREAMS_AT_ONCE = 16;

/**
 * The intake. Turns an input into events of the ledger: a direct call `{resourceId, user, tags?}`, a
 * CloudTrail record, bare or in an envelope such as EventBridge's, or an array of these. Returns one result
 * per resource: appended, already recorded, skipped or rejected. An invalid element of an array is rejected
 * alone; an invalid single input throws an `InvalidInputError`. Rejects when the ledger fails or EC2 cannot
 * answer at the moment. Redelivery is safe: nothing is recorded twice.
 *
 * `invocationId` must stay the same when an input is redelivered. It is the id of direct calls that have
 * none.
 */
export const request =
  ({ ledger, telemetry, instancesOf, coordination, openPseudonymizer, ...fixed }: RequestDeps) =>
  async (input: unknown, invocationId: string): Promise<Result[]> => {
    const writes: LocatedAct[] = [];
    const results: Result[] = [];
    const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
    const orReject = (i: number, work: () => void) => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof InvalidInputError) || !Array.isArray(input)) throw error;
        results.push({ input: i, outcome: 'rejected', reason: error.message });
      }
    };
    const read: Read[] = [];
    inputs.forEach((one, i) => {
      orReject(i, () => read.push({ input: i, messages: readInput(one) }));
    });
    const whole = instancesOf ? await recovered(instancesOf, telemetry, read) : read;
    const records = recordsIn(whole.flatMap(({ messages }) => messages));
    const makerOf = async (arn: ResourceArn) => fold(await ledger.store.read(arn)).born?.who;
    const pseudonymize = await openPseudonymizer?.();
    const behind = await attribute({ coordination, makerOf, pseudonymize }, records, ledger.now());
    const context: InterpretationContext = { ...fixed, ...behind, pseudonymize };
    for (const { input: i, messages } of whole) {
      const inputId = Array.isArray(input) ? `${invocationId}/${i}` : invocationId;
      orReject(i, () => {
        const { writes: more, skips } = interpret(context, messages, ledger.now(), inputId);
        writes.push(...more.map((write) => ({ ...write, input: i })));
        results.push(...skips.map((skip): Result => ({ input: i, outcome: 'skipped', ...skip })));
      });
    }
    const record = (some: readonly LocatedAct[]) =>
      pMap(
        groupBy(some, ({ stream }) => stream).values(),
        (sameStream) => recordInOrder(ledger, sameStream, Array.isArray(input)),
        { concurrency: STREAMS_AT_ONCE },
      );
    const recorded = await record(writes);
    results.push(...recorded.flatMap((one) => one.results));
    // The children come last, because some of them may be created by the same inputs.
    const ofChildren = await record(recorded.flatMap(({ onChildren }) => onChildren));
    results.push(...ofChildren.flatMap((one) => one.results.filter(({ outcome }) => outcome === 'appended')));
    const numbers = tallied(results);
    telemetry.count('EventsAppended', numbers.appended);
    telemetry.count('RequestsRecorded', results.filter(({ event }) => event === 'TagRequested').length);
    telemetry.info('input handled', {
      ...correlationIds(
        'causes',
        results.flatMap(({ cause }) => cause ?? []),
      ),
      ...numbers,
    });
    return results.sort((a, b) => a.input - b.input);
  };

const tallied = (results: readonly Result[]): Record<Result['outcome'], number> => {
  const numbers = { appended: 0, 'already-there': 0, skipped: 0, rejected: 0 };
  for (const { outcome } of results) numbers[outcome] += 1;
  return numbers;
};

const recovered = async (instancesOf: InstancesOf, telemetry: Telemetry, read: readonly Read[]) => {
  const whole: Read[] = [];
  for (const { input, messages } of read) {
    whole.push({ input, messages: await recoverLaunches(instancesOf, telemetry, messages) });
  }
  return whole;
};

/** What became of the writes to one stream, and the writes that follow on the streams of its children. */
interface RecordedStream {
  readonly results: readonly Result[];
  readonly onChildren: readonly LocatedAct[];
}

/** Performs the writes to one stream in order. Each reuses the events that the one before it read. */
const recordInOrder = async (
  ledger: Ledger,
  writes: readonly LocatedAct[],
  isOneOfMany: boolean,
): Promise<RecordedStream> => {
  const results: Result[] = [];
  let known = writes[0]?.known;
  let last: { readonly write: LocatedAct; readonly events: Transacted['events'] } | undefined;
  for (const write of writes) {
    const { input, cause, stream, decide, parent } = write;
    const about = {
      input,
      cause: cause.id,
      ...(cause.name && { name: cause.name }),
      resource: stream,
      ...(parent && { parent }),
    };
    try {
      const transacted = await transact(ledger, stream, decide, known);
      const { events, appended } = transacted;
      // Only an append proves that `known` was the whole stream. Otherwise the next write reads it.
      known = appended.length > 0 ? events : undefined;
      results.push({ ...about, ...outcomeOf(write, transacted) });
      last = { write, events };
    } catch (error) {
      // Redelivery cannot make an event smaller, so one that is too large must not block the other inputs.
      if (!(error instanceof EventTooLargeError) || !isOneOfMany) throw error;
      results.push({ ...about, outcome: 'rejected', reason: error.message });
    }
  }
  return { results, onChildren: last ? writesOnChildren(last.write, last.events) : [] };
};

/** What follows on the streams of the children from all events of a stream, as the last write to it left them. */
const writesOnChildren = (
  { input, stream }: LocatedAct,
  events: Transacted['events'],
): readonly LocatedAct[] =>
  decisionsOnChildren(stream, events).map((one) => ({ ...one, input, parent: stream, known: undefined }));

/** What became of a write: only what was recorded, now or earlier, is said to be there. */
const outcomeOf = (
  { cause, decide, otherwise }: PlannedWrite,
  { resource, events, appended }: Transacted,
): Pick<Result, 'outcome' | 'event' | 'seq' | 'why' | 'reason'> => {
  const [first] = appended;
  if (first) return { outcome: 'appended', event: first.event.type, seq: first.seq };
  if (events.some(({ event }) => 'cause' in event && event.cause.id === cause.id)) {
    return { outcome: 'already-there' };
  }
  const isLeftOut = decide(resource, events).length > 0;
  return {
    outcome: 'skipped',
    ...(otherwise ?? (isLeftOut ? NOT_IN_FORMAT_1 : whyNothing(resource, cause))),
  };
};

const NOT_IN_FORMAT_1 = {
  why: 'format-1',
  reason: 'events of format 1 cannot say what it did: set EVENT_FORMAT to 2 (docs/deploy.md)',
} as const;

const whyNothing = (resource: Resource, { source, name }: Cause): Pick<Skip, 'why' | 'reason'> => {
  if (source === 'eventbridge' && name !== STATE_CHANGE) return OWN_CALL;
  return resource.retired
    ? { why: 'retired', reason: 'the resource is retired' }
    : {
        why: 'nothing-to-set',
        reason: 'the resource has these tags, or has others under these keys that are kept',
      };
};
