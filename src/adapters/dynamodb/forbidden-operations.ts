/**
 * The DynamoDB operations that the ledger table's resource policy denies to everybody. An append is a
 * `PutItem`, and nothing else is written (DynamoDB guide, operations supported by resource-based policies).
 */
export const FORBIDDEN_OPERATIONS = [
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
] as const;
