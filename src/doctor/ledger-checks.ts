import { counted } from '../alerts/notices/alert-text.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { WaitingRequest } from '../projections/oldest-request.ts';
import type { TamperedMark } from '../projections/tampered-mark.ts';
import { type Diagnosis, fine, wrong } from './diagnosis.ts';

/** Longer than any wait between two attempts with the default settings. */
const STUCK_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Formats an age in minutes or hours, for people. */
export const ageText = (ms: number): string =>
  ms < 2 * 3_600_000 ? `${Math.floor(ms / MINUTE_MS)} minutes` : `${Math.floor(ms / 3_600_000)} hours`;

/** Checks that no request has waited so long that something must be wrong. `todo` says what gets it going. */
export const waiting = (oldest: WaitingRequest | undefined, now: Date, todo: string): Diagnosis => {
  if (!oldest) return fine('requests', 'no request waits');
  const ms = now.getTime() - Date.parse(oldest.since);
  const says = `a request for ${oldest.stream} has waited for ${ageText(ms)}, in its attempt ${oldest.attempt}`;
  return ms < STUCK_MS ? fine('requests', says) : wrong('requests', says, todo);
};

/** Checks that no recorded event was ever changed or removed. */
export const tampering = (
  marks: ReadonlyMap<ResourceArn, Pick<TamperedMark, 'first'>>,
  todo: string,
): Diagnosis => {
  const [first] = [...marks];
  if (!first)
    return fine('tampering', 'no event was ever changed or removed, as far as the change feed showed');
  const [arn, { first: since }] = first;
  const others = marks.size > 1 ? `, and of ${counted(marks.size - 1, 'other resource')}` : '';
  return wrong('tampering', `events of ${arn} were changed or removed at ${since}${others}`, todo);
};

/** Checks that there are no dead letters, which wait to be redriven. */
export const givenUp = (messages: number, where: string, todo: string): Diagnosis =>
  messages === 0
    ? fine('given up', `nothing is in ${where}`)
    : wrong('given up', `${counted(messages, 'message')} in ${where}: something could not be handled`, todo);
