import pMap from 'p-map';
import { type Ledger, transact } from '../commands/transact.ts';
import { EventTooLargeError } from '../events/event-store.ts';
import { groupBy } from '../events/group-by.ts';
import { InvalidInputError } from '../events/invalid-input-error.ts';
import type { Resource } from '../events/resource.ts';
import type { Act, Result, Skip } from './act.ts';
import { interpret, type Perspective } from './interpret.ts';
import type { Observer } from './observer.ts';

/** What `request` needs from outside. */
export interface RequestDeps extends Perspective {
  readonly ledger: Ledger;
  readonly observer: Observer;
}

type LocatedAct = Act & { readonly input: number };

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
  ({ ledger, observer, ...perspective }: RequestDeps) =>
  async (input: unknown, invocationId: string): Promise<Result[]> => {
    const acts: LocatedAct[] = [];
    const results: Result[] = [];
    const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
    inputs.forEach((one, i) => {
      try {
        const inputId = Array.isArray(input) ? `${invocationId}/${i}` : invocationId;
        const { acts: more, skips } = interpret(perspective, one, ledger.now(), inputId);
        acts.push(...more.map((act) => ({ ...act, input: i })));
        results.push(...skips.map((skip): Result => ({ input: i, outcome: 'skipped', ...skip })));
      } catch (error) {
        if (!(error instanceof InvalidInputError) || !Array.isArray(input)) throw error;
        results.push({ input: i, outcome: 'rejected', reason: error.message });
      }
    });
    const recorded = await pMap(
      groupBy(acts, ({ stream }) => stream).values(),
      (sameStream) => recordInOrder(ledger, sameStream, Array.isArray(input)),
      { concurrency: STREAMS_AT_ONCE },
    );
    results.push(...recorded.flat());
    observer.count('EventsAppended', results.filter(({ outcome }) => outcome === 'appended').length);
    return results.sort((a, b) => a.input - b.input);
  };

/** Acts on one stream keep their order, and each builds on what the one before it saw. */
const recordInOrder = async (
  ledger: Ledger,
  acts: readonly LocatedAct[],
  isOneOfMany: boolean,
): Promise<Result[]> => {
  const results: Result[] = [];
  let known = acts[0]?.known;
  for (const { input, cause, stream, decide, isRecorded, otherwise } of acts) {
    const about = { input, cause: cause.id, ...(cause.name && { name: cause.name }), resource: stream };
    try {
      const { resource, events, appended } = await transact(ledger, stream, decide, known);
      // Where nothing was appended nothing proved that `known` was all there is: the next act reads the stream.
      known = appended.length > 0 ? events : undefined;
      const [first] = appended;
      if (first) results.push({ ...about, outcome: 'appended', event: first.event.type, seq: first.seq });
      else if (otherwise) results.push({ ...about, outcome: 'skipped', ...otherwise });
      else if (isRecorded(resource)) results.push({ ...about, outcome: 'already-there' });
      else results.push({ ...about, outcome: 'skipped', ...whyNothing(resource) });
    } catch (error) {
      // No redelivery makes an event smaller: among many inputs it must not keep the others out.
      if (!(error instanceof EventTooLargeError) || !isOneOfMany) throw error;
      results.push({ ...about, outcome: 'rejected', reason: error.message });
    }
  }
  return results;
};

const whyNothing = (resource: Resource): Pick<Skip, 'why' | 'reason'> =>
  resource.retired
    ? { why: 'retired', reason: 'the resource is retired' }
    : {
        why: 'nothing-to-set',
        reason: 'the resource bears these tags, or has others under these keys that are kept',
      };
