import { defineCommand } from '../../command.ts';
import { FORMATS } from '../../terminal.ts';
import { INGEST_ARGS, INGEST_FLAGS } from './flags.ts';

/** `tagledger ingest`. */
export const ingest = defineCommand({
  name: 'ingest',
  group: 'Start',
  brief: 'Record what CloudTrail files and events say.',
  details: [
    'Reads CloudTrail log files, EventBridge events, the output of `lookup-events` and one JSON value per line, plain or gzipped.',
    'A new ledger in a folder observes: it records what people and services did, and tags nothing. A ledger in AWS observes as well, unless --request-tags is given.',
    'Folders, patterns and buckets stand for their log files, without digest and Insights files.',
    'Reading a file twice appends nothing. A file that the ledger has read to its end is skipped, by its content, until the version or a setting changes.',
  ],
  args: INGEST_ARGS,
  flags: INGEST_FLAGS,
  formats: FORMATS,
  exits: ['done', 'failed', 'usage', 'unknown'],
  examples: [
    {
      line: 'ingest AWSLogs',
      brief: 'Record a folder that was copied from the bucket of a trail, in the ledger .tagledger.',
    },
    {
      line: "ingest 's3://BUCKET/AWSLogs/*/CloudTrail/eu-*/2026/03/**' --profile audit",
      brief: 'Read the bucket itself: one month, in Europe.',
    },
    { line: 'ingest - < events.ndjson', brief: 'Read standard input.' },
    {
      line: 'ingest --simulate trail.json --ledger /tmp/what-if',
      brief: 'Show what the tag rules would have done.',
    },
  ],
  load: () => import('./ingest.ts'),
});
