import { counted } from '../alerts/notices/alert-text.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Horizon } from '../projections/horizon.ts';
import type { WaitingRequest } from '../projections/oldest-request.ts';
import type { TamperedMark } from '../projections/tampered-mark.ts';
import { allOf, type Diagnosis, fine, unknown, wrong } from './diagnosis.ts';

/** Longer than any wait between two attempts with the default settings. */
const STUCK_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Formats an age in minutes, hours or days, for people: at least two of the larger unit. */
export const ageText = (ms: number): string => {
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 2) return counted(Math.floor(ms / MINUTE_MS), 'minute');
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
};

/** Checks that no request has waited so long that something must be wrong. `todo` says what gets it going. */
export const waiting = (oldest: WaitingRequest | undefined, now: Date, todo: string): Diagnosis => {
  if (!oldest) return fine('requests', 'no request is waiting');
  const ms = now.getTime() - Date.parse(oldest.since);
  const says = `a request for ${oldest.stream} has been waiting for ${ageText(ms)}, at attempt ${oldest.attempt}`;
  return ms < STUCK_MS ? fine('requests', says) : wrong('requests', says, todo);
};

/** Checks that no recorded event was ever changed or removed. */
export const tampering = (
  marks: ReadonlyMap<ResourceArn, Pick<TamperedMark, 'first'>>,
  todo: string,
): Diagnosis => {
  const [first] = [...marks];
  if (!first) return fine('tampering', 'the change feed showed no event that was changed or removed');
  const [arn, { first: since }] = first;
  const others = marks.size > 1 ? `, and of ${counted(marks.size - 1, 'other resource')}` : '';
  return wrong('tampering', `events of ${arn} were changed or removed at ${since}${others}`, todo);
};

/** Checks that there are no dead letters, which wait to be redriven. */
export const givenUp = (messages: number, where: string, todo: string): Diagnosis =>
  messages === 0
    ? fine('dead letters', `there are no dead letters in ${where}`)
    : wrong(
        'dead letters',
        `${counted(messages, 'dead letter')} in ${where}, which could not be processed`,
        todo,
      );

/** A heartbeat comes every hour. */
const HEARTBEAT_LATE_MS = 2 * 3_600_000;

/**
 * Says until when the ledger has heard of AWS, and checks that no account has stopped to send heartbeats. Files have no
 * such duty. `todo` says where to look for a lost heartbeat.
 */
export const horizon = ({ heardUntil, accounts }: Horizon, now: Date, todo: string): readonly Diagnosis[] => {
  const late = (at: string) => now.getTime() - Date.parse(at) > HEARTBEAT_LATE_MS;
  const lost = accounts.filter((one) => one.source === 'heartbeat' && late(one.heardUntil));
  return allOf(
    'horizon',
    heardUntil === null
      ? 'the ledger has no data from AWS yet'
      : `the ledger has data from AWS until ${heardUntil}, ${agoText(heardUntil, now)}`,
    lost.map(({ account, heardUntil: last }) => [
      false,
      `account ${account} has sent no heartbeat since ${last}`,
      todo,
    ]),
  );
};

/** A horizon can be a few minutes ahead of a clock. */
const agoText = (at: string, now: Date): string =>
  `${ageText(Math.max(0, now.getTime() - Date.parse(at)))} ago`;

/** The horizon of a deployed ledger is not known before its first heartbeat. */
export const deployedHorizon = (heard: Horizon, now: Date, todo: string): readonly Diagnosis[] =>
  heard.accounts.length > 0
    ? horizon(heard, now, todo)
    : [
        unknown(
          'horizon',
          'no heartbeat was recorded',
          'deploy this version with EVENT_FORMAT=2, and wait an hour',
        ),
      ];
