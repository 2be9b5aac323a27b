import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Transferable, Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';

/** A thread that does one kind of work. All messages are plain data. */
export interface Thread<Work, Done, Question = never, Answer = never> {
  /** Whether the thread is ready and its queue is short, so that new work starts soon. */
  isFree(): boolean;
  /**
   * Queues work; the thread starts it in the order of the calls. Objects in `handedOver` are transferred, and
   * the caller can no longer use them. `answerTo` answers the thread's questions about this work. Rejects if
   * the work or `answerTo` fails, or if the thread dies.
   */
  run(
    work: Work,
    handedOver: readonly Transferable[],
    answerTo?: (asked: Question) => Promise<Answer>,
  ): Promise<Done>;
  /** Terminates the thread immediately, even in the middle of work. */
  close(): Promise<void>;
}

/**
 * Half of V8's default, because nearly all objects created from a file soon become garbage. With a smaller
 * space, more objects survive a collection and must be copied.
 */
const MOST_YOUNG_MB = 24;

/**
 * One piece of work in progress and two in the queue, because this thread also works and cannot refill the
 * queue at once.
 */
const MOST_GIVEN = 3;

/**
 * Whether a thread can help. It needs a second processor and the built file next to the program. The unbuilt
 * program runs in one thread, because it is slow anyway.
 */
export const mayStart = (file: URL): boolean => availableParallelism() > 1 && existsSync(file);

interface Given<Done, Question, Answer> {
  readonly answerTo: ((asked: Question) => Promise<Answer>) | undefined;
  readonly resolve: (done: Done) => void;
  readonly reject: (failure: unknown) => void;
}

/** Starts a thread from a file that calls `serveThread`. The settings apply to all of its work. */
export const startThread = <Work, Done, Question = never, Answer = never>(
  file: URL,
  settings: unknown,
): Thread<Work, Done, Question, Answer> => {
  const worker = new Worker(file, {
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: MOST_YOUNG_MB },
  });
  const given = new Map<number, Given<Done, Question, Answer>>();
  let isReady = false;
  let next = 0;
  let death: unknown;

  const say = (message: ToThread<Work, Answer>, handedOver: readonly Transferable[] = []) =>
    worker.postMessage(message, handedOver);
  const settle = (id: number): Given<Done, Question, Answer> | undefined => {
    const one = given.get(id);
    given.delete(id);
    return one;
  };
  const answer = async (id: number, question: number, asked: Question) => {
    const answerTo = given.get(id)?.answerTo;
    if (!answerTo) return; // The work already failed, because another of its questions had no answer.
    try {
      say({ question, answer: await answerTo(asked) });
    } catch (failure) {
      settle(id)?.reject(failure);
    }
  };
  const die = (failure: unknown) => {
    death = failure;
    for (const { reject } of given.values()) reject(failure);
    given.clear();
  };
  worker.on('message', (message: FromThread<Done, Question>) => {
    if ('isReady' in message) isReady = true;
    else if ('question' in message) void answer(message.id, message.question, message.asked);
    else if ('done' in message) settle(message.id)?.resolve(message.done);
    else settle(message.id)?.reject(message.failure);
  });
  worker.on('error', die);
  worker.on('exit', (code) =>
    die(death ?? new Error(`a thread ended with ${code} before its work was done`)),
  );

  return {
    isFree: () => isReady && death === undefined && given.size < MOST_GIVEN,
    run: (work, handedOver, answerTo) =>
      new Promise((resolve, reject) => {
        if (death !== undefined) return reject(death);
        const id = next++;
        given.set(id, { answerTo, resolve, reject });
        say({ id, work }, handedOver);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
};
