import type { CloudTrailRecord } from './record.ts';

/**
 * The account whose resources a record is about: the recipient of the record, in whose account the call took
 * effect, else the caller's own. Undefined where neither is an account id of 12 digits. An id that a JSON
 * writer took for a number gets its leading zeros back.
 */
export const accountOf = ({ recipientAccountId, userIdentity }: CloudTrailRecord): string | undefined =>
  accountId(recipientAccountId) ?? accountId(userIdentity?.accountId);

/** An account id as 12 digits; undefined for what is none. */
export const accountId = (id: string | number | null | undefined): string | undefined => {
  const text = typeof id === 'number' ? String(id).padStart(12, '0') : id;
  return text && /^\d{12}$/.test(text) ? text : undefined;
};
