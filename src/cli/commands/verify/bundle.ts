import { InvalidInputError } from '../../../shared/errors.ts';
import type { SignedCheckpoint } from '../../../verifier/checkpoint.ts';
import { type Verdict, verifyBundle } from '../../../verifier/verify-bundle.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { keysIn, proofText } from '../../ledger/proof-files.ts';
import type { TextStyle } from '../../text-style.ts';
import { FACTS, table } from '../../views/table.ts';
import { writeObject } from '../../write-output.ts';
import type { VerifyInvocation } from './flags.ts';

/**
 * `tagledger verify --bundle FILE --key FILE`: verifies a bundle from these two files alone. A bundle that
 * does not hold is a finding. Throws an `InvalidInputError` if it cannot be verified.
 */
export const verifyBundleFile = (
  bundle: string,
  key: string | undefined,
  { format, console }: Pick<VerifyInvocation, 'format' | 'console'>,
): Exit => {
  if (key === undefined)
    throw new WrongUsageError('--bundle needs the public key of the log. Pass it with --key FILE.');
  const verdict = verifyBundle(proofText(bundle), keysIn(key));
  if (!verdict.holds && verdict.reason === 'malformed') throw new InvalidInputError(verdict.message);
  if (format !== 'text') writeObject(console, format, viewOf(verdict));
  else if (verdict.holds) console.stdout(holdsText(verdict, console.style));
  else console.stdout(`does not hold: ${verdict.reason}: ${verdict.message}`);
  return exitOf({ finding: !verdict.holds });
};

type Held = Extract<Verdict, { readonly holds: true }>;

/** A verdict in machine-readable form. */
const viewOf = (verdict: Verdict) =>
  verdict.holds
    ? {
        holds: true,
        checkpoint: checkpointView(verdict.checkpoint),
        events: verdict.events.map(({ proof: _, ...event }) => event),
        earlier: verdict.earlier.map(checkpointView),
      }
    : verdict;

const checkpointView = ({ origin, size, root, signedAt }: SignedCheckpoint) => ({
  origin,
  size,
  root: Buffer.from(root).toString('hex'),
  signedAt: signedAt === undefined ? null : new Date(signedAt * 1000).toISOString(),
});

const holdsText = ({ checkpoint, events, earlier }: Held, style: TextStyle): string => {
  const { origin, size, root, signedAt } = checkpointView(checkpoint);
  const [first] = events;
  const last = events.at(-1);
  return table(
    [
      ['holds', 'yes'],
      ['log', origin],
      ['checkpoint', `${size} leaves, root ${root}`],
      ['signed at', signedAt ?? 'it does not say'],
      ...(first && last
        ? [
            ['resource', first.stream],
            ['events', first.seq === last.seq ? `seq ${first.seq}` : `seq ${first.seq} to ${last.seq}`],
          ]
        : []),
      ...events.map(({ seq, index, hash }) => ['', `seq ${seq} at ${index} of the log, hash ${hash}`]),
      ...earlier.map((one) => [
        'extends',
        `the log of ${one.size} leaves, signed at ${checkpointView(one).signedAt}`,
      ]),
    ],
    style,
    FACTS,
  );
};
