import type { ArchivedFleet, ArchiveReading } from '../../archive/archived-or-ledger.ts';
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
  /**
   * Opens the fleet for one question. Of an archive, it finds the time that the ledger spans without a scan, and tells what
   * was taken from it.
   */
  readonly openFleet: () => FleetReader | ArchivedFleet;
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
  /** What was taken from the archive: the fleet, or the time that the ledger spans; null if nothing was. */
  readonly archive: ArchiveReading | null;
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
  ({ store, openFleet, source, now, telemetry }: Querying) =>
  async (event: unknown, home: Home | undefined, timeLeft: () => number): Promise<UrlAnswer> => {
    const at = now();
    const fleet = openFleet();
    const archived = 'reading' in fleet ? fleet : undefined;
    const ask = (question: QueryQuestion) =>
      question.question === 'compliance'
        ? compliancePage({ store, fleet }, question, at, timeLeft)
        : resourceThen({ store, span: archived?.span }, question, at, home);
    try {
      const question = readQuestion(event);
      const answer = await ask(question);
      const archive = archived?.reading() ?? null;
      if (archive?.damage) telemetry.error('the archive is damaged', { error: archive.damage });
      telemetry.info('a question was answered', { question: question.question });
      const provenance: QueryProvenance = {
        ledger: `dynamodb:${source.table}`,
        mode: 'live',
        archive,
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
