import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { DeadLetterMessage } from './dead-letter.ts';
import type { Redriven } from './redrive.ts';

/**
 * The handler behind a failure queue, with `ReportBatchItemFailures` (Lambda Developer Guide, "Implementing
 * partial batch responses" for SQS). A message that failed stays in the queue, even if it can never succeed,
 * because somebody has to look at it.
 */
export const redriveQueue =
  (
    run: (messages: readonly DeadLetterMessage[], remainingMs: () => number) => Promise<readonly Redriven[]>,
  ) =>
  async ({ Records }: SQSEvent, remainingMs: () => number): Promise<SQSBatchResponse> => {
    const messages = Records.map(({ messageId, body, messageAttributes }): DeadLetterMessage => {
      // A Lambda dead-letter queue carries the invocation's id beside the event.
      const requestId = messageAttributes.RequestID?.stringValue;
      return { id: messageId, body, ...(requestId && { requestId }) };
    });
    const outcomes = await run(messages, remainingMs);
    return {
      batchItemFailures: outcomes.flatMap(({ id, outcome }) =>
        outcome === 'done' ? [] : [{ itemIdentifier: id }],
      ),
    };
  };
