import { DUE_INDEX } from '../src/adapters/dynamodb/due-index.ts';
import {
  COVERAGE_STREAMS,
  GAP_STREAMS,
  LEDGER_STREAMS,
  TAMPER_STREAMS,
} from '../src/events/ledger-stream.ts';
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

/** Sets the format of appended events. */
const inFormat = ({ eventFormat }: Pick<Parts, 'eventFormat'>) => ({ EVENT_FORMAT: String(eventFormat) });

/**
 * Grants adding events to streams whose names match one of the patterns, or none of them. A request without a
 * leading key is denied, because `ForAllValues` alone would be true for it. Source: DynamoDB guide, "Using
 * IAM policy conditions for fine-grained access control"; IAM guide, "Evaluation logic for negated matching
 * condition operators".
 */
const adds = (
  { ledger }: Parts,
  operator: 'StringLike' | 'StringNotLike',
  patterns: readonly string[],
): Grant => ({
  ...on('dynamodb', ['PutItem'], ledger.tableArn),
  conditions: onKeys(operator, patterns),
});

const onKeys = (
  operator: 'StringLike' | 'StringNotLike' | 'StringEquals',
  keys: readonly string[],
): NonNullable<Grant['conditions']> => ({
  [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': keys },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

/**
 * Appends to the streams of resources, but not to the ledger's own streams. A role with this use, or one of
 * the next two, is a writer of the ledger; the policy of the ledger denies appends to everybody else.
 */
export const appends: Use = (parts) => ({
  env: { LEDGER_TABLE: parts.ledger.tableName, ...inFormat(parts) },
  grants: [
    on('dynamodb', ['Query', 'GetItem'], parts.ledger.tableArn),
    adds(parts, 'StringNotLike', [LEDGER_STREAMS, GAP_STREAMS]),
  ],
});

/** Records gaps: calls whose resources are unknown. */
export const recordsGaps: Use = (parts) => ({ grants: [adds(parts, 'StringLike', [GAP_STREAMS])] });

/** Records coverage: until when the ledger has heard of an account. */
export const recordsCoverage: Use = (parts) => ({ grants: [adds(parts, 'StringLike', [COVERAGE_STREAMS])] });

/**
 * Records tampering. It can append only to the tampering streams, so that the function that reads the whole
 * change feed cannot write the history of a resource.
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

/** Operations on one memo in the state table, and on nothing else there. */
export const onMemo =
  (key: string, ...operations: readonly ('PutItem' | 'BatchGetItem')[]): Use =>
  ({ states: { tableName, tableArn } }) => ({
    env: { STATE_TABLE: tableName },
    grants: [{ ...on('dynamodb', operations, tableArn), conditions: onKeys('StringEquals', [key]) }],
  });

/** Finds requests that are due. */
export const findsDue: Use = (parts) => ({
  env: { STATE_TABLE: parts.states.tableName },
  grants: [on('dynamodb', ['Query'], `${parts.states.tableArn}/index/${DUE_INDEX}`)],
});

/** Remembers the persons behind role sessions, if that is enabled. */
export const joinsIdentities: Use = (parts) => {
  if (!parts.joinIdentities) return {};
  const { env, grants = [] } = states('PutItem', 'BatchGetItem')(parts);
  return { env: { ...env, IDENTITY_JOIN: 'on' }, grants };
};

/** Sends dead letters to the failure queue. */
export const givesUp: Use = ({ failures }) => ({
  grants: [on('sqs', ['SendMessage'], failures.queueArn)],
});

/** Reads the change feed. Failed batches go to the failure queue. */
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
