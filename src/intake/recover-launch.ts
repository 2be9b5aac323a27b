import { accountOf } from '../cloudtrail/account.ts';
import type { Hints } from '../cloudtrail/body/omission.ts';
import { hintsOfLaunch, type LaunchedInstance, recoveredLaunch } from '../cloudtrail/body/recovery.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import type { Telemetry } from '../shared/telemetry.ts';
import { classifyFailure } from '../tagging/ec2/classify-failure.ts';
import type { InputMessage } from './read-input.ts';

/** Asks EC2 for the instances of a launch, none where it knows none; rejects with the EC2 client's errors. */
export type InstancesOf = (
  account: string,
  region: string,
  hints: Hints,
) => Promise<readonly LaunchedInstance[]>;

/**
 * Messages in which each launch has its instances, asked of EC2 where CloudTrail left them out. Everything else is as
 * it was, and so is a launch of which EC2 tells nothing: it may not be asked, or does not know it any more.
 * Rejects with what passes with time, and with what nobody expects: the input is then delivered again.
 */
export const recoverLaunches = async (
  instancesOf: InstancesOf,
  telemetry: Telemetry,
  messages: readonly InputMessage[],
): Promise<InputMessage[]> => {
  const whole: InputMessage[] = [];
  // There are few: one after the other spares EC2's token bucket.
  for (const message of messages) {
    whole.push(
      message.kind === 'record'
        ? { kind: 'record', record: await recovered(instancesOf, telemetry, message.record) }
        : message,
    );
  }
  return whole;
};

const recovered = async (
  instancesOf: InstancesOf,
  telemetry: Telemetry,
  record: CloudTrailRecord,
): Promise<CloudTrailRecord> => {
  const hints = hintsOfLaunch(record);
  const account = accountOf(record);
  if (!hints || !account) return record;
  try {
    const instances = await instancesOf(account, record.awsRegion ?? '', hints);
    return instances.length > 0 ? recoveredLaunch(record, instances) : record;
  } catch (error) {
    const failure = classifyFailure(error);
    if (!REFUSALS.has(failure.class)) throw error;
    telemetry.error('EC2 does not tell the instances of a launch that CloudTrail left out', {
      error,
      cause: record.eventID,
    });
    return record;
  }
};

/** Asked again, EC2 would say the same. */
const REFUSALS: ReadonlySet<string> = new Set(['denied', 'invalid', 'not-found']);
