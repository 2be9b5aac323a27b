import { Worker } from 'node:worker_threads';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import type { PlannedBatch, PlanSettings } from './plan-batch.ts';
import { type FromThread, packed, type ToThread } from './plan-messages.ts';
import type { Batch } from './read-trail-pieces.ts';

/** Who made a resource, as the batches before one tell. */
export type MakerOf = (arn: ResourceArn) => Promise<Who | undefined>;

/** Another thread that plans. */
export interface Helper {
  /** Whether it has begun to work, and is soon out of it: what it is given now waits only shortly. */
  isFree(): boolean;
  /** As `planBatch`. Rejects, too, when the thread dies. */
  plan(batch: Batch, makerOf: MakerOf): Promise<PlannedBatch>;
  /** Ends the thread, whatever it is at. */
  close(): Promise<void>;
}

/** Half of what V8 would take: nearly all that planning makes is soon garbage. With less, more of it lives to be copied. */
const MOST_YOUNG_MB = 24;

/** One batch to work on, and two that wait while this thread, which works too, cannot give it more. */
const MOST_GIVEN = 3;

interface Given {
  readonly makerOf: MakerOf;
  readonly resolve: (planned: PlannedBatch) => void;
  readonly reject: (failure: unknown) => void;
}

/** Starts a thread of the file that `plan-thread.ts` was built to. */
export const startHelper = (file: URL, settings: PlanSettings): Helper => {
  const worker = new Worker(file, {
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: MOST_YOUNG_MB },
  });
  const given = new Map<number, Given>();
  let isReady = false;
  let next = 0;
  let death: unknown;

  const die = (failure: unknown) => {
    death = failure;
    for (const { reject } of given.values()) reject(failure);
    given.clear();
  };
  const answer = async (id: number, arn: ResourceArn) => {
    try {
      worker.postMessage({ id, arn, maker: await given.get(id)?.makerOf(arn) } satisfies ToThread);
    } catch (failure) {
      settle(id)?.reject(failure);
    }
  };
  const settle = (id: number): Given | undefined => {
    const one = given.get(id);
    given.delete(id);
    return one;
  };
  worker.on('message', (message: FromThread) => {
    if ('isReady' in message) isReady = true;
    else if ('asked' in message) void answer(message.id, message.asked);
    else if ('planned' in message) settle(message.id)?.resolve(message.planned);
    else settle(message.id)?.reject(message.failure);
  });
  worker.on('error', die);
  worker.on('exit', (code) =>
    die(death ?? new Error(`a thread ended with ${code} before its work was done`)),
  );

  return {
    isFree: () => isReady && death === undefined && given.size < MOST_GIVEN,
    plan: (batch, makerOf) =>
      new Promise((resolve, reject) => {
        if (death !== undefined) return reject(death);
        const id = next++;
        given.set(id, { makerOf, resolve, reject });
        const message: ToThread = { id, batch: packed(batch) };
        worker.postMessage(message, [message.batch.bytes.buffer]);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
};
