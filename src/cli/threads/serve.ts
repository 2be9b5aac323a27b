import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';

/** Does some work; `ask` asks the thread that gave it. */
export type Worker<Work, Done, Question, Answer> = (
  work: Work,
  ask: (question: Question) => Promise<Answer>,
) => Done | Promise<Done>;

/**
 * Works for the thread that started this one with `startThread`; `workerOf` is called once, with the settings of that. Work
 * that waits for an answer does not hold up what was given after it.
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
