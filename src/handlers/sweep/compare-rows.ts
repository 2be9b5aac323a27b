import pMap from 'p-map';
import { observeSweep, settledBefore } from '../../commands/observe-sweep.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import { kindOfStream } from '../../events/ledger-stream.ts';
import { currentTags } from '../../events/resource.ts';
import { parseArn } from '../../events/resource-arn.ts';
import { sortedTags, type Tag } from '../../events/tag.ts';
import type { StateRow } from '../../projections/state-row.ts';
import { groupBy } from '../../shared/collections.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { Ec2, RepeatedCall } from '../../tagging/ec2/call.ts';
import { describeTags, IDS_PER_LOOK } from '../../tagging/ec2/describe-tags.ts';
import { type HealDeps, heal, mayNeedHealing } from './heal.ts';

/** The dependencies of {@link compareRows}. */
export interface CompareDeps {
  readonly ledger: Ledger;
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly telemetry: Telemetry;
  /** The settings for healing. Without them, removed tags stay removed. */
  readonly healing?: Omit<HealDeps, 'ledger' | 'telemetry'> | undefined;
}

/** The sweep in progress: the id under which it records what it finds, and the time that it has left. */
export interface SweepInProgress {
  readonly sweepId: string;
  readonly waiting: RepeatedCall;
}

/** The number of resources by the result of their comparison. */
export interface SweepCounts {
  /** Resources that were compared. */
  readonly compared: number;
  /** Resources for which a difference was recorded. */
  readonly differing: number;
  /**
   * Resources without any tag in EC2, although the ledger knows some: either stripped of their tags, or
   * deleted without a record.
   */
  readonly unclear: number;
  readonly healed: number;
  /** Resources that could not be compared, recorded or healed. */
  readonly failed: number;
}

export const NO_COUNTS: SweepCounts = { compared: 0, differing: 0, unclear: 0, healed: 0, failed: 0 };

export const addCounts = (a: SweepCounts, b: SweepCounts): SweepCounts => ({
  compared: a.compared + b.compared,
  differing: a.differing + b.differing,
  unclear: a.unclear + b.unclear,
  healed: a.healed + b.healed,
  failed: a.failed + b.failed,
});

const STREAMS_AT_ONCE = 16;

/**
 * Groups the rows of resources that are not deleted into lists of one account, Region and type, each small
 * enough for one EC2 call.
 */
export const planLookups = (rows: readonly StateRow[]): readonly (readonly StateRow[])[] => {
  const living = rows.filter(({ arn, status }) => status !== 'retired' && kindOfStream(arn) === 'resource');
  const groups = groupBy(living, ({ arn }) => arn.slice(0, arn.lastIndexOf('/')));
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / IDS_PER_LOOK) }, (_, i) =>
      group.slice(i * IDS_PER_LOOK, (i + 1) * IDS_PER_LOOK),
    ),
  );
};

/**
 * Reads the tags of one list from {@link planLookups} from EC2, and records how they differ from the ledger.
 * Never rejects.
 */
export const compareRows = async (
  deps: CompareDeps,
  sweep: SweepInProgress,
  rows: readonly StateRow[],
): Promise<SweepCounts> => {
  const [first] = rows;
  if (!first) return NO_COUNTS;
  const { account, region } = parseArn(first.arn);
  // Taken before the call, so that a change during the call counts as later.
  const at = deps.ledger.now().toISOString();
  const ids = rows.map((row) => parseArn(row.arn).id);
  const called = await describeTags(deps.ec2(account, region), ids, sweep.waiting);
  if (!called.ok) {
    deps.telemetry.error('the tags of resources could not be read', { account, region, ...called.failure });
    return { ...NO_COUNTS, failed: rows.length };
  }
  const { clear, unclear } = planComparisons(rows, called.answer);
  const counts = await pMap(clear, (one) => compareOne(deps, sweep.sweepId, { ...one, at }), {
    concurrency: STREAMS_AT_ONCE,
  });
  return counts.reduce(addCounts, { ...NO_COUNTS, unclear });
};

/** A row and the tags of its resource in EC2. */
interface Comparison {
  readonly row: StateRow;
  readonly shown: readonly Tag[];
}

/**
 * Separates the rows that can be compared and counts the others. A row is unclear if EC2 shows no tags
 * although the ledger knows some: the resource has no tags any more or is deleted. EC2 does not say which,
 * and a guess could put a falsehood into the ledger. So is one without tags that may have had unseen ones.
 */
const planComparisons = (
  rows: readonly StateRow[],
  answer: ReadonlyMap<string, readonly Tag[]>,
): { readonly clear: readonly Comparison[]; readonly unclear: number } => {
  const clear = rows.flatMap((row): Comparison[] => {
    const shown = answer.get(parseArn(row.arn).id);
    const mayHaveNone = currentTags(row.resource).length === 0 && !row.resource.unseenTags;
    return shown || mayHaveNone ? [{ row, shown: shown ?? [] }] : [];
  });
  return { clear, unclear: rows.length - clear.length };
};

/**
 * Records how a resource differs, and heals it if healing is on. Steps that succeeded before a failure are
 * still counted.
 */
const compareOne = async (
  { ledger, telemetry, healing }: CompareDeps,
  sweepId: string,
  { row, shown, at }: Comparison & { readonly at: string },
): Promise<SweepCounts> => {
  const counts = { ...NO_COUNTS, compared: 1 };
  try {
    const isDifferent = differs(row, shown) || row.resource.uncertain !== undefined;
    if (isDifferent && (await recordDifference(ledger, sweepId, { row, shown, at }))) counts.differing = 1;
    const mayHeal = healing && (isDifferent || mayNeedHealing(row));
    if (mayHeal && (await heal({ ...healing, ledger, telemetry }, row.arn))) counts.healed = 1;
  } catch (error) {
    counts.failed = 1;
    telemetry.error('a resource could not be swept', { error, stream: row.arn });
  }
  return counts;
};

/** Whether the tags in EC2 differ from those of the row, or are the first that are seen of it. */
const differs = ({ resource }: StateRow, shown: readonly Tag[]): boolean =>
  resource.unseenTags === true ||
  JSON.stringify(sortedTags(currentTags(resource))) !== JSON.stringify(sortedTags(shown));

/**
 * Records the tags in EC2 as observed. Returns false if the ledger already knows them, or if the record of
 * the change may still arrive.
 */
const recordDifference = async (
  ledger: Ledger,
  sweepId: string,
  { row, shown: tags, at }: Comparison & { readonly at: string },
): Promise<boolean> => {
  const cause = { source: 'tagledger', id: sweepId, name: 'sweep' } as const;
  const decide = observeSweep(row.arn, { cause, at, settledAt: settledBefore(at), tags });
  const { appended } = await transact(ledger, row.arn, decide);
  return appended.length > 0;
};
