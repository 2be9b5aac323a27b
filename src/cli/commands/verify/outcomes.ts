import { counted } from '../../../alerts/notices/alert-text.ts';
import type { SealedSummary } from '../../../sealing/check/check-sealed.ts';
import type { CheckCounts } from '../../../verifier/check-events.ts';
import type { SignedCheckpoint } from '../../../verifier/checkpoint.ts';
import type { Provenance } from '../../../verifier/provenance.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { digestOutcome, unprovenTrailFiles } from './digest-outcome.ts';
import type { CheckOutcome, VerifyOutcome } from './report.ts';
import type { ComparedTrail } from './trail.ts';

/** What the checks of a ledger found out, besides findings. */
export interface VerifyFacts extends CheckCounts {
  /** What `--ledger` names. */
  readonly where: string;
  /** What the header of an exported file says; undefined for a file without one, and for other ledgers. */
  readonly header: Provenance | undefined;
  /** The comparison with the sealed log; undefined without a key. */
  readonly sealed:
    | {
        /** Undefined when the log cannot be trusted. */
        readonly summary: SealedSummary | undefined;
        readonly isOwnKey: boolean;
        /** The checkpoint up to which a file claims to be complete. */
        readonly claimed: SignedCheckpoint | undefined;
        /** The earlier log of the ledger that a file names, if its key was not given. */
        readonly earlierLog: string | undefined;
      }
    | undefined;
  /** The comparison with a trail; undefined without one. */
  readonly trail: ComparedTrail | undefined;
}

/** What each check has shown, if it found nothing, and what stays unproven. */
export const outcomeOf = (facts: VerifyFacts, now: Date): VerifyOutcome => {
  const integrity = integrityOf(facts);
  const sealed = sealedOf(facts, now);
  const completeness = completenessOf(facts);
  const { creations, rejected } = facts.trail ?? { creations: 0, rejected: 0 };
  return {
    integrity,
    sealed,
    completeness,
    trail: {
      verdict: creations > 0 ? 'ok' : 'not-checked',
      looked: !facts.trail
        ? 'not compared with CloudTrail files; pass them with --trail FILE'
        : creations > 0
          ? `the ledger records the ${counted(creations, 'resource')} that the trail creates`
          : NO_CREATION,
      ...(facts.trail && { counts: { creations, rejected } }),
    },
    digests: facts.trail ? digestOutcome(facts.trail) : { verdict: 'not-checked' },
    ranges: facts.trail?.digests?.ranges ?? [],
    provenance: facts.header ?? null,
    notes: notesOf(facts),
    isOwnKey: facts.sealed?.isOwnKey ?? false,
    unproven: unprovenIn(facts, [integrity, sealed, completeness]),
  };
};

const isFile = ({ where }: VerifyFacts): boolean => ledgerKindOf(where) === 'file';
const nounOf = (facts: VerifyFacts): string => (isFile(facts) ? 'file' : 'ledger');

const are = (count: number): string => (count === 1 ? 'is' : 'are');

const integrityOf = ({ events, streams }: VerifyFacts): CheckOutcome => ({
  // Without events there was nothing to check.
  verdict: events > 0 ? 'ok' : 'not-checked',
  looked: `${counted(events, 'event')} in ${counted(streams, 'stream')}`,
  counts: { events, streams },
});

const sealedOf = (facts: VerifyFacts, now: Date): CheckOutcome => {
  if (!facts.sealed)
    return {
      verdict: 'not-checked',
      looked:
        'not compared with the sealed log, so events that were changed and rehashed would go unnoticed; pass the public key of the log with --key FILE',
    };
  const { summary } = facts.sealed;
  if (!summary)
    return {
      verdict: 'not-checked',
      looked: 'the log cannot be trusted, so nothing was compared with it',
      counts: { sealed: 0, included: 0, unsealed: 0 },
    };
  const { sealed, included, unsealed, checkpoint } = summary;
  const age = unsealed.oldest === undefined ? '' : `, the first ${ageText(now, unsealed.oldest)}`;
  const { count } = unsealed;
  return {
    // A live ledger keeps growing, and its new events are sealed a little later. A file does neither.
    verdict: facts.events === 0 || (isFile(facts) && count > 0) ? 'not-checked' : 'ok',
    looked: `${counted(included, 'event')} ${are(included)} in the sealed log${signedText(checkpoint)}; ${count} ${are(count)} not sealed yet${age}`,
    counts: { sealed, included, unsealed: count },
  };
};

const signedText = ({ signedAt }: SignedCheckpoint): string =>
  signedAt === undefined ? '' : `, signed ${new Date(signedAt * 1000).toISOString()}`;

const ageText = (now: Date, recordedAt: string): string =>
  `${Math.max(0, Math.round((now.getTime() - Date.parse(recordedAt)) / 60_000))} minutes ago`;

