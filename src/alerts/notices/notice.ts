import { type Alert, counted, oneLine, subjectOf } from './alert-text.ts';

/** Something to be told to people, once in a quiet period. */
export interface Notice extends What {
  /** The memo of its quiet period: notices with one key share it. */
  readonly key: string;
  /** Derived from the records that it is about: the same for the same ones, another for others. */
  readonly id: string;
  /** How many times. */
  readonly count: number;
  /** ARNs of what it happened to: at least one, and no more than an alert names. */
  readonly samples: readonly string[];
  readonly quietMs: number;
  readonly alert: Alert;
}

/** What is told, in few words: `failure`, and `to tag (denied) in 111122223333 eu-west-1`. */
export interface What {
  readonly noun: string;
  readonly where: string;
}

/** What was heard in a quiet period and not told. */
export interface Muted {
  readonly count: number;
  readonly since: string;
  readonly samples: readonly string[];
}

/** An alert that also tells what was muted before it. */
export const withEarlier = (what: What, alert: Alert, earlier: Muted | undefined): Alert =>
  earlier ? { ...alert, message: `${alert.message}\n\nBefore that: ${mutedText(what, earlier)}` } : alert;

/** The message that closes a quiet period. */
export const summaryOf = (what: What, muted: Muted): Alert => ({
  subject: subjectOf(`tagledger: ${counted(muted.count, `more ${what.noun}`)} ${what.where}`),
  message: mutedText(what, muted),
});

const mutedText = ({ noun, where }: What, { count, since, samples }: Muted): string =>
  [
    `${counted(count, `more ${noun}`)} ${oneLine(where)} since ${since}, counted and not told one by one. What was delivered twice counts twice.`,
    '',
    `Resources (${samples.length} of them):`,
    ...samples.map((sample) => `  ${sample}`),
    '',
    'Look further:',
    `  tagledger history ${samples[0]}`,
  ].join('\n');
