import { counted } from '../../../alerts/notices/alert-text.ts';
import type { FilesStatus, TrailRange } from '../../../cloudtrail/digest/trail-range.ts';
import type { DigestFacts } from './digests.ts';
import type { CheckOutcome } from './report.ts';

/** What `--trail` named, and what its digests show; `digests` is undefined if there are none. */
export interface TrailFilesFacts {
  readonly digests: DigestFacts | undefined;
  /** Whether `--trail-keys` asks for a proof that the files are complete. */
  readonly asksForProof: boolean;
}

const NO_DIGESTS =
  'no digest files are beside the files of the trail, so nothing shows that these are complete; copy the folder CloudTrail-Digest, too, and name the folder above it';

/** The outcome of the check of a trail's files, whether they are complete. */
export const digestOutcome = (facts: TrailFilesFacts): CheckOutcome => {
  const { digests } = facts;
  if (!digests) return { verdict: 'not-checked', looked: NO_DIGESTS };
  const { ranges, hasKeys, findings } = digests;
  const counts = {
    digests: sum(ranges, 'digests'),
    signed: sum(
      ranges.filter(({ signature }) => signature === 'signed'),
      'digests',
    ),
    logFiles: sum(
      ranges.filter((range) => range.digests > 0),
      'logFiles',
    ),
    unlisted: sum(of(ranges, 'unlisted'), 'logFiles'),
    newer: sum(of(ranges, 'newer'), 'logFiles'),
  };
  const isComplete = findings === 0 && of(ranges, 'not-covered').length === 0;
  const isProven = hasKeys && unprovenReasons(digests).length === 0;
  const listed = `${counted(counts.digests, 'digest')} ${counts.digests === 1 ? 'lists' : 'list'} ${counted(counts.logFiles, 'log file')}`;
  return {
    verdict: isProven ? 'ok' : 'not-checked',
    looked: [
      `${isComplete && !hasKeys ? 'complete according to unsigned digests: ' : ''}${listed}`,
      ...(findings === 0 ? ['all are here, unchanged'] : []),
      hasKeys ? `CloudTrail signed ${counts.signed} of the digests` : withoutKeys(ranges),
      ...(counts.unlisted > 0 ? [`${counted(counts.unlisted, 'log file')} in no digest`] : []),
      ...(counts.newer > 0 ? [`${counted(counts.newer, 'log file')} newer than the newest digest`] : []),
    ].join('; '),
    counts,
  };
};

const of = (ranges: readonly TrailRange[], files: FilesStatus): readonly TrailRange[] =>
  ranges.filter((range) => range.files === files);

const sum = (ranges: readonly TrailRange[], member: 'digests' | 'logFiles'): number =>
  ranges.reduce((total, range) => total + range[member], 0);

/** What is missing without keys, and the command that gets them. */
const withoutKeys = (ranges: readonly TrailRange[]): string => {
  const own = ranges.filter(({ digests }) => digests > 0);
  const regions = [...new Set(own.map(({ region }) => region))];
  const [region = ''] = regions;
  const from = own.map((range) => range.from ?? '').sort()[0];
  const until = own
    .map((range) => range.until ?? '')
    .sort()
    .at(-1);
  const where = regions.length === 1 ? `--region ${region}` : '--region REGION';
  const each = regions.length === 1 ? '' : `, one FILE for each of the ${regions.length} Regions`;
  return `signatures NOT CHECKED: pass --trail-keys FILE with the output of \`aws cloudtrail list-public-keys ${where} --start-time ${from} --end-time ${until}\`${each}`;
};

/** What stays unproven of the files of a trail, as a sentence. It is empty where nobody asked for a proof. */
export const unprovenTrailFiles = ({ digests, asksForProof }: TrailFilesFacts): readonly string[] => {
  if (!asksForProof) return [];
  if (!digests) return [`UNPROVEN: ${NO_DIGESTS}.`];
  const reasons = unprovenReasons(digests);
  return reasons.length > 0
    ? [`UNPROVEN: the files of the trail are not shown to be complete: ${reasons.join('; ')}.`]
    : [];
};

const unprovenReasons = ({ ranges, unproven }: DigestFacts): readonly string[] => {
  const { noKey, noSignature } = unproven;
  const unlisted = sum(of(ranges, 'unlisted'), 'logFiles');
  const uncovered = of(ranges, 'not-covered').length;
  return [
    ...(noKey > 0
      ? [`${counted(noKey, 'digest')} signed with a key that is not in the files of --trail-keys`]
      : []),
    ...(noSignature > 0
      ? [`${counted(noSignature, 'digest')} without a signature, which the digest after it would have`]
      : []),
    ...(unlisted > 0 ? [`${counted(unlisted, 'log file')} in no digest`] : []),
    ...(uncovered > 0 ? [`${counted(uncovered, 'time')} without digests`] : []),
  ];
};
