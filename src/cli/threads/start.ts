import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Transferable, Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';

/** Another thread that does one kind of work. All that goes to and fro is data. */
export interface Thread<Work, Done, Question = never, Answer = never> {
  /** Whether it has begun to work, and is soon out of it: what it is given now waits only shortly. */
  isFree(): boolean;
  /**
   * Has some work done, in the order in which it is given. What is `handedOver` is this thread's no more; what the other
   * one asks meanwhile is for `answerTo`. Rejects with what went wrong there, or with `answerTo`, or when the thread dies.
   */
  run(
    work: Work,
    handedOver: readonly Transferable[],
    answerTo?: (asked: Question) => Promise<Answer>,
  ): Promise<Done>;
  /** Ends the thread, whatever it is at. */
  close(): Promise<void>;
}

/** Half of what V8 would take: nearly all that is made of a file is soon garbage. With less, more of it lives to be copied. */
const MOST_YOUNG_MB = 24;

/** One thing to work on, and two that wait while this thread, which works too, cannot give it more. */
const MOST_GIVEN = 3;

/**
 * Whether a thread can help: it needs a processor, and a file that lies beside the program where that is built. Run from its
 * sources the program is slow anyway, and one thread has to do.
 */
export const mayStart = (file: URL): boolean => availableParallelism() > 1 && existsSync(file);

interface Given<Done, Question, Answer> {
  readonly answerTo: ((asked: Question) => Promise<Answer>) | undefined;
  readonly resolve: (done: Done) => void;
  readonly reject: (failure: unknown) => void;
}

/** Starts a thread of a file that calls `serveThread`, with the settings for all of its work. */
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
    if (!answerTo) return; // The work has failed, as another of its questions had no answer.
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
