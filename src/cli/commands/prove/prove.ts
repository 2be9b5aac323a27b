import { LogDamagedError } from '../../../sealing/log/seal-errors.ts';
import { sealedHeads } from '../../../sealing/log/sealed-heads.ts';
import { proveConsistency, proveEvents } from '../../../sealing/prove.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { type Bundle, bundleText } from '../../../verifier/bundle.ts';
import { fromDecimal } from '../../../verifier/strict-text.ts';
import { verifyBundle } from '../../../verifier/verify-bundle.ts';
import type { Command, Invocation } from '../../command.ts';
import { NotKnownError, WrongUsageError } from '../../errors.ts';
import { exitOf } from '../../exit-codes.ts';
import { findStream, oneResource, unknownResource } from '../../ledger/find-resource.ts';
import { type OpenLog, openLog, openLogs } from '../../ledger/open-log.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';

/**
 * `tagledger prove`: a proof that events are sealed, or that the log was only appended to. Unsealed events
 * cannot be proven.
 */
export const prove: Command = {
  usage: 'prove RESOURCE [--seq N] [--log WHERE] | prove --from SIZE [--to SIZE] [--log WHERE]',
  summary:
    'a bundle that proves that the events of a resource are sealed, or that one checkpoint extends another; check it with verify --bundle',
  options: {
    seq: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    log: { type: 'string' },
  },
  exits: ['done', 'failed', 'usage', 'unknown'],
  async run(invocation) {
    const { values, ledger, env, console } = invocation;
    const log = await openLog(await openLogs(values.log, ledger, env));
    const { bundle, isWhole } = await damageSaid(
      values.from === undefined ? proofOfEvents(invocation, log) : proofOfGrowth(invocation, log),
    );
    const text = bundleText(bundle);
    // Verify the proof before it is handed out.
    const verdict = verifyBundle(text, [log.key]);
    if (!verdict.holds)
      throw new InvalidInputError(`the log does not give a proof that holds: ${verdict.message}`);
    console.stdout(text.trimEnd());
    return exitOf({ unknown: !isWhole });
  },
};

/** A bundle, and whether it proves everything that was requested. */
interface Proof {
  readonly bundle: Bundle;
  readonly isWhole: boolean;
}

const proofOfEvents = async (
  { positionals, values, ledger: where, env, console }: Invocation,
  { log, key, checkpoint }: OpenLog,
): Promise<Proof> => {
  const resource = oneResource(positionals, 'prove');
  if (values.to !== undefined) throw new WrongUsageError('got --to without --from, expected both');
  const seq = values.seq === undefined ? undefined : count(values.seq, '--seq');
  const ledger = await openReadOnly({ ledger: where, env, console });
  try {
    const { arn, events } = await findStream(ledger, resource);
    if (events.length === 0) throw unknownResource(resource);
    const wanted = events.filter((event) => seq === undefined || event.seq === seq);
    if (wanted.length === 0)
      throw new InvalidInputError(`got --seq ${seq}, expected 1 to ${events.length}: the events of ${arn}`);
    const head = (await sealedHeads(ledger.coordination, key.name, [arn])).get(arn);
    const bundle = await proveEvents(log, checkpoint, wanted, head);
    const left = wanted.length - bundle.events.length;
    const unsealed = `${left} of ${wanted.length} events of ${arn} are not sealed yet`;
    if (bundle.events.length === 0) throw new NotKnownError(`${unsealed}: try again after the next seal`);
    if (left > 0) console.stderr(`${unsealed}, and left out`);
    return { bundle, isWhole: left === 0 };
  } finally {
    await ledger.close();
  }
};

const proofOfGrowth = async (
  { positionals, values }: Invocation,
  { log, checkpoint }: OpenLog,
): Promise<Proof> => {
  if (positionals.length > 0 || values.seq !== undefined)
    throw new WrongUsageError(
      'got --from with a resource or --seq, expected --from SIZE and --to SIZE alone',
    );
  const earlier = await checkpointAt(log, count(values.from, '--from'));
  const later = values.to === undefined ? checkpoint : await checkpointAt(log, count(values.to, '--to'));
  return { bundle: await proveConsistency(log, earlier, later), isWhole: true };
};

const checkpointAt = async (log: OpenLog['log'], size: number): Promise<string> => {
  const note = await log.checkpoint(size);
  if (note === undefined)
    throw new InvalidInputError(`got ${size}, expected a number of leaves at which the log had a checkpoint`);
  return note;
};

const count = (value: unknown, option: string): number => {
  const number = fromDecimal(String(value));
  if (!number) throw new WrongUsageError(`got ${option} ${value}, expected a whole number from 1 on`);
  return number;
};

/** Reports a damaged log as an `InvalidInputError`, because it is not a failure of the program. */
const damageSaid = (proof: Promise<Proof>): Promise<Proof> =>
  proof.catch((error: unknown) => {
    throw error instanceof LogDamagedError ? new InvalidInputError(error.message, { cause: error }) : error;
  });
