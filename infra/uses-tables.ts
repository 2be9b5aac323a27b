import { DUE_INDEX } from '../src/adapters/dynamodb/due-index.ts';
import { GAP_STREAMS, LEDGER_STREAMS, TAMPER_STREAMS } from '../src/events/ledger-stream.ts';
import { type Grant, on, type Use } from './need.ts';
import type { Parts } from './parts.ts';

const onLedger =
  (...operations: readonly string[]): Use =>
  (parts) => ({
    env: { LEDGER_TABLE: parts.ledger.tableName },
    grants: [on('dynamodb', operations, parts.ledger.tableArn)],
  });

/** Reading the ledger. */
export const reads = (...operations: readonly ('Query' | 'GetItem' | 'BatchGetItem' | 'Scan')[]): Use =>
  onLedger(...operations);

/** Knowing in which format events are to be appended. */
const inFormat = ({ eventFormat }: Pick<Parts, 'eventFormat'>) => ({ EVENT_FORMAT: String(eventFormat) });

/**
 * Adding events to the streams whose names are like one of the patterns, or like none of them. A request
 * without a leading key is allowed nothing: without any, `ForAllValues` alone would hold. Source: DynamoDB
 * guide, "Using IAM policy conditions for fine-grained access control"; IAM guide, "Evaluation logic for
 * negated matching condition operators".
 */
const adds = (
  { ledger }: Parts,
  operator: 'StringLike' | 'StringNotLike',
  patterns: readonly string[],
): Grant => ({
  ...on('dynamodb', ['PutItem'], ledger.tableArn),
  conditions: {
    [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': patterns },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});

/**
 * What an append to the stream of a resource takes; streams of the ledger's own are out of its reach. Whoever
 * has this use, or one of the next two, is a writer of the ledger: its policy refuses everybody else.
 */
export const appends: Use = (parts) => ({
  env: { LEDGER_TABLE: parts.ledger.tableName, ...inFormat(parts) },
  grants: [
    on('dynamodb', ['Query', 'GetItem'], parts.ledger.tableArn),
    adds(parts, 'StringNotLike', [LEDGER_STREAMS, GAP_STREAMS]),
  ],
});

/** Recording calls whose resources are not known. */
export const recordsGaps: Use = (parts) => ({ grants: [adds(parts, 'StringLike', [GAP_STREAMS])] });

/**
 * Recording tampering: an append to the streams of tampering and to no other, so that whoever reads the whole
 * change feed writes no resource's history.
 */
export const recordsTampering: Use = (parts) => ({
  env: { LEDGER_TABLE: parts.ledger.tableName, ...inFormat(parts) },
  grants: [adds(parts, 'StringLike', [TAMPER_STREAMS])],
});

/** Operations on the state table. */
export const states =
  (...operations: readonly string[]): Use =>
  (parts) => ({
    env: { STATE_TABLE: parts.states.tableName },
    grants: [on('dynamodb', operations, parts.states.tableArn)],
  });

/** Finding what waits. */
export const findsDue: Use = (parts) => ({
  env: { STATE_TABLE: parts.states.tableName },
  grants: [on('dynamodb', ['Query'], `${parts.states.tableArn}/index/${DUE_INDEX}`)],
});

/** Knowing the persons behind role sessions, where that is wanted. */
export const joinsIdentities: Use = (parts) => {
  if (!parts.joinIdentities) return {};
  const { env, grants = [] } = states('PutItem', 'BatchGetItem')(parts);
  return { env: { ...env, IDENTITY_JOIN: 'on' }, grants };
};

/** Leaving what it cannot do to the failure queue. */
export const givesUp: Use = ({ failures }) => ({
  grants: [on('sqs', ['SendMessage'], failures.queueArn)],
});

/** Reading the change feed; what it cannot handle goes to the failure queue. */
export const readsFeed: Use = (parts) => ({
  grants: [
    on('dynamodb', ['DescribeStream', 'GetRecords', 'GetShardIterator'], streamOf(parts)),
    on('dynamodb', ['ListStreams'], `${parts.ledger.tableArn}/stream/*`),
    ...(givesUp(parts).grants ?? []),
  ],
});

const streamOf = ({ ledger: { tableStreamArn } }: Parts): string => {
  if (!tableStreamArn) throw new Error('the ledger table has no stream: it must be made by ledgerTable');
  return tableStreamArn;
};
