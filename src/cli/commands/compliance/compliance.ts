import type { ComplianceAnswer } from '../../../compliance/answer.ts';
import { type Assessed, type Assessment, assess } from '../../../compliance/assess.ts';
import { type FindingView, findingIdOf, findingView } from '../../../compliance/finding-view.ts';
import { type Frame, frameOf } from '../../../compliance/frame.ts';
import { type ComplianceTotals, startTally } from '../../../compliance/tally.ts';
import type { TimeSeriesQuestion } from '../../../compliance/time-series.ts';
import type { ComplianceStatus } from '../../../policies/policy.ts';
import { readPolicies } from '../../../policies/read-policies.ts';
import { remarkText } from '../../../policies/remark.ts';
import type { Horizon } from '../../../projections/horizon.ts';
import { endOfDay, momentBy } from '../../../projections/moment.ts';
import type { FleetReader } from '../../../projections/resource-at.ts';
import type { Exit } from '../../exit-codes.ts';
import { openReadOnly, type ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayProvenance } from '../../ledger/provenance.ts';
import { askedMoment } from '../../moment-options.ts';
import { asTyped } from '../../option-values.ts';
import { policyFiles } from '../../policy-files.ts';
import { limitOf } from '../../row-options.ts';
import { SELECTING, selectionOf } from '../../selection-options.ts';
import { sayHorizon } from '../../views/horizon-text.ts';
import { chooseColumns, sortRows } from '../../views/rows.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { writeFolded } from '../../write-output.ts';
import { FINDING_COLUMNS } from './columns.ts';
import type { ComplianceInvocation } from './flags.ts';
import {
  type Course,
  courseOf,
  csvColumnsOf,
  failsOn,
  policyAtOf,
  productArnOf,
  statusesOf,
  updateOfIn,
} from './options.ts';
import { runCourse } from './over-time.ts';
import { alwaysBy, type Policies, recordedIn } from './policies.ts';
import { answerText, countsText, emptyText, judgedIn, LISTED, ledgerText, policyText } from './text.ts';
import { type FoundLines, linesOf, writeLines } from './write.ts';

/**
 * `tagledger compliance`: evaluates a fleet against a policy at one moment or over time. `--fail-on` decides
 * the exit code.
 */
export const run = async (invocation: ComplianceInvocation): Promise<Exit> => {
  const { args, values, console } = invocation;
  const now = new Date();
  const points = courseOf(values, now);
  const asked = askedMoment(values, now);
  const selection = selectionOf(values);
  const settings = {
    fails: failsOn(values),
    by: values['group-by'],
    listed: statusesOf(values, invocation.format),
    productArn: productArnOf(values),
    updateOf: updateOfIn(values, invocation.format),
  };
  const names = [...values.policy, ...args.FILE];
  const policyAt = policyAtOf(values, names);
  const given = names.length > 0 ? readPolicies(policyFiles(names)) : undefined;
  for (const note of given?.notes ?? []) console.stderr(sanitizeTerminal(`note: ${remarkText(note)}`));
  const ledger = await openReadOnly(invocation);
  try {
    const policies = given ? alwaysBy(given) : await recordedIn(ledger.store, policyAt);
    const horizon = await ledger.horizon(asked.knownAt, true);
    const about = { selection, horizon, ...policies };
    return points
      ? await runCourse(invocation, ledger, { ...about, ...pointsBy(points, horizon) }, settings.fails)
      : await runOnce(invocation, ledger, { ...about, moment: momentBy(asked, horizon) }, settings);
  } finally {
    await ledger.close();
  }
};

/** Instants that end a day end where the ledger has heard of that day. */
const pointsBy = (
  { asOf, knownAt, isByDay }: Course,
  horizon: Horizon,
): Pick<TimeSeriesQuestion, 'asOf' | 'knownAt'> => ({
  asOf: isByDay ? asOf.map((end) => endOfDay(end, horizon)) : asOf,
  knownAt,
});

interface Settings {
  readonly fails: ReturnType<typeof failsOn>;
  readonly by: ComplianceInvocation['values']['group-by'];
  readonly listed: ReadonlySet<ComplianceStatus>;
  readonly productArn: string | undefined;
  readonly updateOf: string | undefined;
}

