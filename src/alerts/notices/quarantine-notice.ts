import { isResourceArn, parseArn } from '../../events/resource-arn.ts';
import { groupBy } from '../../shared/collections.ts';
import { type Alert, counted, oneLine, SAMPLES, subjectOf } from './alert-text.ts';
import { noticeId } from './incident-notice.ts';
import type { Notice } from './notice.ts';

/** An event of the ledger that this version can never read. */
export interface UnreadableRecord {
  readonly stream: string;
  /** A text, because a damaged seq need not be a number. */
  readonly seq: string;
  readonly reason: string;
}

/** A notice and the unreadable events that it is about. */
export interface QuarantineNotice<P extends UnreadableRecord> {
  readonly notice: Notice;
  readonly poisons: readonly P[];
}

/** How many characters of a stream's name are shown. */
const NAME_LENGTH = 200;

/**
 * The notices about quarantined events: one, with its own suppression window, for each account and Region.
 */
export const quarantineNotices = <P extends UnreadableRecord>(
  poisons: readonly P[],
  quietMs: number,
): QuarantineNotice<P>[] =>
  [...groupBy(poisons, ({ stream }) => placeOf(stream))].map(([place, group]) => ({
    poisons: group,
    notice: {
      key: `quiet/final/poison/${place}`,
      id: noticeId(group.map(({ stream, seq }) => `${stream} ${seq}`)),
      noun: 'unreadable event',
      where: `quarantined in ${place.replace('/', ' ')}`,
      count: group.length,
      samples: [...new Set(group.map(({ stream }) => oneLine(stream, NAME_LENGTH)))].slice(0, SAMPLES),
      quietMs,
      alert: poisonAlert(group, place.replace('/', ' ')),
    },
  }));

const placeOf = (stream: string): string => {
  if (!isResourceArn(stream)) return 'unknown/unknown';
  const { account, region } = parseArn(stream);
  return `${account}/${region}`;
};

const poisonAlert = (poisons: readonly UnreadableRecord[], place: string): Alert => {
  const many = counted(poisons.length, 'unreadable event');
  const samples = poisons.slice(0, SAMPLES);
  return {
    subject: subjectOf(`tagledger: ${many} quarantined in ${place}`),
    message: [
      `${many} of the ledger quarantined: neither applied nor shown, while all other events are processed.`,
      '',
      `Events (${samples.length} of ${poisons.length}):`,
      ...samples.flatMap(({ stream, seq, reason }) => [
        `  event ${oneLine(seq, NAME_LENGTH)} of ${oneLine(stream, NAME_LENGTH)}`,
        `    ${oneLine(reason)}`,
      ]),
      '',
      'What to do:',
      '  - If a newer version of tagledger wrote them, run that version in all functions; `tagledger rebuild` then brings the',
      '    rows up to date.',
      '  - If they were damaged, restore the table to the moment before: docs/restore.md.',
      '',
      'Look further, with the version that can read them:',
      `  tagledger history ${oneLine(samples[0]?.stream ?? '', NAME_LENGTH)}`,
    ].join('\n'),
  };
};
