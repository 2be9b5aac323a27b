import { findLedgerFolder } from '../../../embedded/ledger-folder.ts';
import type { Env } from '../../../handlers/runtime/settings.ts';
import type { SealedCheck, SealedSummary } from '../../../sealing/check/check-sealed.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import type { CheckCounts } from '../../../verifier/check-events.ts';
import type { Command, Invocation } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { interpretationContextOf } from '../../ledger/folder-settings.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openSealedCheck } from '../../ledger/sealed-check.ts';
import type { Console } from '../../terminal.ts';
import { openTrails } from '../../trail/read-trails.ts';
import { rejectTeller } from '../../trail/rejects.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { verifyBundleFile } from './bundle.ts';
import { type BirthsCheck, birthsCheck } from './creations.ts';
import { checkLedger } from './ledger.ts';
import type { FindingRecorder } from './record.ts';
import { type Respect, type VerifyReport, verifyReport } from './report.ts';
import { sealedRespect } from './sealed-respect.ts';

/**
 * `tagledger verify`: whether a ledger is unchanged since it was written. A deviation is a finding. Content
 * that was not compared with the sealed log is unproven, whatever else was checked.
 */
export const verify: Command = {
  usage:
    'verify [--part] [--record] [--key FILE [--log WHERE] [--checkpoint FILE]...] [--trail FILE]... | verify --bundle FILE --key FILE',
  summary:
    'whether the events are what was written: hashes, chains, places, columns; --key compares them with the sealed log, --trail asks whether any are missing; --record records in the ledger what was tampered with; --bundle checks a proof, without a ledger',
  options: {
    part: { type: 'boolean' },
    record: { type: 'boolean' },
    trail: { type: 'string', multiple: true },
    bundle: { type: 'string' },
    key: { type: 'string' },
    log: { type: 'string' },
    checkpoint: { type: 'string', multiple: true },
  },
  exits: ['done', 'failed', 'usage', 'finding', 'unknown'],
  async run(invocation) {
    const { positionals, values, format, ledger: where, env, console } = invocation;
    if (positionals.length > 0) {
      throw new WrongUsageError(
        `got ${positionals.join(' ')}, expected options only: name the ledger or its export with --ledger, and each file of a trail with --trail`,
      );
    }
    if (values.bundle !== undefined) return verifyBundleFile(invocation);
    if (values.key === undefined && (values.log !== undefined || values.checkpoint !== undefined))
      throw new WrongUsageError(
        'got --log or --checkpoint without --key, expected --key FILE with the public key of the log',
      );
    const recorder = values.record === true ? await openRecorder(where, env) : undefined;
    const { births, rejected } = await openBirths(invocation);
    const sealed = await openSealedCheck(invocation);
    const report = verifyReport(format, console);
    const add: VerifyReport['add'] = (check, findings) => {
      report.add(check, findings);
      // A creation that is missing from the ledger does not indicate tampering.
      if (check !== 'completeness') recorder?.add(findings);
    };

    const { events, streams, end } = await compareAll(invocation, { sealed, births }, add);
    const findings = report.finish(
      { counts: { events, streams }, looked: `${events} events of ${streams} resources` },
      end && sealedRespect(end.summary, new Date()),
      births && birthsRespect(births, rejected),
    );
    if (recorder) {
      const { recorded, left } = await recorder.record(() => new Date());
      if (format === 'text') console.stdout(recordedText(recorded, left));
    }
    const unproven = findings > 0 ? [] : unprovenIn(where, events, end?.summary, births);
    for (const sentence of unproven) console.stderr(sanitizeTerminal(sentence));
    return exitOf({ failed: rejected > 0, finding: findings > 0, unknown: unproven.length > 0 });
  },
};

/** What the ledger is compared with; undefined for a comparison that was not requested. */
interface Comparisons {
  readonly sealed: Awaited<ReturnType<typeof openSealedCheck>>;
  readonly births: BirthsCheck | undefined;
}

/** What was checked, and the result of the comparison with the sealed log. */
interface Compared extends CheckCounts {
  readonly end: Awaited<ReturnType<SealedCheck['end']>> | undefined;
}