const runOnce = async (
  invocation: ComplianceInvocation,
  ledger: ReadOnlyLedger,
  { selection, moment, horizon, requirePolicy }: Omit<Assessment, 'policy'> & Policies,
  { fails, by, listed, productArn, updateOf }: Settings,
): Promise<Exit> => {
  const { values, format, console } = invocation;
  const judging = requirePolicy(moment);
  const provenance = await provenanceOf(invocation, ledger, {
    '--as-of': moment.asOf,
    '--known-at': moment.knownAt,
  });
  if (format !== 'json') sayProvenance(console, provenance);
  const isSimulated = provenance.mode === 'simulated';
  const frame: Frame = { ...frameOf(horizon, judging, moment), ...(isSimulated && { simulated: true }) };
  const tally = startTally(by);
  let isUnheard = false;
  const count = (one: Assessed) => {
    tally.add(one);
    isUnheard ||= one.isUnheard;
  };
  const asked = { policy: judging.policy, selection, moment, horizon };
  const most = values.limit === undefined ? undefined : limitOf('limit', values.limit);
  const all = sorted(listedOf(assess(ledger.fleet, asked), count, listed), frame, values.sort);
  if (format === 'text') {
    const { answer, more } = await gather(all, frame, tally.totals, most ?? LISTED);
    console.stdout(answerText(answer, more, chooseColumns(FINDING_COLUMNS, values.columns), console.style));
  } else if (format === 'json') {
    const { answer } = await gather(all, frame, tally.totals, most ?? Number.POSITIVE_INFINITY);
    // Damage of the archive shows when the fleet is read, which was after the rest.
    const archive = ledger.archiveReading?.() ?? null;
    writeFolded(console, format, { ...answer, provenance: { ...provenance, archive } });
  } else {
    const found = most === undefined ? all : firstOf(all, most);
    const had = await findingIdsAt(updateOf, ledger.fleet, asked);
    await writeLines(
      console,
      linesOf(format, found, { frame, productArn, had, columns: csvColumnsOf(values) }),
    );
    const { resources } = tally.totals();
    console.stderr(`as of ${frame.asOf}, known at ${frame.knownAt}: ${countsText(resources)}`);
    console.stderr(sanitizeTerminal(`policy ${policyText(frame)}`));
    if (frame.beforeLedger) console.stderr(`the ledger ${ledgerText(frame)}`);
    sayHorizon(console, frame.horizon);
  }
  const { resources } = tally.totals();
  const judged = { ...judgedIn({ ...frame, resources }), unheard: isUnheard };
  if (judged.empty) console.stderr(sanitizeTerminal(emptyText(asTyped(values, SELECTING), frame.asOf)));
  return fails(judged);
};

/** The ids of all findings of an answer about another time; undefined without a time. */
const findingIdsAt = async (
  asOf: string | undefined,
  fleet: FleetReader,
  asked: Assessment,
): Promise<ReadonlySet<string> | undefined> => {
  if (asOf === undefined) return undefined;
  const ids = new Set<string>();
  for await (const some of assess(fleet, { ...asked, moment: { ...asked.moment, asOf } }))
    for (const { resource, findings } of some)
      for (const { rule } of findings) ids.add(findingIdOf(resource.arn, rule.id));
  return ids;
};

/** Yields the findings to list, and counts every resource on the way. */
async function* listedOf(
  assessed: AsyncIterable<Iterable<Assessed>>,
  count: (one: Assessed) => void,
  listed: ReadonlySet<ComplianceStatus>,
): AsyncGenerator<FoundLines> {
  for await (const some of assessed) {
    for (const one of some) {
      count(one);
      for (const finding of one.findings) if (listed.has(finding.status)) yield [one, finding];
    }
  }
}

/** The findings in the order of `--sort`, for which all of them are kept in memory. */
async function* sorted(
  found: AsyncIterable<FoundLines>,
  frame: Frame,
  sort: string | undefined,
): AsyncGenerator<FoundLines> {
  if (sort === undefined) return yield* found;
  const rows: { readonly lines: FoundLines; readonly view: FindingView }[] = [];
  for await (const lines of found) rows.push({ lines, view: findingView(...lines, frame) });
  const columns = FINDING_COLUMNS.map(({ name, of }) => ({
    name,
    of: ({ view }: (typeof rows)[number]) => of(view),
  }));
  for (const { lines } of sortRows(rows, columns, sort)) yield lines;
}

/** The first findings. All are read, because every resource is counted. */
async function* firstOf(found: AsyncIterable<FoundLines>, most: number): AsyncGenerator<FoundLines> {
  let given = 0;
  for await (const one of found) if (given++ < most) yield one;
}

/** Collects an answer with at most a given number of findings, and the number of findings left out. */
const gather = async (
  found: AsyncIterable<FoundLines>,
  frame: Frame,
  totals: () => ComplianceTotals,
  most: number,
): Promise<{ readonly answer: ComplianceAnswer; readonly more: number }> => {
  const findings = [];
  let more = 0;
  for await (const [one, finding] of found) {
    if (findings.length < most) findings.push(findingView(one, finding, frame));
    else more++;
  }
  return { answer: { ...frame, ...totals(), findings }, more };
};
