import type { FailureClass } from '../../events/tag-event.ts';

/** Why a call of EC2 failed. */
export interface CallFailure {
  /** EC2's error code, or the name of the error that the SDK threw. */
  readonly code: string;
  readonly message: string;
  readonly class: FailureClass;
}

/**
 * Codes by class (EC2 API reference, "Error codes for the Amazon EC2 API"; common errors of the query
 * protocol).
 */
const CLASSES: ReadonlyMap<string, FailureClass> = new Map(
  (
    [
      [
        'throttled',
        [
          'RequestLimitExceeded',
          'Throttling',
          'ThrottlingException',
          'TooManyRequestsException',
          'RequestThrottled',
          'EC2ThrottledException',
        ],
      ],
      [
        'unavailable',
        [
          'ConcurrentTagAccess',
          'InternalError',
          'InternalFailure',
          'ServerInternal',
          'ServiceUnavailable',
          'Unavailable',
          'RequestExpired',
        ],
      ],
      // The codes that do not end in `.NotFound`, as all others of this class do.
      ['not-found', ['InvalidPlacementGroup.Unknown', 'NatGatewayNotFound']],
      [
        'denied',
        [
          'UnauthorizedOperation',
          'AccessDenied',
          'AccessDeniedException',
          'AuthFailure',
          'OptInRequired',
          'Blocked',
          'TagPolicyViolation',
          'ForeignAccount', // tagledger's own code: it has no credentials of that account
        ],
      ],
      [
        'invalid',
        [
          'InvalidID',
          'InvalidParameterValue',
          'InvalidParameter',
          'MissingParameter',
          'TagLimitExceeded',
          'InvalidTagKey.Malformed',
          'InvalidResourceType',
          'ValidationError',
        ],
      ],
    ] as const
  ).flatMap(([failureClass, codes]) => codes.map((code) => [code, failureClass] as const)),
);

/**
 * The ledger keeps this many characters of a message: EC2's encoded authorization messages run to kilobytes.
 */
const MESSAGE_LENGTH = 400;

/**
 * Classifies an error of the EC2 client; never throws. A `*.NotFound` is `not-found`: a caller that knows the
 * age of the resource decides whether EC2 only does not show it yet. An error without an HTTP status never
 * reached EC2 and is `unavailable`, except a TypeError, which is a bug in tagledger that no retry fixes and
 * is `unknown`.
 */
export const classifyFailure = (error: unknown): CallFailure => {
  const { name, message, $metadata } = (error ?? {}) as {
    name?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const code = name || 'Error';
  return {
    code,
    message: (message ?? String(error)).slice(0, MESSAGE_LENGTH).toWellFormed(),
    class: error instanceof TypeError ? 'unknown' : classOf(code, $metadata?.httpStatusCode),
  };
};

const classOf = (code: string, httpStatus: number | undefined): FailureClass => {
  const known = CLASSES.get(code);
  if (known) return known;
  if (code.endsWith('.NotFound')) return 'not-found';
  if (code.endsWith('.Malformed')) return 'invalid';
  if (httpStatus === undefined || httpStatus >= 500) return 'unavailable';
  return 'unknown';
};

/** Whether a failure is transient: the same call may succeed a little later. */
export const passesWithTime = (failure: Pick<CallFailure, 'class'>): boolean =>
  failure.class === 'throttled' || failure.class === 'unavailable' || failure.class === 'not-yet-visible';
