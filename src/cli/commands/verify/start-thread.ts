import { Worker } from 'node:worker_threads';
import type { Checked, SectionOptions } from '../../../verifier/check-section.ts';
import type { PackedSection } from './thread.ts';

/** Another thread that checks sections. */
export interface CheckThread {
  /** Whether the thread has started and its queue is short, so that a new section starts soon. */
  isFree(): boolean;
  /**
   * Checks a section after those given before. Its bytes are transferred: the caller can no longer use them.
   * Rejects if the check throws or the thread dies.
   */
  check(section: PackedSection): Promise<Checked>;
  /** Terminates the thread immediately. */
  close(): Promise<void>;
}

/**
 * Half of V8's default, because nearly all objects created from a file soon become garbage. With a smaller
 * space, more objects survive a collection and must be copied.
 */
const MOST_YOUNG_MB = 24;

/** One section in progress and two in the queue, because the main thread also checks and cannot refill it at once. */
const MOST_GIVEN = 3;

/** Starts a thread from the file that `thread.ts` is built to. */
export const startThread = (file: URL, options: SectionOptions): CheckThread => {
  const worker = new Worker(file, {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: MOST_YOUNG_MB },
  });
  const given: { resolve(checked: Checked): void; reject(failure: unknown): void }[] = [];
  let hasStarted = false;
  let death: unknown;
  const die = (failure: unknown) => {
    death ??= failure;
    for (const { reject } of given.splice(0)) reject(death);
  };
  worker.once('online', () => {
    hasStarted = true;
  });
  // The thread answers in order, so an answer belongs to the section given first.
  worker.on('message', (checked: Checked) => given.shift()?.resolve(checked));
  worker.on('error', die);
  worker.on('exit', (code) => die(new Error(`a thread ended with ${code} before its work was done`)));

  return {
    isFree: () => hasStarted && death === undefined && given.length < MOST_GIVEN,
    check: (section) =>
      new Promise((resolve, reject) => {
        if (death !== undefined) return reject(death);
        given.push({ resolve, reject });
        worker.postMessage(section, [section.bytes.buffer]);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
};
