import type { Tag } from './tag.ts';
import type { TagFailed } from './tag-event.ts';

/** Why an attempt failed. */
type RequestError = Pick<TagFailed, 'code' | 'class' | 'message'>;

/**
 * A request with tags still to set. `open`: its attempt has no outcome yet. `retrying`: the attempt failed,
 * and the next one is due at `retryAt`.
 */
export interface OpenRequest {
  /** The eventId of its first attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly status: 'open' | 'retrying';
  /**
   * When the ledger recorded the current attempt. From this it is known that an attempt has waited too long.
   */
  readonly asked: string;
  /** The tags still to be set; at least one. */
  readonly pending: readonly Tag[];
  /** The keys that may replace a value which tagledger did not set. */
  readonly overwrite: readonly string[];
  readonly error?: RequestError;
  readonly retryAt?: string;
}

/**
 * A request that has ended. `superseded`: later requests or other people's tags left it nothing to set.
 * `retired`: its resource was deleted first.
 */
interface ClosedRequest {
  readonly id: string;
  /** The last attempt. */
  readonly attempt: number;
  readonly status: 'applied' | 'failed' | 'superseded' | 'retired';
  readonly error?: RequestError;
}

/** One tag request and its state. */
export type Request = OpenRequest | ClosedRequest;

/** Whether a request still waits for a final outcome. */
export const isOpen = (request: Request): request is OpenRequest =>
  request.status === 'open' || request.status === 'retrying';
