import { type Alert, counted, oneLine, subjectOf } from './alert-text.ts';

/** Something to publish once in a suppression window. */
export interface Notice extends What {
  /** The key of its suppression window's memo; notices with the same key share the window. */
  readonly key: string;
  /** Derived from the records that it is about: equal for the same records, and different for others. */
  readonly id: string;
  /** How often it happened. */
  readonly count: number;
  /** What it happened to, such as ARNs: at least one, and no more than an alert lists. */
  readonly samples: readonly string[];
  readonly quietMs: number;
  readonly alert: Alert;
}

/** The subject in few words: `failure`, and `to tag (denied) in 111122223333 eu-west-1`. */
export interface What {
  readonly noun: string;
  readonly where: string;
}

/** What was counted in a suppression window and not published. */
export interface Muted {
  readonly count: number;
  readonly since: string;
  readonly samples: readonly string[];
}

/** Adds to an alert what was counted before it and not published. */
export const withEarlier = (what: What, alert: Alert, earlier: Muted | undefined): Alert =>
  earlier ? { ...alert, message: `${alert.message}\n\nBefore that: ${mutedText(what, earlier)}` } : alert;

/** The summary that closes a suppression window. */
export const summaryOf = (what: What, muted: Muted): Alert => ({
  subject: subjectOf(`tagledger: ${counted(muted.count, `more ${what.noun}`)} ${what.where}`),
  message: mutedText(what, muted),
});

const mutedText = ({ noun, where }: What, { count, since, samples }: Muted): string =>
  [
    `${counted(count, `more ${noun}`)} ${oneLine(where)} since ${since}, counted and not reported one by one. What was delivered twice counts twice.`,
    '',
    `Resources (${samples.length} of them):`,
    ...samples.map((sample) => `  ${sample}`),
    '',
    'Look further:',
    `  tagledger history ${samples[0]}`,
  ].join('\n');
