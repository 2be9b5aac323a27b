import { LogDamagedError } from '../../../sealing/log/seal-errors.ts';
import { sealedHeads } from '../../../sealing/log/sealed-heads.ts';
import { checkpointName } from '../../../sealing/log/sealed-log.ts';
import { proveConsistency, proveEvents } from '../../../sealing/prove.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { sentence } from '../../../shared/text.ts';
import { type Bundle, bundleText } from '../../../verifier/bundle.ts';
import { parseCheckpoint } from '../../../verifier/checkpoint.ts';
import { parseNote } from '../../../verifier/signed-note.ts';
import { fromDecimal } from '../../../verifier/strict-text.ts';
import { verifyBundle } from '../../../verifier/verify-bundle.ts';
import { NotKnownError, WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { findStream, resourceNamed, unknownResource } from '../../ledger/find-resource.ts';
import { type OpenLog, openLog, openLogs } from '../../ledger/open-log.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';
import type { ProveInvocation } from './flags.ts';

/**
 * `tagledger prove`: a proof that events are sealed, or that the log was only appended to. Unsealed events
 * cannot be proven.
 */
export const run = async (invocation: ProveInvocation): Promise<Exit> => {
  const { values, ledger, env, console } = invocation;
  const log = await openLog(await openLogs(values.log, ledger, env));
  const { bundle, isWhole } = await (values['from-size'] === undefined
    ? proofOfEvents(invocation, log)
    : proofOfGrowth(invocation, log));
  const text = bundleText(bundle);
  // Verify the proof before it is handed out.
  const verdict = verifyBundle(text, [log.key]);
  if (!verdict.holds)
    throw new InvalidInputError(
      `The log gives no proof that holds: ${sentence(verdict.message)} See what is wrong with \`tagledger verify --key FILE\`.`,
    );
  console.stdout(text.trimEnd());
  return exitOf({ unknown: !isWhole });
};

/** A bundle, and whether it proves everything that was requested. */
interface Proof {
  readonly bundle: Bundle;
  readonly isWhole: boolean;
}

const proofOfEvents = async (
  { args, values, ledger: where, env, console }: ProveInvocation,
  { log, key, checkpoint }: OpenLog,
): Promise<Proof> => {
  if (args.RESOURCE === undefined)
    throw new WrongUsageError(
      '`tagledger prove` needs a RESOURCE such as i-0abc, or --from-size N, an earlier size of the log. Run `tagledger prove --help` for examples.',
    );
  const resource = resourceNamed(args.RESOURCE);
  if (values['at-size'] !== undefined)
    throw new WrongUsageError('--at-size is for --from-size. Pass both, or leave --at-size out.');
  const seq = values.seq === undefined ? undefined : count(values.seq, '--seq');
  const ledger = await openReadOnly({ ledger: where, env, console });
  try {
    const { arn, events } = await findStream(ledger, resource);
    if (events.length === 0) throw unknownResource(resource);
    const wanted = events.filter((event) => seq === undefined || event.seq === seq);
    if (wanted.length === 0)
      throw new InvalidInputError(`${arn} has no event ${seq}. Use a --seq from 1 to ${events.length}.`);
    const head = (await sealedHeads(ledger.coordination, key.name, [arn])).get(arn);
    const bundle = await proveEvents(log, checkpoint, wanted, head);
    const left = wanted.length - bundle.events.length;
    const unsealed = `${left} of ${wanted.length} events of ${arn} are not sealed yet`;
    if (bundle.events.length === 0) throw new NotKnownError(`${unsealed}. Try again after the next seal.`);
    if (left > 0) console.stderr(`${unsealed}, so they are left out.`);
    return { bundle, isWhole: left === 0 };
  } finally {
    await ledger.close();
  }
};

const proofOfGrowth = async (
  { args, values }: ProveInvocation,
  { log, checkpoint }: OpenLog,
): Promise<Proof> => {
  if (args.RESOURCE !== undefined || values.seq !== undefined)
    throw new WrongUsageError('--from-size proves the growth of the log. Leave out the resource and --seq.');
  const at = values['at-size'];
  const earlier = await checkpointAt(log, count(values['from-size'], '--from-size'));
  const later = at === undefined ? checkpoint : await checkpointAt(log, count(at, '--at-size'));
  return { bundle: await proveConsistency(log, earlier, later), isWhole: true };
};

const checkpointAt = async (log: OpenLog['log'], size: number): Promise<string> => {
  const note = await log.checkpoint(size);
  if (note === undefined)
    throw new InvalidInputError(
      `The log has no checkpoint of ${size} leaves. Use the size that a kept checkpoint names in its second line.`,
    );
  if (parseCheckpoint(parseNote(note).text).size !== size)
    throw new LogDamagedError(`the object ${checkpointName(size)} is not the checkpoint of ${size} leaves`);
  return note;
};

const count = (value: unknown, option: string): number => {
  const number = fromDecimal(String(value));
  if (!number)
    throw new WrongUsageError(
      `The value ${JSON.stringify(value)} of ${option} is not a whole number from 1 on. Correct it.`,
    );
  return number;
};
