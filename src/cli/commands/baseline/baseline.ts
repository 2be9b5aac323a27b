import type { Asked } from '../../../baseline/ask-account.ts';
import { type Baseline, composeBaseline } from '../../../baseline/compose-baseline.ts';
import { type AbsentResource, findAbsent } from '../../../baseline/find-absent.ts';
import {
  type KnownBefore,
  type RecordedSighting,
  recordBaseline,
} from '../../../baseline/record-baseline.ts';
import { parseArn } from '../../../events/resource-arn.ts';
import { readEventFormat } from '../../../handlers/runtime/event-format.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { ledgerModeOf } from '../../ledger/ledger-mode.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';
import { type LedgerRuntime, openRuntime } from '../../ledger/open-runtime.ts';
import { sealNewAndTell } from '../../ledger/seal-folder.ts';
import { reportDropped } from '../../views/report-dropped.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { writeFolded } from '../../write-output.ts';
import type { BaselineInvocation } from './flags.ts';
import { takeAnswers } from './take-answers.ts';
import { type BaselineResult, resultText } from './text.ts';

/**
 * `tagledger baseline FILE...` or `--ask-account`: records what exists. A call that failed for good makes the run fail,
 * after the others are recorded. Differences from the ledger that it cannot record are findings.
 */
export const run = async (invocation: BaselineInvocation): Promise<Exit> => {
  const { args, format, console, ledger: where, env } = invocation;
  await refuseLedger(where, env);
  const { answers, failed } = await takeAnswers(invocation);
  const baseline = composeBaseline(answers);
  for (const { operation, account, region, failure } of failed)
    console.stderr(
      sanitizeTerminal(
        `${operation} in ${account}, ${region} failed with ${failure.code}: ${failure.message} What it would have shown is missing.`,
      ),
    );
  if (baseline.shown.length === 0) {
    console.stderr(
      sanitizeTerminal(
        `No resource is shown by ${args.FILE.join(', ') || 'the account'}. Nothing was recorded.`,
      ),
    );
    if (format === 'text') return exitOf({ failed: failed.length > 0, unknown: true });
  }
  const recorded = baseline.shown.length > 0 ? await record(invocation, baseline) : NOTHING;
  const absent = recorded === NOTHING ? [] : await compare(invocation, baseline);
  const result = resultOf(baseline, recorded.sightings, absent, failed);
  if (format === 'text') console.stdout(resultText(result, console.style));
  else writeFolded(console, format, result);
  return exitOf({
    failed: failed.length > 0 || recorded.isBroken,
    finding: result.absent.length + result.ended.length > 0,
    unknown: result.shown === 0,
  });
};

interface Recorded {
  readonly sightings: readonly RecordedSighting[];
  /** Whether something could not be projected or sealed. */
  readonly isBroken: boolean;
}

const NOTHING: Recorded = { sightings: [], isBroken: false };

/** Throws for a ledger in which no baseline can be recorded, before anything is read or made. */
const refuseLedger = async (where: string, env: BaselineInvocation['env']): Promise<void> => {
  const kind = ledgerKindOf(where);
  // A file is refused where the ledger is opened.
  const mode = kind === 'file' ? undefined : await ledgerModeOf(where);
  if (mode === 'simulated' || mode === 'unknown')
    throw new WrongUsageError(
      `${where} is ${mode === 'simulated' ? 'a simulated ledger' : 'a ledger of unknown mode, treated as simulated'}, whose EC2 is not the one that a baseline shows. Name another ledger with --ledger.`,
    );
  if (kind === 'tables' && readEventFormat(env) === 1)
    throw new InvalidInputError(
      'A baseline needs events of format 2: format 1 cannot say that a resource existed, nor that it had no other tags. Set EVENT_FORMAT to 2 as soon as all functions read it (docs/deploy.md).',
    );
};

/** So many resources are one transaction of an embedded ledger. */
const CHUNK = 1_000;
/** So many resources wait for the archive of an embedded ledger, because each of its steps rewrites files. */
const UNARCHIVED = 10_000;

const record = async (
  { ledger: where, env, console }: BaselineInvocation,
  { shown }: Baseline,
): Promise<Recorded> => {
  const ledger = await openRuntime(where, env, { create: 'observed', requestTags: false });
  try {
    const sightings: RecordedSighting[] = [];
    for (let at = 0; at < shown.length; at += CHUNK) {
      sightings.push(...(await recordChunk(ledger, shown.slice(at, at + CHUNK))));
      if (sightings.length % UNARCHIVED === 0 || sightings.length === shown.length)
        await ledger.embedded?.settle();
      console.progress(sightings.length, shown.length, 'resources');
    }
    const dropped = reportDropped(console, ledger.embedded?.dropped);
    const broken = await sealNewAndTell(ledger, { env, console });
    return { sightings, isBroken: dropped + broken > 0 };
  } finally {
    await ledger.close();
  }
};

const recordChunk = (
  { store, eventFormat, embedded }: LedgerRuntime,
  shown: Baseline['shown'],
): Promise<readonly RecordedSighting[]> => {
  const work = () => recordBaseline({ store, eventFormat, now: () => new Date() }, shown);
  return embedded ? embedded.atomically(work) : work();
};

/** Compares a baseline with the ledger, and says where answers about its accounts end. */
const compare = async (
  { ledger: where, env, console }: BaselineInvocation,
  baseline: Baseline,
): Promise<readonly AbsentResource[]> => {
  const ledger = await openReadOnly({ ledger: where, env, console });
  try {
    const knownAt = new Date().toISOString();
    const { basis, accounts } = await ledger.horizon(knownAt);
    const { since = '' } = baseline;
    for (const account of new Set(baseline.shown.map(({ arn }) => parseArn(arn).account))) {
      const until = accounts.find((one) => one.account === account)?.heardUntil;
      if (basis === 'recorded' && (until === undefined || until < since))
        console.stderr(
          sanitizeTerminal(
            `The ledger has heard of account ${account} ${until === undefined ? 'from no record' : `only until ${until}`}, so its resources are unknown at ${since}. Read the records until then with \`tagledger ingest\`.`,
          ),
        );
    }
    return await findAbsent(ledger.fleet, baseline, knownAt);
  } finally {
    await ledger.close();
  }
};

/** EC2 shows the tags of what has ended for about an hour. */
const STILL_SHOWN_MS = 3_600_000;

const resultOf = (
  { shown, since, skipped }: Baseline,
  sightings: readonly RecordedSighting[],
  absent: readonly AbsentResource[],
  failed: Asked['failed'],
): BaselineResult => {
  const count = (is: (one: RecordedSighting) => boolean) => sightings.filter(is).length;
  const known = (what: KnownBefore) => count((one) => one.known === what);
  return {
    takenAt: since ?? null,
    shown: shown.length,
    appended: count(({ outcome }) => outcome === 'appended'),
    alreadyThere: count(({ outcome }) => outcome === 'already-there'),
    known: { new: known('new'), same: known('same'), different: known('different'), ended: known('ended') },
    skipped: [...skipped].map(([what, n]) => ({ what, count: n })),
    ended: sightings.flatMap(({ arn, endedBefore = 0 }) => (endedBefore > STILL_SHOWN_MS ? [arn] : [])),
    absent,
    failed: failed.map(({ operation, account, region, failure: { code, message } }) => ({
      operation,
      account,
      region,
      code,
      message,
    })),
  };
};
