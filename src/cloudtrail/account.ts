import type { CloudTrailRecord } from './record.ts';

/**
 * The account whose resources a record is about: the recipient account, where the call took effect, or else
 * the caller's own. Undefined if neither is an account id of 12 digits. Restores the leading zeros of an id
 * that a JSON writer stored as a number.
 */
export const accountOf = ({ recipientAccountId, userIdentity }: CloudTrailRecord): string | undefined =>
  accountId(recipientAccountId) ?? accountId(userIdentity?.accountId);

/** An account id as 12 digits; undefined if the value is not an account id. */
export const accountId = (id: string | number | null | undefined): string | undefined => {
  const text = typeof id === 'number' ? String(id).padStart(12, '0') : id;
  return text && /^\d{12}$/.test(text) ? text : undefined;
};
