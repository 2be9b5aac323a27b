import type { EventStore } from '../../events/event-store.ts';
import { withFoldVersion } from '../../events/resource.ts';
import type { Home } from '../../intake/direct-call.ts';
import type { FleetReader } from '../../projections/resource-at.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { compliancePage } from './compliance-page.ts';
import { type QueryQuestion, readQuestion } from './question.ts';
import { NotFoundError, resourceThen } from './resource-answer.ts';

/** What questions are answered from, and by which clock. */
export interface Querying {
  readonly store: Pick<EventStore, 'read'>;
  readonly fleet: FleetReader;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** What a function URL answers. */
export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Answers questions that come through a function URL, whose IAM authorisation has let the caller in; it only reads.
 * 400 is a question that cannot be understood, 404 a resource that nobody knows, both with one sentence as `error`.
 * What goes wrong otherwise is thrown: Lambda counts it, and tells the caller nothing of it.
 */
export const query =
  ({ store, fleet, now, telemetry }: Querying) =>
  async (event: unknown, home: Home | undefined, timeLeft: () => number): Promise<UrlAnswer> => {
    const ask = (question: QueryQuestion) =>
      question.question === 'compliance'
        ? compliancePage({ store, fleet }, question, now(), timeLeft)
        : resourceThen(store, question, now(), home);
    try {
      const question = readQuestion(event);
      const answer = await ask(question);
      telemetry.info('a question was answered', { question: question.question });
      return json(200, withFoldVersion(answer));
    } catch (error) {
      if (error instanceof InvalidInputError) return json(400, { error: error.message });
      if (error instanceof NotFoundError) return json(404, { error: error.message });
      throw error;
    }
  };

const json = (statusCode: number, answer: object): UrlAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(answer),
});
