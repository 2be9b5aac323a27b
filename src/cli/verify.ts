import { InvalidInputError } from '../events/invalid-input-error.ts';
import { findLedgerFolder } from '../local/ledger-folder.ts';
import type { SealedFinding } from '../sealing/sealed-finding.ts';
import type { Finding } from '../verifier/finding.ts';
import type { Command } from './command.ts';
import type { Console } from './console.ts';
import { rejectTeller } from './ingest-rejects.ts';
import { type Env, kindOf, perspectiveOf } from './open-ledger.ts';
import { openTrails } from './read-trails.ts';
import { type BirthsCheck, birthsCheck } from './verify-births.ts';
import { verifyBundleFile } from './verify-bundle.ts';
import { checkLedger } from './verify-ledger.ts';
import type { FindingRecorder } from './verify-record.ts';
import { verifyReport } from './verify-report.ts';
import { openSealedCheck, sealedRespect } from './verify-sealed.ts';
import { WrongUsageError } from './wrong-usage-error.ts';

/** The exit code where nothing is known or proven. */
const NOT_PROVEN = 4;

/** `tagledger verify`: whether a ledger is what was written. Exit code 3 when it is not, 1 when that could not be found out, 4 when there was no event to look at. */
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
    const files = [values.trail ?? []].flat().map(String);
    const marker = kindOf(where) === 'folder' ? findLedgerFolder(where) : undefined;
    const births = files.length > 0 ? birthsCheck(perspectiveOf(env, marker), new Date()) : undefined;
    const rejected = births ? await readBirths(files, births, console) : 0;

    const sealed = await openSealedCheck(invocation);
    const report = verifyReport(format, console);
    const add = (check: 'integrity' | 'sealed', findings: readonly (Finding | SealedFinding)[]) => {
      report.add(check, findings);
      recorder?.add(findings);
    };
    add('sealed', sealed?.findings ?? []);
    let [events, streams] = [0, 0];
    const tells = sealed !== undefined || births !== undefined;
    await checkLedger(where, { isPart: values.part === true, tells }, ({ findings, counts, seen }) => {
      events += counts.events;
      streams += counts.streams;
      add('integrity', findings);
      for (const one of seen) {
        if (sealed) add('sealed', sealed.add(one));
        if (births) report.add('completeness', births.add(one));
      }
      console.progress(events, undefined, 'events');
    });
    const end = await sealed?.end();
    add('sealed', end?.findings ?? []);
    if (births) report.add('completeness', births.end());
    console.progress(events, events, 'events');

    const findings = report.finish(
      { counts: { events, streams }, looked: `${events} events of ${streams} resources` },
      end && sealedRespect(end.summary, new Date()),
      births && {
        counts: { creations: births.count(), rejected },
        looked: `${births.count()} resources that the trail says were made`,
      },
    );
    if (recorder) {
      const { recorded, left } = await recorder.record(() => new Date());
      if (format === 'text') console.out(recordedText(recorded, left));
    }
    if (events === 0 && findings === 0) console.say(`${where} holds no events: nothing was verified`);
    if (findings > 0) return 3;
    if (rejected > 0) return 1;
    return events === 0 ? NOT_PROVEN : 0;
  },
};

/** Loaded by who asks for it: a check of a file needs no AWS client. */
const openRecorder = async (where: string, env: Env): Promise<FindingRecorder> =>
  (await import('./verify-record.ts')).findingRecorder(where, env);

const recordedText = (recorded: number, left: number): string =>
  `\nthe ledger records ${recorded} finding${recorded === 1 ? '' : 's'}${left > 0 ? `, and not ${left} more: see to these first` : ''}`;

/** Takes in the creations of a trail. What cannot be read in it is told, and counted. */
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
