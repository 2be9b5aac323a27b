import type { FailureClass } from '../../events/tag-event.ts';

/** Why a CreateTags call failed. */
export interface CallFailure {
  /** EC2's error code, or the name of the error that the SDK raised. */
  readonly code: string;
  readonly message: string;
  readonly class: FailureClass;
}

/** Codes by class (EC2 API reference, "Error codes for the Amazon EC2 API"; common errors of the query protocol). */
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
      // Those whose code does not end in `.NotFound`, as all others do.
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
          'ForeignAccount', // tagledger's own: there are no credentials of that account
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

/** A message in the ledger is kept to this many characters: EC2's encoded authorization messages run to kilobytes. */
const MESSAGE_LENGTH = 400;

/**
 * What an error of the EC2 client means; never throws. A `*.NotFound` is `not-found`: whoever knows the
 * resource's age decides whether it is only not visible yet. An error without an HTTP status never reached EC2 and is `unavailable`,
 * but for a TypeError, which is a mistake of ours that no repetition mends.
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

/** Whether the same call may succeed a little later. */
export const passesWithTime = (failure: Pick<CallFailure, 'class'>): boolean =>
  failure.class === 'throttled' || failure.class === 'unavailable' || failure.class === 'not-yet-visible';
