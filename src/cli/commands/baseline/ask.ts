import { setTimeout as delay } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Asked, askAccount } from '../../../baseline/ask-account.ts';
import { WrongUsageError } from '../../errors.ts';
import type { Console } from '../../terminal.ts';

/** Who is asked. */
export interface AskGiven {
  /** The account that the credentials must be of; any by default. */
  readonly account: string | undefined;
  /** The Region of the configuration by default. */
  readonly regions: readonly string[];
}

/**
 * Asks the account of the credentials. Throws a `WrongUsageError` if it is not the one that was given. Rejects with the
 * SDK's error if there are no credentials or no Region.
 */
export const ask = async (given: AskGiven, console: Console): Promise<Asked> => {
  const clients: { destroy(): void }[] = [];
  const client = (region: string | undefined): EC2Client => {
    // The SDK's retries are off: tagledger repeats calls itself, by failure class.
    const made = new EC2Client({ ...(region !== undefined && { region }), maxAttempts: 1 });
    clients.push(made);
    return made;
  };
  try {
    const regions =
      given.regions.length > 0 ? [...new Set(given.regions)] : [await client(undefined).config.region()];
    const account = await callerAccount(regions[0] ?? '');
    if (given.account !== undefined && given.account !== account)
      throw new WrongUsageError(
        `The credentials are of account ${account}, and --account names ${given.account}. Name the profile of that account with --profile, or leave out --account.`,
      );
    return await askAccount(
      {
        ec2: client,
        now: () => new Date(),
        waiting: { sleep: delay, remainingMs: () => Number.POSITIVE_INFINITY },
        onCall: (done, total) => console.progress(done, total, 'calls'),
      },
      account,
      regions,
    );
  } finally {
    for (const one of clients) one.destroy();
  }
};

const callerAccount = async (region: string): Promise<string> => {
  const sts = new STSClient({ region });
  try {
    return (await sts.send(new GetCallerIdentityCommand())).Account ?? '';
  } finally {
    sts.destroy();
  }
};
