import type { Asked } from '../../../baseline/ask-account.ts';
import { accountId } from '../../../cloudtrail/account.ts';
import { isRegion } from '../../../events/resource-arn.ts';
import { isDate, readInstant } from '../../../projections/moment.ts';
import { WrongUsageError } from '../../errors.ts';
import { ofForm, readTyped } from '../../option-values.ts';
import type { BaselineInvocation } from './flags.ts';
import { readAnswers, writtenText } from './read-answers.ts';

/**
 * The answers of the files or of the account that the command line names. Throws a `WrongUsageError` if its options do not
 * go together, or do not tell enough.
 */
export const takeAnswers = async ({ args, values, console }: BaselineInvocation): Promise<Asked> => {
  const files = args.FILE;
  const isAsking = values['ask-account'];
  if (isAsking === files.length > 0)
    throw new WrongUsageError(
      isAsking
        ? 'Files and --ask-account do not go together. Leave out one of them.'
        : 'Nothing was named that shows what exists. Name files of `aws ec2 describe-*`, or pass --ask-account.',
    );
  const account =
    values.account && ofForm('account', values.account, isAccount, 'the 12 digits of an account');
  const regions = values.region.map((one) =>
    ofForm('region', one, isRegion, 'the name of a Region, such as eu-west-1'),
  );
  if (isAsking) {
    if (values['taken-at'] !== undefined)
      throw new WrongUsageError('--taken-at is for files: an account is asked now. Leave it out.');
    // Loaded on demand, because reading files needs no AWS client.
    const { ask } = await import('./ask.ts');
    return ask({ account, regions }, console);
  }
  const [region, ...others] = regions;
  if (others.length > 0)
    throw new WrongUsageError(
      'Files are from one Region, and --region is given more than once. Record the files of each Region in a run of its own.',
    );
  const at = await takenAt(values['taken-at'], files);
  const answers = await readAnswers(files, { at, ...(account && { account }), ...(region && { region }) });
  return { answers, failed: [] };
};

const isAccount = (text: string): boolean => accountId(text) !== undefined;

/**
 * The moment of files. It has no default: the time of a file is that of its copy, so it would claim that things existed
 * longer than anybody saw.
 */
const takenAt = async (given: string | undefined, files: readonly string[]): Promise<string> => {
  if (given === undefined)
    throw new WrongUsageError(
      `The files do not say when they were taken. Pass --taken-at TIME, the time at which the AWS CLI was run${await writtenText(files)}.`,
    );
  if (isDate(given))
    throw new WrongUsageError(
      `The date ${given} of --taken-at has no time of day, and what exists changes within a day. Add one, such as ${given}T09:00Z.`,
    );
  const at = readTyped(() => readInstant('--taken-at', given));
  if (at > new Date().toISOString())
    throw new WrongUsageError(`The time ${given} of --taken-at is in the future. Correct it.`);
  return at;
};
