import type { Use } from './need.ts';
import { LONGEST_SECONDS } from './queues.ts';
import {
  counts,
  hashesIdentities,
  heals,
  knowsItself,
  knowsRules,
  recordsAll,
  tells,
  triesAgain,
  tuned,
  worksOffFailures,
} from './uses.ts';
import { asksArchive, feedsArchive, keepsArchive } from './uses-archive.ts';
import { actsInMembers, findsChildren, looksAtTags, recovers, tags } from './uses-ec2.ts';
import { signs, tellsSealer, writesLog } from './uses-seal.ts';
import {
  appends,
  findsDue,
  givesUp,
  joinsIdentities,
  reads,
  readsFeed,
  recordsCoverage,
  recordsGaps,
  recordsTampering,
  states,
} from './uses-tables.ts';

/** How a function reads the change feed. */
export interface FeedSpec {
  /** The records to receive: events that `apply` acts on, or all, including modifications and removals. */
  readonly records: 'applied' | 'all';
  readonly batchSize: number;
  /**
   * How long to collect a batch, so that equal requests share a call and events of one resource share a
   * write.
   */
  readonly windowSeconds: number;
}

/** When a function is invoked, and with which input. */
interface ScheduleSpec {
  /** An EventBridge schedule expression. */
  readonly every: string;
  /** The input of the function; the EventBridge event by default. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** A function: its purpose, what invokes it, and what it uses. */
export interface FunctionSpec {
  /** One of `FUNCTION_NAMES`, and the name of its folder: `src/handlers/NAME/lambda.ts`. */
  readonly name: string;
  readonly does: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly uses: readonly Use[];
  /** Whether at most one instance runs at a time. */
  readonly single?: true;
  /** What it reads: the change feed or the failure queue. */
  readonly feed?: FeedSpec | 'failures';
  /** The schedules that invoke it. */
  readonly schedules?: readonly ScheduleSpec[];
  /** Whether EventBridge invokes it asynchronously. Failed inputs go to the failure queue. */
  readonly front?: true;
  /** Whether it has a URL, which accepts only requests signed with IAM credentials. */
  readonly url?: true;
}

/**
 * All functions. A new function needs only a new entry: its environment variables and grants come from
 * `uses`.
 *
 * Memory: loading a function takes 54 to 121 MB (resident, Node 20). The rest is for batches, and for the
 * share of a processor that comes with the memory (1,769 MB give a whole one). Batch sizes are those of the
 * benchmarks (decision 0014): 1,000 records, or 3,000 where those stay under Lambda's 6 MB.
 */
export const FUNCTIONS: readonly FunctionSpec[] = [
  {
    name: 'request',
    does: 'records what CloudTrail and direct calls tell',
    front: true,
    memoryMb: 512,
    timeoutSeconds: 60,
    uses: [
      appends,
      recordsGaps,
      recordsCoverage,
      knowsRules,
      knowsItself,
      recordsAll,
      recovers,
      joinsIdentities,
      hashesIdentities,
      actsInMembers('reader'),
      givesUp,
    ],
  },
  {
    name: 'apply',
    does: 'puts requested tags on resources, and records what came of it',
    memoryMb: 1_024,
    timeoutSeconds: 60,
    feed: { records: 'applied', batchSize: 1_000, windowSeconds: 1 },
    uses: [
      appends,
      reads('BatchGetItem'),
      knowsRules,
      tags,
      findsChildren,
      actsInMembers('tagger'),
      triesAgain,
      readsFeed,
    ],
  },
  {
    name: 'project',
    does: 'keeps the current state of each resource, records tampering, and alerts about it and about failures',
    memoryMb: 1_024,
    timeoutSeconds: 60,
    feed: { records: 'all', batchSize: 3_000, windowSeconds: 5 },
    uses: [
      recordsTampering,
      reads('Query', 'GetItem', 'BatchGetItem'),
      states('PutItem', 'BatchGetItem'),
      tells,
      tuned('ALERT_QUIET_MINUTES'),
      counts,
      readsFeed,
      ...feedsArchive,
      tellsSealer,
    ],
  },
  {
    name: 'archive',
    does: 'keeps the archive, from which questions about the past are answered',
    memoryMb: 2_048,
    timeoutSeconds: LONGEST_SECONDS,
    single: true,
    schedules: [{ every: 'rate(5 minutes)' }],
    uses: [reads('Query', 'Scan', 'BatchGetItem'), ...keepsArchive],
  },
  {
    name: 'seal',
    does: 'puts new events into the sealed log, and signs its checkpoint',
    memoryMb: 1_024,
    timeoutSeconds: 300,
    single: true,
    // The second schedule has its own time, because a run is dropped while another one is in progress.
    schedules: [{ every: 'rate(1 minute)' }, { every: 'cron(30 3 * * ? *)', input: { compare: true } }],
    uses: [
      reads('Query', 'BatchGetItem', 'Scan'),
      states('PutItem', 'BatchGetItem'),
      findsDue,
      signs,
      writesLog,
      tells,
    ],
  },
  {
    name: 'reconcile',
    does: 'raises attempts that are due or lost, and ends quiet periods',
    memoryMb: 512,
    timeoutSeconds: 60,
    single: true,
    schedules: [{ every: 'rate(1 minute)' }],
    uses: [appends, states('PutItem', 'BatchGetItem'), findsDue, tells, triesAgain],
  },
  {
    name: 'sweep',
    does: 'compares the fleet with what EC2 shows',
    memoryMb: 1_024,
    timeoutSeconds: LONGEST_SECONDS,
    single: true,
    schedules: [{ every: 'rate(1 hour)' }],
    uses: [
      appends,
      states('Scan', 'PutItem', 'BatchGetItem'),
      looksAtTags,
      heals,
      tuned('HEAL_LIMIT'),
      actsInMembers('reader'),
    ],
  },
  {
    name: 'redrive',
    does: 'runs again what was given up',
    memoryMb: 1_024,
    timeoutSeconds: LONGEST_SECONDS,
    single: true,
    feed: 'failures',
    uses: [
      appends,
      recordsGaps,
      recordsCoverage,
      recordsTampering,
      reads('BatchGetItem', 'Scan'),
      states('PutItem', 'BatchGetItem'),
      knowsRules,
      knowsItself,
      recordsAll,
      recovers,
      joinsIdentities,
      hashesIdentities,
      tags,
      findsChildren,
      actsInMembers('tagger'),
      triesAgain,
      tells,
      tuned('ALERT_QUIET_MINUTES'),
      counts,
      worksOffFailures,
      ...feedsArchive,
      tellsSealer,
    ],
  },
  {
    name: 'query',
    does: 'answers questions about the fleet at any moment',
    memoryMb: 1_024,
    timeoutSeconds: LONGEST_SECONDS,
    url: true,
    uses: [reads('Scan', 'Query', 'BatchGetItem'), ...asksArchive],
  },
];
