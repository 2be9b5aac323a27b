import pMap from 'p-map';
import { observeSweep } from '../../commands/observe-sweep.ts';
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

/** What comparing rows with EC2 needs from outside. */
export interface CompareDeps {
  readonly ledger: Ledger;
  /** A client with credentials for that account and Region. */
  readonly ec2: (account: string, region: string) => Ec2;
  readonly telemetry: Telemetry;
  /** What heals; absent when what somebody removed stays removed. */
  readonly healing?: Omit<HealDeps, 'ledger' | 'telemetry'> | undefined;
}

/** The sweep that rows are compared for: the id under which it records what it finds, and the time that it has. */
export interface SweepInProgress {
  readonly sweepId: string;
  readonly waiting: RepeatedCall;
}

/** What became of resources. */
export interface SweepCounts {
  /** Resources that were compared. */
  readonly compared: number;
  /** Those of which something was recorded. */
  readonly differing: number;
  /** Those of which EC2 shows no tag at all, although the ledger knows some: stripped, or gone without a record. */
  readonly unclear: number;
  readonly healed: number;
  /** Those that could not be compared, or not recorded. */
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
/** What was set so short a time ago EC2 may not show yet, and clocks may be minutes apart. */
const SETTLED_MS = 10 * 60_000;

/**
 * The rows of resources that are not deleted, in lists that one call of EC2 can show: of one account, Region and type,
 * and not more than it takes.
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
 * Reads from EC2 the tags of the resources that {@link planLookups} puts together, and records how they differ from the
 * ledger. Never rejects.
 */
export const compareRows = async (
  deps: CompareDeps,
  sweep: SweepInProgress,
  rows: readonly StateRow[],
): Promise<SweepCounts> => {
  const [first] = rows;
  if (!first) return NO_COUNTS;
  const { account, region } = parseArn(first.arn);
  // What happens while the answer is read and recorded is later than it.
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

/** A row, and the tags that EC2 shows of its resource. */
interface Comparison {
  readonly row: StateRow;
  readonly shown: readonly Tag[];
}

/**
 * Which rows can be compared, and how many cannot: EC2 shows nothing of them, although the ledger knows tags. They are
 * without tags, or are no more: EC2 does not say which, and guessing would write a falsehood into the ledger.
 */
const planComparisons = (
  rows: readonly StateRow[],
  answer: ReadonlyMap<string, readonly Tag[]>,
): { readonly clear: readonly Comparison[]; readonly unclear: number } => {
  const clear = rows.flatMap((row): Comparison[] => {
    const shown = answer.get(parseArn(row.arn).id);
    return shown || currentTags(row.resource).length === 0 ? [{ row, shown: shown ?? [] }] : [];
  });
  return { clear, unclear: rows.length - clear.length };
};

/** Records how a resource differs, and heals it where that is wanted. What was done before something failed counts. */
const compareOne = async (
  { ledger, telemetry, healing }: CompareDeps,
  sweepId: string,
  { row, shown, at }: Comparison & { readonly at: string },
): Promise<SweepCounts> => {
  const counts = { ...NO_COUNTS, compared: 1 };
  try {
    const isDifferent = differs(row, shown);
    if (isDifferent && (await recordDifference(ledger, sweepId, { row, shown, at }))) counts.differing = 1;
    const mayHeal = healing && (isDifferent || mayNeedHealing(row));
    if (mayHeal && (await heal({ ...healing, ledger, telemetry }, row.arn))) counts.healed = 1;
  } catch (error) {
    counts.failed = 1;
    telemetry.error('a resource could not be swept', { error, stream: row.arn });
  }
  return counts;
};

/** Whether EC2 shows other tags than the row has. */
const differs = ({ resource }: StateRow, shown: readonly Tag[]): boolean =>
  JSON.stringify(sortedTags(currentTags(resource))) !== JSON.stringify(sortedTags(shown));

/** Records what EC2 shows as observed; false where the ledger knows by now, or the change may still be on its way. */
const recordDifference = async (
  ledger: Ledger,
  sweepId: string,
  { row, shown: tags, at }: Comparison & { readonly at: string },
): Promise<boolean> => {
  const cause = { source: 'tagledger', id: sweepId, name: 'sweep' } as const;
  const settledAt = new Date(Date.parse(at) - SETTLED_MS).toISOString();
  const decide = observeSweep(row.arn, { cause, at, settledAt, tags });
  const { appended } = await transact(ledger, row.arn, decide);
  return appended.length > 0;
};
