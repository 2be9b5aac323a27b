import type { ResourceArn } from '../../events/resource-arn.ts';
import { UnreadableArchiveError } from '../compressed.ts';

/**
 * How an archive differs from its ledger at one place. `missing`: the archive lacks the event. `unexpected`:
 * the archive has an event that the ledger lacks. `differs`: the archive has another event.
 */
export interface EventDifference {
  readonly kind: 'missing' | 'unexpected' | 'differs';
  readonly stream: ResourceArn;
  readonly seq: number;
}

/** An object of an archive that is missing, was edited or replaced, or says what the events do not say. */
interface ObjectDifference {
  readonly kind: 'object';
  /** Its name in the archive. */
  readonly object: string;
  /** What is wrong with it. */
  readonly says: string;
}

export type ArchiveDifference = EventDifference | ObjectDifference;

/** A difference in a few words. */
export const differenceText = (difference: ArchiveDifference): string =>
  difference.kind === 'object'
    ? difference.says
    : `${difference.kind} ${difference.stream} ${difference.seq}`;

/** Is told of each object that is wrong. */
export type OnWrong = (object: string, says: string) => void;

/** Reads something. If the archive cannot be read there, tells of the object and returns undefined. */
export const unlessUnreadable = async <T>(
  object: string,
  onWrong: OnWrong,
  read: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnreadableArchiveError)) throw error;
    onWrong(object, error.what);
    return undefined;
  }
};