const completenessOf = (facts: VerifyFacts): CheckOutcome => {
  if (!facts.sealed)
    return {
      verdict: 'not-checked',
      looked: 'only a comparison with the sealed log shows missing events or resources',
    };
  const { summary, claimed } = facts.sealed;
  const { completeTo, sealed = 0, included = 0, beyond = 0 } = summary ?? {};
  if (completeTo === undefined)
    return {
      verdict: 'not-checked',
      looked: summary ? notJudged(facts) : 'the log cannot be trusted, so nothing was compared with it',
      counts: { atSize: null, others: Math.max(0, sealed - included) },
    };
  const needed = completeTo - 1;
  if (needed === 0 || beyond > 0)
    return {
      verdict: 'not-checked',
      looked:
        needed === 0
          ? `the log has no event below size ${completeTo}`
          : `looked only up to size ${completeTo} of the log, and the ${nounOf(facts)} holds ${counted(beyond, 'later event')}, which may not be all`,
      counts: { atSize: completeTo, others: Math.max(0, sealed - included) },
    };
  const others = Math.max(0, sealed - Math.max(included, needed));
  const until = claimed ? signedText(claimed) : '';
  const more =
    others > 0
      ? `; the log has ${counted(others, 'later one')}, which this ${nounOf(facts)} does not claim`
      : '';
  return {
    verdict: facts.events > 0 ? 'ok' : 'not-checked',
    looked: `compared with the ${counted(needed, 'event')} among the first ${completeTo} entries of the log${until}${more}`,
    counts: { atSize: completeTo, others },
  };
};

/** Why the completeness of a file was not judged. */
const notJudged = ({ header, sealed }: VerifyFacts): string => {
  if (!header) return 'the file does not say up to which checkpoint of the log it was exported';
  const { selection, log } = header;
  if (selection.kind === 'period') return `the file claims ${periodText(selection)} only`;
  if (selection.kind === 'unknown')
    return 'the file was made from another file that does not say what it held';
  if (sealed?.earlierLog) return `its checkpoint is of the log ${sealed.earlierLog}, whose key was not given`;
  return log
    ? 'the checkpoint in the file is not one of this log'
    : 'the file names no checkpoint of the log';
};

const periodText = ({ since, until }: { since?: string | undefined; until?: string | undefined }): string =>
  [
    'the events recorded',
    ...(since === undefined ? [] : [`from ${since}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ].join(' ');

/** Where a file says that it comes from, and whose key it was. */
const notesOf = (facts: VerifyFacts): readonly (readonly string[])[] => [
  ...(isFile(facts) ? [['origin', ...originText(facts.header)]] : []),
  ...(facts.sealed?.isOwnKey
    ? [['key', 'OWN', "the folder's own key: whoever can change the folder can sign with it, too"]]
    : []),
];

const originText = (header: Provenance | undefined): readonly string[] => {
  if (!header)
    return ['UNKNOWN', 'the file has no header: version 0.1 made it, or somebody took the header away'];
  const { ledger, selection, exportedAt, toolVersion, mode } = header;
  const what = {
    whole: 'all events',
    period: selection.kind === 'period' ? periodText(selection) : '',
    unknown: 'some events, nobody says which,',
  }[selection.kind];
  return [
    'CLAIMED',
    `${what} of ${ledger.name}${mode ? ` (${mode})` : ''}, exported ${exportedAt} by tagledger ${toolVersion}`,
  ];
};

const NO_CREATION = 'the trail holds no creation that the ledger would record';

/** What a check without findings leaves unproven, one sentence each. */
const unprovenIn = (facts: VerifyFacts, checks: readonly CheckOutcome[]): readonly string[] => {
  const { where, events, sealed, trail } = facts;
  if (events === 0) return [`UNPROVEN: ${where} holds no events, so nothing was verified.`];
  const unsealed = sealed?.summary?.unsealed.count ?? 0;
  const [, , completeness] = checks;
  return [
    ...(sealed?.summary ? [] : [withoutLog(facts)]),
    ...(isFile(facts) && unsealed > 0
      ? [
          `UNPROVEN: ${counted(unsealed, 'event')} of ${where} ${are(unsealed)} not in the sealed log. Seal the ledger, and export it again.`,
        ]
      : []),
    ...(sealed?.summary && completeness?.verdict === 'not-checked'
      ? [`UNPROVEN: nothing shows that ${where} is complete: ${completeness.looked}. ${remedyOf(facts)}`]
      : []),
    ...(trail?.creations === 0
      ? [
          `NOT CHECKED: ${NO_CREATION}, so it shows nothing about missing events. Pass --trail FILE with the trail of the time in question.`,
        ]
      : []),
    ...(trail ? unprovenTrailFiles(trail) : []),
  ];
};

/** What makes completeness judged. */
const remedyOf = ({ header, sealed }: VerifyFacts): string =>
  sealed?.earlierLog && header?.selection.kind === 'whole'
    ? `Pass the key of ${sealed.earlierLog} with --key.`
    : 'Pass --at-size N or --checkpoint FILE to say how much of the log it must hold.';

const withoutLog = ({ where }: VerifyFacts): string => {
  const consistent = `UNPROVEN: ${where} is internally consistent, but`;
  switch (ledgerKindOf(where)) {
    case 'file':
      return `${consistent} anyone can make such a file. Pass --key FILE, the public key of the log, and --log WHERE, its folder or s3://BUCKET/PREFIX, to compare it with the sealed log.`;
    case 'folder':
      return `${consistent} has no key of a sealed log to compare it with. Run \`tagledger seal --ledger ${where}\`, or pass --key FILE with the public key of its log.`;
    case 'tables':
      return `${consistent} was not compared with its sealed log. Pass --key FILE with the public key of the log.`;
  }
};