/** Reads all events once and passes on findings as they occur. */
const compareAll = async (
  { values, ledger: where, console }: Invocation,
  { sealed, births }: Comparisons,
  add: VerifyReport['add'],
): Promise<Compared> => {
  let [events, streams] = [0, 0];
  const tells = sealed !== undefined || births !== undefined;
  add('sealed', sealed?.findings ?? []);
  await checkLedger(where, { isPart: values.part === true, tells }, ({ findings, counts, seen }) => {
    events += counts.events;
    streams += counts.streams;
    add('integrity', findings);
    for (const one of seen) {
      if (sealed) add('sealed', sealed.add(one));
      if (births) add('completeness', births.add(one));
    }
    console.progress(events, undefined, 'events');
  });
  const end = await sealed?.end();
  add('sealed', end?.findings ?? []);
  if (births) add('completeness', births.end());
  console.progress(events, events, 'events');
  return { events, streams, end };
};

/**
 * Opens the check against the files of `--trail`; undefined without any. `rejected` counts their unreadable
 * entries.
 */
const openBirths = async ({
  values,
  ledger: where,
  env,
  console,
}: Invocation): Promise<{ readonly births: BirthsCheck | undefined; readonly rejected: number }> => {
  const files = [values.trail ?? []].flat().map(String);
  if (files.length === 0) return { births: undefined, rejected: 0 };
  const marker = ledgerKindOf(where) === 'folder' ? findLedgerFolder(where) : undefined;
  const births = birthsCheck(interpretationContextOf(env, marker), new Date());
  return { births, rejected: await readBirths(files, births, console) };
};

const birthsRespect = (births: BirthsCheck, rejected: number): Respect => {
  const creations = births.count();
  const looked = creations > 0 ? `${creations} resources that the trail says were made` : NO_CREATION;
  return { counts: { creations, rejected }, looked, isChecked: creations > 0 };
};

const NO_CREATION = 'the trail holds no creation that the ledger would record';

/**
 * What a check without findings leaves unproven, one sentence each. `summary` is the result from the sealed
 * log.
 */
const unprovenIn = (
  where: string,
  events: number,
  summary: SealedSummary | undefined,
  births: BirthsCheck | undefined,
): readonly string[] => {
  const isFile = ledgerKindOf(where) === 'file';
  const unsealed = summary?.unsealed.count ?? 0;
  if (events === 0) return [`UNPROVEN: ${where} holds no events, so nothing was verified.`];
  return [
    ...(summary
      ? []
      : [
          isFile
            ? `UNPROVEN: ${where} is consistent in itself, but anyone can make such a file. Pass --key FILE (and --log) to compare it with the sealed log.`
            : `UNPROVEN: ${where} is consistent in itself, but was not compared with its sealed log. Pass --key FILE with the public key of the log.`,
        ]),
    // A live ledger keeps growing, and its new events are sealed a little later. A file does neither.
    ...(isFile && unsealed > 0
      ? [
          `UNPROVEN: ${unsealed} ${unsealed === 1 ? 'event' : 'events'} of ${where} ${unsealed === 1 ? 'is' : 'are'} not in the sealed log. Seal the ledger, and export it again.`,
        ]
      : []),
    ...(births?.count() === 0
      ? [
          `NOT CHECKED: ${NO_CREATION}, so it shows nothing about missing events. Pass --trail FILE with the trail of the time in question.`,
        ]
      : []),
  ];
};

/** Loaded on demand, because checking a file needs no AWS client. */
const openRecorder = async (where: string, env: Env): Promise<FindingRecorder> =>
  (await import('./record.ts')).findingRecorder(where, env);

const recordedText = (recorded: number, left: number): string =>
  `\nthe ledger records ${recorded} finding${recorded === 1 ? '' : 's'}${left > 0 ? `, and not ${left} more: see to these first` : ''}`;

/** Reads the creations of a trail. Unreadable entries are reported and counted. */
const readBirths = async (
  files: readonly string[],
  births: BirthsCheck,
  console: Console,
): Promise<number> => {
  const trails = await openTrails(files);
  const rejected = rejectTeller();
  for await (const entries of trails.batches) {
    for (const entry of entries) {
      try {
        if ('problem' in entry) throw new InvalidInputError(entry.problem);
        births.expect(entry.value);
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        rejected.add({ file: entry.file, position: entry.position, reason: error.message });
      }
    }
    trails.progress(console);
  }
  trails.progress(console);
  rejected.tell(console, undefined);
  return rejected.count();
};
