import type { Env } from '../../../handlers/runtime/settings.ts';
import type { SealedSummary } from '../../../sealing/check/check-sealed.ts';
import { claimFindings } from '../../../verifier/check-claims.ts';
import type { CheckCounts } from '../../../verifier/check-events.ts';
import { claimedProvenance } from '../../../verifier/export-header.ts';
import { emptyExtent, widenBy } from '../../../verifier/extent.ts';
import { isPeriodFrom, type Provenance } from '../../../verifier/provenance.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { type OpenSealedCheck, openSealedCheck, WITHOUT_KEY } from '../../ledger/sealed-check.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { verifyBundleFile } from './bundle.ts';
import type { BirthsCheck } from './creations.ts';
import type { VerifyInvocation } from './flags.ts';
import { checkLedger } from './ledger.ts';
import { outcomeOf } from './outcomes.ts';
import type { FindingRecorder } from './record.ts';
import { type VerifyReport, verifyReport } from './report.ts';
import type { OpenTrail } from './trail.ts';

/**
 * `tagledger verify`: whether a ledger is unchanged since it was written. A deviation is a finding. Content
 * that was not compared with the sealed log is unproven, whatever else was checked.
 */
export const run = async (invocation: VerifyInvocation): Promise<Exit> => {
  const { values, format, ledger: where, env, console } = invocation;
  if (values.bundle !== undefined) return verifyBundleFile(values.bundle, values.key, invocation);
  if (values.key === undefined && (values.log !== undefined || values.checkpoint.length > 0))
    throw new WrongUsageError(WITHOUT_KEY);
  if (values['trail-keys'].length > 0 && values.trail.length === 0)
    throw new WrongUsageError('--trail-keys needs the files of a trail. Name them with --trail FOLDER.');
  const recorder = values.record ? await openRecorder(where, env) : undefined;
  const opened = await openTrailOf(invocation);
  const births = opened?.births;
  const header = ledgerKindOf(where) === 'file' ? await claimedProvenance(where) : undefined;
  const sealed = await openSealedCheck(invocation, values, header);
  const report = verifyReport(format, console);
  const add: VerifyReport['add'] = (check, findings) => {
    report.add(check, findings);
    // A creation that is missing from the ledger does not indicate tampering.
    if (check !== 'trail') recorder?.add(findings);
  };

  const { summary, ...counts } = await compareAll(invocation, { header, sealed, births }, add);
  const trail = await opened?.end(report.addDigest);
  const found = Object.values(report.numbers).some((number) => number > 0);
  const outcome = outcomeOf(
    { where, ...counts, header, sealed: sealed && { ...sealed, summary }, trail },
    new Date(),
  );
  const unproven = found ? [] : outcome.unproven;
  report.finish({ ...outcome, unproven });
  if (recorder) {
    const { recorded, left } = await recorder.record(() => new Date());
    if (format === 'text') console.stdout(recordedText(recorded, left));
  }
  for (const sentence of unproven) console.stderr(sanitizeTerminal(sentence));
  return exitOf({ failed: (trail?.rejected ?? 0) > 0, finding: found, unknown: unproven.length > 0 });
};

/** What the ledger is compared with; undefined for a comparison that is not possible or was not requested. */
interface Comparisons {
  readonly header: Provenance | undefined;
  readonly sealed: OpenSealedCheck | undefined;
  readonly births: BirthsCheck | undefined;
}

/** What was checked, and the result of the comparison with the sealed log. */
interface Compared extends CheckCounts {
  readonly summary: SealedSummary | undefined;
}

/** Reads all events once and passes on findings as they occur. */
const compareAll = async (
  { values, ledger: where, console }: VerifyInvocation,
  { header, sealed, births }: Comparisons,
  add: VerifyReport['add'],
): Promise<Compared> => {
  let [events, streams] = [0, 0];
  const extent = emptyExtent();
  const isPart = values.part || (header !== undefined && isPeriodFrom(header.selection));
  const tells = sealed !== undefined || births !== undefined;
  add('sealed', sealed?.findings ?? []);
  await checkLedger(
    where,
    { isPart, tells },
    (checked) => {
      events += checked.counts.events;
      streams += checked.counts.streams;
      widenBy(extent, checked.extent);
      add('integrity', checked.findings);
      for (const one of checked.seen) {
        if (sealed) add('sealed', sealed.add(one));
        if (births) add('trail', births.add(one));
      }
    },
    console.progress,
  );
  if (header) add('integrity', claimFindings(header, { events, streams }, extent));
  const end = await sealed?.end();
  add('sealed', end?.findings ?? []);
  if (births) add('trail', births.end());
  return { events, streams, summary: end?.summary };
};

/** Loaded on demand, because most runs compare with no trail. */
const openTrailOf = async (invocation: VerifyInvocation): Promise<OpenTrail | undefined> =>
  invocation.values.trail.length > 0 ? (await import('./trail.ts')).openTrail(invocation) : undefined;

/** Loaded on demand, because checking a file needs no AWS client. */
const openRecorder = async (where: string, env: Env): Promise<FindingRecorder> =>
  (await import('./record.ts')).findingRecorder(where, env);

const recordedText = (recorded: number, left: number): string =>
  `\nthe ledger records ${recorded} finding${recorded === 1 ? '' : 's'}${left > 0 ? `, and not ${left} more: see to these first` : ''}`;
