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
  /** The table of the ledger, and the version of the package that answers. */
  readonly source: { readonly table: string; readonly version: string };
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** What an answer rests on. Its moments, its policy and the version of the fold are in the answer itself. */
interface QueryProvenance {
  /** `dynamodb:TABLE`. */
  readonly ledger: string;
  /** What a ledger in AWS records is what AWS told. */
  readonly mode: 'live';
  readonly tool: string;
  /** When the question was asked: ISO 8601, UTC, milliseconds. */
  readonly askedAt: string;
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
  ({ store, fleet, span, source, now, telemetry }: Querying) =>
  async (event: unknown, home: Home | undefined, timeLeft: () => number): Promise<UrlAnswer> => {
    const at = now();
    const ask = (question: QueryQuestion) =>
      question.question === 'compliance'
        ? compliancePage({ store, fleet }, question, at, timeLeft)
        : resourceThen({ store, span }, question, at, home);
    try {
      const question = readQuestion(event);
      const answer = await ask(question);
      telemetry.info('a question was answered', { question: question.question });
      const provenance: QueryProvenance = {
        ledger: `dynamodb:${source.table}`,
        mode: 'live',
        tool: `tagledger ${source.version}`,
        askedAt: at.toISOString(),
      };
      return json(200, { ...withFoldVersion(answer), provenance });
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
