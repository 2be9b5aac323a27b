import { idFrom } from './hash-chain.ts';
import { arnOf, type ResourceArn } from './resource-arn.ts';

/**
 * A stream of the ledger's own, which is no resource's. Its name has the form of an ARN, as the names of all streams
 * have; no type of EC2 begins like this, and no account has the number.
 */
const ledgerStream = (type: 'policy' | 'tampering', id: string): ResourceArn =>
  arnOf({ region: 'us-east-1', account: '000000000000', type: `tagledger-${type}`, id });

/** The stream of the policies of a ledger. */
export const POLICY_STREAM = ledgerStream('policy', 'policies');

/**
 * Where tampering with a stream is recorded: one stream for each, so that many can be told of at once, and none is
 * written into what was tampered with. `undefined` stands for the ledger or its log as a whole.
 */
export const tamperStreamOf = (tampered: string | undefined): ResourceArn =>
  ledgerStream('tampering', tampered === undefined ? 'ledger' : idFrom('tagledger/tampering/v1', tampered));

/** What the names of all streams of tampering match; `*` is any text. */
export const TAMPER_STREAMS: string = ledgerStream('tampering', '*');

const PREFIX = POLICY_STREAM.slice(0, POLICY_STREAM.indexOf('policy/'));

/** Whether a stream is one of the ledger's own. Whatever tells of resources leaves these out. */
export const isLedgerStream = (stream: string): boolean => stream.startsWith(PREFIX);
