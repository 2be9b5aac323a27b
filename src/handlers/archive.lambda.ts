import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { keepArchive } from '../archive/keep-archive.ts';
import { dynamodbStore } from '../events/dynamodb-store.ts';
import { s3ObjectStore } from '../objects/s3-object-store.ts';
import { powertools } from './observed.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env, ['LEDGER_TABLE', 'ARCHIVE_BUCKET']);
const { observer, observed, traced } = powertools('archive');
const store = dynamodbStore(traced(new DynamoDBClient()), settings.LEDGER_TABLE);
const objects = s3ObjectStore(traced(new S3Client()), settings.ARCHIVE_BUCKET);

/** Kept for the step that is under way: a snapshot of a million resources takes some ten seconds. */
const RESERVE_MS = 60_000;

/** Lambda entry point of the schedule, such as every five minutes, of which one runs at a time. */
export const handler = observed(async (_: unknown, context) => {
  const isTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  const kept = await keepArchive({ objects, store, now: () => new Date() }, isTime);
  observer.count('ArchiveGapsRepaired', kept.repaired);
  observer.info('archive kept', { ...kept });
  return kept;
});
