import { counted } from '../../alerts/notices/alert-text.ts';
import type { UnfinishedWork } from '../../embedded/read-ledger-folder.ts';

/**
 * Describes in one line what the consumers of a folder's ledger have not finished, and which commands finish
 * it; undefined if nothing is left.
 */
export const unfinishedText = (
  folder: string,
  { unprojected, unapplied, due, isArchiveMissing, givenUp }: UnfinishedWork,
): string | undefined => {
  const consume = [
    ...(unprojected > 0 ? [`${counted(unprojected, 'event')} ${are(unprojected)} not projected yet`] : []),
    ...(unapplied > 0 ? [`${counted(unapplied, 'tag request')} ${are(unapplied)} not applied yet`] : []),
    ...(due > 0 ? [`${counted(due, 'attempt')} ${are(due)} due`] : []),
    ...(isArchiveMissing ? ['the archive is missing'] : []),
  ];
  const remedies = [
    ...(consume.length > 0 ? [`${listed(consume)}: run \`tagledger consume --ledger ${folder}\``] : []),
    ...(givenUp > 0
      ? [
          `${givenUp === 1 ? '1 batch was' : `${givenUp} batches were`} given up: run \`tagledger redrive --ledger ${folder}\``,
        ]
      : []),
  ];
  return remedies.length > 0 ? remedies.join('; ') : undefined;
};

const are = (n: number): string => (n === 1 ? 'is' : 'are');

const listed = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter(Boolean).join(' and ');
