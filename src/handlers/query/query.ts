import type { EventStore } from '../../events/event-store.ts';
import { withFoldVersion } from '../../events/resource.ts';
import type { Home } from '../../intake/direct-call.ts';
import type { FleetReader } from '../../projections/resource-at.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { compliancePage } from './compliance-page.ts';
import { type QueryQuestion, readQuestion } from './question.ts';
import { NotFoundError, resourceThen } from './resource-answer.ts';

/** The dependencies of {@link query}. */
export interface Querying {
  readonly store: Pick<EventStore, 'read' | 'find'>;
  readonly fleet: FleetReader;
  /** Finds the time that the ledger spans without a scan; absent if there is no archive. */
  readonly span?: FleetReader['span'] | undefined;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** The response of a function URL. */
export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Answers questions that arrive through a function URL, after IAM has authorised the caller. It only reads.
 * Responds 400 to an invalid question and 404 to an unknown resource, each with one sentence as `error`. Any
 * other error is thrown: Lambda counts it and does not show it to the caller.
 */
export const query =
  ({ store, fleet, span, now, telemetry }: Querying) =>
  async (event: unknown, home: Home | undefined, timeLeft: () => number): Promise<UrlAnswer> => {
    const ask = (question: QueryQuestion) =>
      question.question === 'compliance'
        ? compliancePage({ store, fleet }, question, now(), timeLeft)
        : resourceThen({ store, span }, question, now(), home);
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
