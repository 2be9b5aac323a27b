import {
  DeleteMessageBatchCommand,
  type DeleteMessageBatchCommandInput,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type QueueRun, redriveFromQueue } from '../../../../src/cli/commands/redrive/queue.ts';
import type { Redriven } from '../../../../src/handlers/redrive/redrive.ts';
import { listOf, rejectionOf } from '../../../support/async.ts';
import { GONE } from '../../../support/doubles.ts';

const test = suite('a failure queue');

const url = 'https://sqs.eu-west-1.amazonaws.com/111122223333/failures';

/**
 * A queue of so many messages, behind a client. A message that was received is hidden from then on, unless `hides`
 * says otherwise; those in `sticky` are not deleted, whatever is asked.
 */
const queueOf = (count: number, { sticky = [] as readonly string[], hides = true } = {}) => {
  const client = new SQSClient({ region: 'eu-west-1' });
  const mock = mockClient(client);
  const left = new Map<string, { hidden: boolean; body: string }>();
  for (let n = 0; n < count; n++) left.set(`m${n}`, { hidden: false, body: `body ${n}` });
  mock.on(ReceiveMessageCommand).callsFake((input: ReceiveMessageCommandInput) => {
    const visible = [...left].filter(([, { hidden }]) => !hidden).slice(0, input.MaxNumberOfMessages ?? 1);
    for (const [, message] of visible) message.hidden = hides;
    const named = input.MessageAttributeNames?.includes('RequestID');
    return {
      ...(visible.length > 0 && {
        Messages: visible.map(([MessageId, { body }]) => ({
          MessageId,
          ReceiptHandle: `handle of ${MessageId}`,
          Body: body,
          ...(named && {
            MessageAttributes: { RequestID: { DataType: 'String', StringValue: `id of ${MessageId}` } },
          }),
        })),
      }),
    };
  });
  mock.on(DeleteMessageBatchCommand).callsFake(({ Entries = [] }: DeleteMessageBatchCommandInput) => {
    const idOf = (handle = '') => handle.replace('handle of ', '');
    const refused = Entries.filter(({ ReceiptHandle }) => sticky.includes(idOf(ReceiptHandle)));
    for (const entry of Entries) if (!refused.includes(entry)) left.delete(idOf(entry.ReceiptHandle));
    return {
      Successful: [],
      Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    };
  });
  return { client, mock, left: () => [...left.keys()] };
};

/** Goes through a queue; `fails` are the ids whose messages do not go through. */
const drain = async (
  queue: ReturnType<typeof queueOf>,
  {
    max = 1000,
    fails = [] as readonly string[],
    run,
  }: Partial<QueueRun> & { fails?: readonly string[] } = {},
) => {
  const undeleted: string[] = [];
  const given: string[][] = [];
  const outcomes = (
    await listOf(
      redriveFromQueue(queue.client, {
        url,
        max,
        run:
          run ??
          (async (messages) => {
            given.push(messages.map(({ id, body, requestId }) => `${id}: ${body}, ${requestId}`));
            return messages.map(
              ({ id }): Redriven => ({ id, kind: 'input', outcome: fails.includes(id) ? 'failed' : 'done' }),
            );
          }),
        onUndeleted: (ids) => undeleted.push(...ids),
      }),
    )
  ).flat();
  return { undeleted, given, outcomes };
};

test('all that goes through is deleted, and a queue that is empty ends it', async () => {
  const queue = queueOf(23);
  const { given, outcomes } = await drain(queue);
  assert.equal(
    given.map((some) => some.length),
    [10, 10, 3],
  );
  assert.is(given[0]?.[0], 'm0: body 0, id of m0');
  assert.is(outcomes.length, 23);
  assert.equal(queue.left(), []);
  const [asked] = queue.mock.commandCalls(ReceiveMessageCommand).map((call) => call.args[0].input);
  assert.equal([asked?.QueueUrl, asked?.WaitTimeSeconds, asked?.VisibilityTimeout], [url, 5, 900]);
});

test('what does not go through stays in the queue', async () => {
  const queue = queueOf(4);
  await drain(queue, { fails: ['m1', 'm3'] });
  assert.equal(queue.left(), ['m1', 'm3']);
  const nothing = queueOf(2);
  await drain(nothing, { fails: ['m0', 'm1'] });
  assert.equal(nothing.mock.commandCalls(DeleteMessageBatchCommand).length, 0);
});

test('a message that failed and comes again in the same run ends it', async () => {
  const queue = queueOf(2, { hides: false });
  const { given } = await drain(queue, { fails: ['m0', 'm1'] });
  assert.is(given.length, 1);
});

test('no more messages are received than asked for', async () => {
  const queue = queueOf(30);
  const { outcomes } = await drain(queue, { max: 12 });
  assert.is(outcomes.length, 12);
  assert.is(queue.left().length, 18);
});

test('a message that SQS does not delete is told', async () => {
  const queue = queueOf(3, { sticky: ['m1'] });
  const { undeleted } = await drain(queue);
  assert.equal(undeleted, ['m1']);
  assert.equal(queue.left(), ['m1']);
});

test('when the run itself fails nothing is deleted', async () => {
  const queue = queueOf(3);
  assert.is(await rejectionOf(drain(queue, { run: () => Promise.reject(GONE) })), GONE);
  assert.equal(queue.left(), ['m0', 'm1', 'm2']);
});

test.run();
