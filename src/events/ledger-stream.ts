import { InvalidInputError } from '../shared/errors.ts';
import { idFrom } from './hash-chain.ts';
import { arnOf, type ResourceArn, type ResourceIdentity } from './resource-arn.ts';
import { GAP_TYPE, type TagEvent } from './tag-event.ts';

/**
 * The account in the names of the ledger's own streams. It is not reserved: people use it to mask their own
 * account in records that they publish.
 */
const LEDGER_ACCOUNT = '000000000000';
/** Reserved in every account and Region: no EC2 type begins with this. */
const LEDGER_TYPE = 'tagledger-';

/**
 * A stream of the ledger's own, which belongs to no resource. Its name has the form of an
 * ARN, like that of every stream.
 */
const ledgerStream = (type: 'policy' | 'tampering' | 'coverage', id: string): ResourceArn =>
  arnOf({ region: 'us-east-1', account: LEDGER_ACCOUNT, type: `${LEDGER_TYPE}${type}`, id });

/** The stream of a ledger's policies. */
export const POLICY_STREAM = ledgerStream('policy', 'policies');

/**
 * The stream in which tampering with a stream is recorded. Each stream has its own, so that many can
 * be reported at once and nothing is written into the one that was tampered with. `undefined` means
 * the ledger or its log as a whole.
 */
export const tamperStreamOf = (tampered: string | undefined): ResourceArn =>
  ledgerStream('tampering', tampered === undefined ? 'ledger' : idFrom('tagledger/tampering/v1', tampered));

/** Matches the names of all tampering streams; `*` is any text. */
export const TAMPER_STREAMS: string = ledgerStream('tampering', '*');

/** The stream in which the coverage of an account is recorded. */
export const coverageStreamOf = (account: string): ResourceArn => ledgerStream('coverage', account);

/** The stream that holds the first coverage of each account, by which the streams of all accounts are found. */
export const COVERED_ACCOUNTS: ResourceArn = ledgerStream('coverage', 'accounts');

/** Matches the names of all coverage streams; `*` is any text. */
export const COVERAGE_STREAMS: string = ledgerStream('coverage', '*');

/** Matches the names of all gap streams; `*` is any text. */
export const GAP_STREAMS = `arn:*:ec2:*:*:${GAP_TYPE}/*`;

/** Matches the names of all other reserved streams, present and future; `*` is any text. */
export const LEDGER_STREAMS = `arn:*:ec2:*:*:${LEDGER_TYPE}*`;

const PREFIX = POLICY_STREAM.slice(0, POLICY_STREAM.indexOf('policy/'));
const TAMPER_PREFIX = TAMPER_STREAMS.slice(0, -1);
/** What the names of all coverage streams begin with. */
export const COVERAGE_PREFIX = COVERAGE_STREAMS.slice(0, -1);

/** Whether a stream is one of the ledger's own. Reports about resources skip these. */
export const isLedgerStream = (stream: string): boolean => stream.startsWith(PREFIX);

/**
 * What a stream is about. `reserved`: the name is kept for the ledger, and no event is recorded in it yet.
 */
export type StreamKind = 'resource' | 'gap' | 'policy' | 'tampering' | 'coverage' | 'reserved';

/** The kind of a stream, by its name. */
export const kindOfStream = (stream: string): StreamKind => {
  if (stream === POLICY_STREAM) return 'policy';
  if (stream.startsWith(TAMPER_PREFIX)) return 'tampering';
  if (stream.startsWith(COVERAGE_PREFIX)) return 'coverage';
  const [, , , , , resource = ''] = stream.split(':');
  if (resource.startsWith(LEDGER_TYPE)) return 'reserved';
  return resource.startsWith(`${GAP_TYPE}/`) ? 'gap' : 'resource';
};

/** The only kind of stream that may contain events of each type. */
const KINDS: Readonly<Record<TagEvent['type'], StreamKind>> = {
  TagRequested: 'resource',
  TagApplied: 'resource',
  TagFailed: 'resource',
  TagObserved: 'resource',
  ResourceRetired: 'resource',
  ResourceRestored: 'resource',
  DependencyObserved: 'resource',
  GapFound: 'gap',
  PolicyRecorded: 'policy',
  TamperDetected: 'tampering',
  CoverageRecorded: 'coverage',
};

/** Throws an `InvalidInputError` for an event of a type that does not belong in the stream. */
export const refuseForeignType = (stream: ResourceArn, type: TagEvent['type']): void => {
  const kind = kindOfStream(stream);
  if (KINDS[type] !== kind) {
    throw new InvalidInputError(
      `A ${type} cannot be recorded in ${stream}, which is a stream of the kind ${kind}. Name another stream.`,
    );
  }
};

/** Whether an event of a known type is in a stream of the ledger's own where it does not belong. */
export const isForeignType = (stream: string, type: string | undefined): boolean => {
  const kind = kindOfStream(stream);
  if (kind === 'resource' || type === undefined || !Object.hasOwn(KINDS, type)) return false;
  return KINDS[type as TagEvent['type']] !== kind;
};

/** The stream of a resource. Throws an `InvalidInputError` for a name that is reserved for the ledger. */
export const resourceStream = (identity: ResourceIdentity): ResourceArn => {
  const stream = arnOf(identity);
  if (kindOfStream(stream) === 'resource') return stream;
  throw new InvalidInputError(
    `The name ${stream} is reserved for the ledger itself. Name a resource of EC2.`,
  );
};
