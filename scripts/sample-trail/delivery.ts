import { DATA_ACCOUNT, PROD_ACCOUNT } from './identities.ts';
import { type Entry, moment } from './journal.ts';
import type { Random } from './random.ts';
import type { CloudTrailRecord } from './record.ts';
import type { Json } from './wire.ts';

/** A file of the trail. */
export interface TrailFile {
  readonly name: string;
  readonly records: readonly CloudTrailRecord[];
}

/** Each account and Region has log files of its own; `until` closes them, one after the other. */
const LOGS = [
  { account: PROD_ACCOUNT, region: 'eu-west-1', until: '30 13:00:00', gzip: true },
  { account: PROD_ACCOUNT, region: 'eu-west-1', until: '31 18:05:00', gzip: true },
  { account: PROD_ACCOUNT, region: 'us-east-1', until: '31 18:05:00', gzip: true },
  { account: DATA_ACCOUNT, region: 'us-east-1', until: '31 18:05:00', gzip: true },
  { account: DATA_ACCOUNT, region: 'eu-west-1', until: '30 18:05:00', gzip: false },
] as const;

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const hours = (n: number): number => n * 3_600_000;

/** The record as a log file has it: one that CloudTrail delivers late says so. */
const inLog = ({ record, delivery }: Entry): CloudTrailRecord =>
  delivery.late ? { ...record, addendum: { reason: 'DELIVERY_DELAY' } } : record;

/** The log files, with late and repeated records where they belong and every tenth pair of neighbours swapped. */
export const logFiles = (r: Random, entries: readonly Entry[]): TrailFile[] => {
  const left = new Set(
    entries
      .filter(({ delivery }) => delivery.bus !== 'only')
      .flatMap((entry) => {
        const { late = 0, again } = entry.delivery;
        const arrival = entry.at.getTime() + hours(late);
        return [{ entry, arrival }, ...(again ? [{ entry, arrival: arrival + hours(again) }] : [])];
      }),
  );
  const files = LOGS.map(({ account, region, until, gzip }) => {
    const here = [...left].filter(
      ({ entry: { record }, arrival }) =>
        record.recipientAccountId === account &&
        record.awsRegion === region &&
        arrival < moment(until).getTime(),
    );
    for (const copy of here) left.delete(copy);
    const records = here.sort((a, b) => a.arrival - b.arrival).map(({ entry }) => inLog(entry));
    const closed = moment(until).toISOString().slice(0, 16).replaceAll(/[-:]/g, '');
    const name = `${account}_CloudTrail_${region}_${closed}Z_${r.letters(16, ALPHANUMERIC)}.json`;
    return { name: gzip ? `${name}.gz` : name, records: swapSome(r, records) };
  });
  const [lost] = left;
  if (lost)
    throw new Error(`No log file takes ${lost.entry.record.eventName} of ${lost.entry.record.eventTime}`);
  return files;
};

const swapSome = <T>(r: Random, list: readonly T[]): T[] => {
  const swapped = [...list];
  for (let i = 0; i + 1 < swapped.length; i++) {
    if (r.below(10) > 0) continue;
    const [a, b] = [swapped[i] as T, swapped[i + 1] as T];
    swapped[i++] = b;
    swapped[i] = a;
  }
  return swapped;
};

/** The record in the envelope that EventBridge delivers it in. */
export const envelope = (r: Random, record: CloudTrailRecord): Readonly<Record<string, Json>> => ({
  version: '0',
  id: r.uuid(),
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  account: record.recipientAccountId,
  time: record.eventTime,
  region: record.awsRegion,
  resources: [],
  detail: record,
});

/** What EventBridge delivered: in time, so before the log files, but not of everything. */
export const onTheBus = (entries: readonly Entry[]): CloudTrailRecord[] =>
  entries
    .filter(({ delivery }) => delivery.bus)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ record }) => record);
