import { idFrom } from '../../events/hash-chain.ts';
import { groupBy } from '../../shared/collections.ts';
import type { Tampering } from '../tampering.ts';
import { type FoundTampering, THE_LEDGER } from '../tampering-found.ts';
import { type Alert, counted, oneLine, SAMPLES, subjectOf } from './alert-text.ts';
import { noticeId } from './incident-notice.ts';
import type { Notice } from './notice.ts';

/** The suppression window after an alert about tampering, in ms. */
const QUIET_MS = 3_600_000;

/** More streams than this in a batch are one incident: deleting a table must not cause a flood of alerts. */
const STREAMS = 10;

/** How many characters of untrusted text are shown, and how many names of attributes. */
const TEXT_LENGTH = 200;
const NAMES = 20;

/** Tampering that the change feed showed, or that was found later. */
export type AnyTampering = Tampering | FoundTampering;

/** A notice and the tampering that it is about. */
export interface TamperNotice {
  readonly notice: Notice;
  readonly tamperings: readonly AnyTampering[];
}

/**
 * The notices about the tampering of a batch: one for each stream, or one for all if there are many. They are
 * published at once, except in the hour after an alert about the same stream, or about many: these are
 * counted for a summary.
 */
export const tamperNotices = (tamperings: readonly AnyTampering[]): TamperNotice[] => {
  const streams = groupBy(tamperings, ({ stream }) => stream);
  if (streams.size > STREAMS) return [noticeFor('quiet/tampered/many', 'of many resources', tamperings)];
  return [...streams].map(([stream, group]) =>
    noticeFor(`quiet/tampered/${idFrom('tagledger/tampered/v1', stream)}`, `of ${stream}`, group),
  );
};

const noticeFor = (key: string, where: string, tamperings: readonly AnyTampering[]): TamperNotice => ({
  tamperings,
  notice: {
    key,
    id: noticeId(tamperings.map((one) => JSON.stringify(one))),
    noun: 'change',
    where: `to recorded events ${oneLine(where, TEXT_LENGTH)}`,
    count: tamperings.length,
    samples: streamsOf(tamperings).slice(0, SAMPLES),
    quietMs: QUIET_MS,
    alert: tamperAlert(tamperings),
  },
});

const tamperAlert = (tamperings: readonly AnyTampering[]): Alert => {
  const streams = streamsOf(tamperings);
  const [first = ''] = streams;
  const samples = tamperings.slice(0, SAMPLES);
  const whose =
    streams.length === 1 ? first.slice(first.lastIndexOf('/') + 1) : `${streams.length} resources`;
  const events = counted(tamperings.length, 'recorded event');
  return {
    subject: subjectOf(`tagledger: TAMPERING: ${events} of ${whose} changed or removed`),
    message: [
      `${events} changed or removed in the ledger's table. tagledger only ever adds events: somebody or something else did this.`,
      '',
      `Events (${samples.length} of ${tamperings.length}):`,
      ...samples.flatMap((one) => ('foundAt' in one ? foundLines(one) : tamperLines(one))),
      '',
      'What to do:',
      '  1. Find out who: look for UpdateItem, PutItem, DeleteItem and the like in CloudTrail, if a trail records data events',
      '     of the table, and for time to live on the table, which must be off.',
      '  2. Take away their right to write. Only the functions of tagledger need it, and they only need PutItem.',
      '  3. Restore the table to the moment before, beside the one that is there, and compare: docs/restore.md.',
      '',
      'Look further:',
      `  tagledger history ${first}`,
      `  tagledger state ${first}`,
    ].join('\n'),
  };
};

const tamperLines = ({ stream, seq, what, at, before, after, differs, by }: Tampering): string[] => {
  const change = (name: keyof typeof before): string => {
    const [old, now] = [before[name], after?.[name] ?? before[name]].map((text) =>
      oneLine(text, TEXT_LENGTH),
    );
    return old === now ? `${old}` : `${old}, now ${now}`;
  };
  const names = differs.slice(0, NAMES).map((name) => oneLine(name, TEXT_LENGTH));
  const others = differs.length > NAMES ? ` and ${differs.length - NAMES} more` : '';
  return [
    `  event ${oneLine(seq, TEXT_LENGTH)} of ${oneLine(stream, TEXT_LENGTH)} was ${what}${at ? ` at about ${at}` : ''}`,
    `    type     ${change('type')}`,
    `    eventId  ${change('eventId')}`,
    `    hash     ${change('hash')}`,
    ...(names.length > 0 ? [`    differs  ${names.join(', ')}${others}`] : []),
    `    by       ${by ? oneLine(by, TEXT_LENGTH) : 'DynamoDB does not say: it names only itself'}`,
  ];
};

const foundLines = ({ stream, seq, what, how, foundAt, expected, found }: FoundTampering): string[] => {
  const which = stream === THE_LEDGER ? 'the ledger as a whole' : oneLine(stream, TEXT_LENGTH);
  const place = seq ? `event ${oneLine(seq, TEXT_LENGTH)} of ${which}` : which;
  return [
    `  ${place}: ${oneLine(what, TEXT_LENGTH)}, found by ${how} at ${foundAt}`,
    `    expected ${oneLine(expected, TEXT_LENGTH)}`,
    `    found    ${oneLine(found, TEXT_LENGTH)}`,
  ];
};

/** The distinct streams, each as one short line. */
const streamsOf = (tamperings: readonly AnyTampering[]): string[] => [
  ...new Set(tamperings.map(({ stream }) => oneLine(stream, TEXT_LENGTH))),
];
