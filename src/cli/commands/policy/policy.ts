import { userInfo } from 'node:os';
import { recordPolicy } from '../../../commands/record-policy.ts';
import { transact } from '../../../commands/transact.ts';
import { POLICY_STREAM } from '../../../events/ledger-stream.ts';
import { readPolicies } from '../../../policies/read-policies.ts';
import { InvalidPolicyError } from '../../../policies/remark.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { openRuntime } from '../../ledger/open-runtime.ts';
import { sealNewAndTell } from '../../ledger/seal-folder.ts';
import { startOf } from '../../period-options.ts';
import { policyFiles } from '../../policy-files.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { writeList, writeObject } from '../../write-output.ts';
import type { PolicyInvocation } from './flags.ts';
import { linesOfPolicy, policyText, problemsText, viewOfPolicy } from './text.ts';

/**
 * `tagledger policy check FILE...`: what policies require, or why they are invalid, which is a failure. It
 * needs no ledger. `tagledger policy record FILE...`: puts them into force in a ledger.
 */
export const run = async (invocation: PolicyInvocation): Promise<Exit> => {
  const { ACTION, FILE } = invocation.args;
  if (ACTION === 'record') return await record(invocation, FILE);
  if (invocation.values.by !== undefined || invocation.values.from !== undefined) {
    throw new WrongUsageError(
      '--by and --from are for `policy record`: a check records nothing. Leave them out.',
    );
  }
  return check(invocation, FILE);
};

const check = ({ format, console }: PolicyInvocation, names: readonly string[]): Exit => {
  const files = policyFiles(names);
  try {
    const read = readPolicies(files);
    if (format === 'text') console.stdout(policyText(read, files, console.style));
    else if (format === 'json') writeObject(console, format, viewOfPolicy(read, files));
    else writeList(console, format, linesOfPolicy(read, files));
    return 'done';
  } catch (error) {
    if (!(error instanceof InvalidPolicyError)) throw error;
    const { problems } = error;
    if (format === 'text') console.stdout(problemsText(problems));
    else if (format === 'json') writeObject(console, format, { valid: false, problems });
    else
      writeList(
        console,
        format,
        problems.map((problem) => ({ kind: 'problem', ...problem })),
      );
    return 'failed';
  }
};

const record = async (
  { values, format, ledger: where, env, console }: PolicyInvocation,
  names: readonly string[],
): Promise<Exit> => {
  const files = policyFiles(names);
  const { id } = readPolicies(files);
  const effectiveAt = startOf(values.from) ?? new Date().toISOString();
  const who = { name: values.by ?? userInfo().username, kind: 'Direct' };
  const decide = recordPolicy({ policy: id, files: [...files], who, effectiveAt });
  const ledger = await openRuntime(where, env, { show: console.progress, say: console.stderr });
  try {
    const { appended } = await transact(
      { store: ledger.store, eventFormat: ledger.eventFormat, now: () => new Date() },
      POLICY_STREAM,
      decide,
    );
    await ledger.embedded?.settle();
    const broken = await sealNewAndTell(ledger, { env, console });
    const [fresh] = appended;
    if (format !== 'text') {
      const view = {
        policy: id,
        recorded: fresh !== undefined,
        effectiveAt: fresh?.event.effectiveAt ?? null,
      };
      writeObject(console, format, view);
    } else if (fresh)
      console.stdout(
        sanitizeTerminal(`recorded the policy ${id}, in force from ${effectiveAt}, by ${who.name}`),
      );
    else console.stdout(`the policy ${id} is in force already: recorded nothing`);
    return exitOf({ failed: broken > 0 });
  } finally {
    await ledger.close();
  }
};
