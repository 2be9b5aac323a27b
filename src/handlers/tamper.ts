import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';
import { type TamperNotice, tamperNotices } from '../alerts/tamper-notice.ts';
import { tamperingOf } from '../alerts/tampering.ts';
import { groupBy } from '../events/group-by.ts';
import { isResourceArn } from '../events/resource-arn.ts';
import type { MemoStore } from '../projections/memo-store.ts';
import { markTampered } from '../projections/tampered-mark.ts';
import { announce } from './announce.ts';
import { batchResponse, readBatch } from './change-feed.ts';
import type { AnnounceDeps } from './quiet-periods.ts';

const MARKS_AT_ONCE = 16;

/**
 * The handler behind the change feed that sounds when recorded events were changed or removed: each resource is marked
 * for ever, and people are told at once. What could not be marked or told comes again with its records.
 */
export const tamper =
  (deps: AnnounceDeps) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { memos, now, observer } = deps;
    const { tampered } = readBatch(Records);
    for (const { eventName, dynamodb } of tampered) {
      observer.error('an event of the ledger was changed or removed', { eventName, keys: dynamodb?.Keys });
    }
    observer.count('TamperedRecords', tampered.length);

    const indexes = new Map(tampered.map((record) => [tamperingOf(record), Records.indexOf(record)]));
    const notices = tamperNotices([...indexes.keys()]);
    const again = new Set<TamperNotice>();
    for (const one of notices) {
      try {
        await mark(memos, one, now());
      } catch (error) {
        again.add(one);
        observer.error('a resource could not be marked as tampered with', { error });
      }
    }
    const unheard = await announce(
      deps,
      notices.filter((one) => !again.has(one)).map(({ notice }) => notice),
    );
    const failed = notices.filter((one) => again.has(one) || unheard.has(one.notice));
    return batchResponse(
      Records,
      failed.flatMap(({ tamperings }) => tamperings.map((one) => indexes.get(one) ?? 0)),
    );
  };

/** Marks the resources that a notice is about; what is no resource's stream has no row that could be marked. */
const mark = async (memos: MemoStore, { notice, tamperings }: TamperNotice, now: Date): Promise<void> => {
  await pMap(
    groupBy(tamperings, ({ stream }) => stream),
    async ([stream, group]) => {
      if (!isResourceArn(stream)) return;
      const seqs = group.map(({ seq }) => Number(seq)).filter(Number.isSafeInteger);
      await markTampered(memos, stream, seqs, notice.id, now);
    },
    { concurrency: MARKS_AT_ONCE },
  );
};
