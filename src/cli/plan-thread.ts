import { parentPort, workerData } from 'node:worker_threads';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Who } from '../events/tag-event.ts';
import { type PlanSettings, planBatch } from './plan-batch.ts';
import { type FromThread, type ToThread, unpacked } from './plan-messages.ts';

/** The thread that `startHelper` starts: plans the batches that it is given, by the settings that it was started with. */
const settings: PlanSettings = workerData;
const say = (message: FromThread): void => parentPort?.postMessage(message);

/** Who waits for the answer of which question. */
const asked = new Map<string, (maker: Who | undefined) => void>();
const keyOf = (id: number, arn: ResourceArn): string => `${id} ${arn}`;

const makerFor = (id: number) => (arn: ResourceArn) =>
  new Promise<Who | undefined>((resolve) => {
    asked.set(keyOf(id, arn), resolve);
    say({ id, asked: arn });
  });

parentPort?.on('message', async (message: ToThread) => {
  const { id } = message;
  if ('arn' in message) {
    const key = keyOf(id, message.arn);
    asked.get(key)?.(message.maker);
    asked.delete(key);
    return;
  }
  try {
    const planned = await planBatch(settings, { makerOf: makerFor(id) }, unpacked(message.batch), new Date());
    say({ id, planned });
  } catch (failure) {
    say({ id, failure });
  }
});
say({ isReady: true });
