/**
 * The operations of DynamoDB that nobody may use on the ledger's table, by the table's own policy: an append is a
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
