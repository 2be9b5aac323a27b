import { accountOf } from '../cloudtrail/account.ts';
import type { Hints } from '../cloudtrail/body/omission.ts';
import { hintsOfLaunch, type LaunchedInstance, recoveredLaunch } from '../cloudtrail/body/recovery.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import type { Telemetry } from '../shared/telemetry.ts';
import { classifyFailure } from '../tagging/ec2/classify-failure.ts';
import type { InputMessage } from './read-input.ts';

/**
 * Asks EC2 for the instances of a launch. Resolves to `[]` when EC2 knows none; rejects with EC2 client
 * errors.
 */
export type InstancesOf = (
  account: string,
  region: string,
  hints: Hints,
) => Promise<readonly LaunchedInstance[]>;

/**
 * Adds to each launch the instances that CloudTrail omitted from its record, as EC2 reports them. Other
 * messages are unchanged, and so is a launch whose instances EC2 refuses to list or no longer knows. Rejects
 * with transient and unexpected errors, so that the input is delivered again.
 */
export const recoverLaunches = async (
  instancesOf: InstancesOf,
  telemetry: Telemetry,
  messages: readonly InputMessage[],
): Promise<InputMessage[]> => {
  const whole: InputMessage[] = [];
  // Such launches are few. Asking for one at a time spares EC2's token bucket.
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
    telemetry.error('EC2 does not name the instances of a launch that CloudTrail left out', {
      error,
      cause: record.eventID,
    });
    return record;
  }
};

/** Permanent failures: a retry would get the same answer from EC2. */
const REFUSALS: ReadonlySet<string> = new Set(['denied', 'invalid', 'not-found']);
