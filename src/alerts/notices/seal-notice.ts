import { idFrom } from '../../events/hash-chain.ts';
import { groupBy } from '../../shared/collections.ts';
import { type Alert, counted, oneLine, SAMPLES, subjectOf } from './alert-text.ts';
import { noticeId } from './incident-notice.ts';
import type { Notice } from './notice.ts';

/** A place in the ledger that cannot be sealed, and why. */
export interface Unsealable {
  readonly stream: string;
  readonly seq: number;
  readonly kind: string;
  readonly why: string;
}

/** The suppression window, in ms. It is long because each run of the sealer finds the same places again. */
const QUIET_MS = 24 * 3_600_000;
/** More streams than this are one incident. */
const STREAMS = 10;
const TEXT_LENGTH = 200;

/** The notices about places that cannot be sealed: one for each stream, or one for all if there are many. */
export const unsealableNotices = (places: readonly Unsealable[]): Notice[] => {
  const streams = groupBy(places, ({ stream }) => stream);
  if (streams.size > STREAMS) return [noticeFor('quiet/unsealable/many', 'of many resources', places)];
  return [...streams].map(([stream, group]) =>
    noticeFor(`quiet/unsealable/${idFrom('tagledger/unsealable/v1', stream)}`, `of ${stream}`, group),
  );
};

/** The notice that the sealer has stopped and needs a person to look before it can continue. */
export const stoppedNotice = (why: string): Notice => ({
  key: 'quiet/seal-stopped',
  id: noticeId([why]),
  noun: 'run',
  where: 'of the sealer, which stopped',
  count: 1,
  samples: ['the sealed log'],
  quietMs: QUIET_MS,
  alert: {
    subject: subjectOf('tagledger: SEALING STOPPED: the log and its head do not agree'),
    message: [
      'No event is sealed any more, and no checkpoint is published:',
      `  ${oneLine(why, TEXT_LENGTH * 3)}`,
      '',
      'What to do: docs/restore.md says how a new log is begun, which names this one. Until then events are kept, but not sealed.',
    ].join('\n'),
  },
});

const noticeFor = (key: string, where: string, places: readonly Unsealable[]): Notice => ({
  key,
  id: noticeId(places.map((one) => JSON.stringify(one))),
  noun: 'place',
  where: oneLine(`${where} that cannot be sealed`, TEXT_LENGTH),
  count: places.length,
  samples: [...new Set(places.map(({ stream }) => oneLine(stream, TEXT_LENGTH)))].slice(0, SAMPLES),
  quietMs: QUIET_MS,
  alert: alertFor(places),
});

const alertFor = (places: readonly Unsealable[]): Alert => {
  const shown = places.slice(0, SAMPLES);
  const streams = new Set(places.map(({ stream }) => stream)).size;
  return {
    subject: subjectOf(
      `tagledger: NOT SEALED: the events of ${counted(streams, 'resource')} do not fit together`,
    ),
    message: [
      'Recorded events were changed or removed, or cannot be read. These streams are not sealed any further; all others are:',
      ...shown.map(({ stream, seq, kind, why }) =>
        oneLine(`  ${stream} seq ${seq}: ${kind}: ${why}`, TEXT_LENGTH * 2),
      ),
      ...(places.length > shown.length ? [`  and ${places.length - shown.length} more`] : []),
      '',
      'What to do: keep the table as it is, and read docs/restore.md. Look further:',
      `  tagledger history ${oneLine(shown[0]?.stream ?? '', TEXT_LENGTH)}`,
    ].join('\n'),
  };
};
