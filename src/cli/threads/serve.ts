import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';

/** Processes one piece of work. `ask` sends a question to the thread that requested the work. */
export type Worker<Work, Done, Question, Answer> = (
  work: Work,
  ask: (question: Question) => Promise<Answer>,
) => Done | Promise<Done>;

/**
 * Serves the thread that started this one with `startThread`. `workerOf` is called once with that thread's
 * settings. Work that waits for an answer does not block later work.
 */
export const serveThread = <Settings, Work, Done, Question = never, Answer = never>(
  workerOf: (settings: Settings) => Worker<Work, Done, Question, Answer>,
): void => {
  const worker = workerOf(workerData);
  const asked = new Map<number, (answer: Answer) => void>();
  let next = 0;
  const say = (message: FromThread<Done, Question>): void => parentPort?.postMessage(message);
  const askFor = (id: number) => (question: Question) =>
    new Promise<Answer>((resolve) => {
      asked.set(next, resolve);
      say({ id, question: next++, asked: question });
    });

  parentPort?.on('message', async (message: ToThread<Work, Answer>) => {
    if ('question' in message) {
      asked.get(message.question)?.(message.answer);
      asked.delete(message.question);
      return;
    }
    const { id, work } = message;
    try {
      say({ id, done: await worker(work, askFor(id)) });
    } catch (failure) {
      say({ id, failure });
    }
  });
  say({ isReady: true });
};
