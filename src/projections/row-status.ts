/** Every {@link RowStatus}. */
export const ROW_STATUSES = [
  'open',
  'retrying',
  'failed',
  'applied',
  'observed',
  'unknown',
  'retired',
  'gap',
] as const;

/**
 * `open`: a request has an attempt without an outcome. `retrying`: the last attempt failed and another one is
 * due. `failed`: the last request failed permanently. `applied`: the last request's tags are set. `observed`:
 * there was no request, or nothing was left for it to set. `unknown`: it may have ended, and no request waits. `retired`: the resource was deleted. `gap`: it is
 * not a resource, but a call whose resources are not known.
 */
export type RowStatus = (typeof ROW_STATUSES)[number];
