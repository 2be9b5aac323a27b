import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { callMetadata } from '../call.ts';

/** A refusal of the simulated EC2: an EC2 error code and its message. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Distinguishes a refusal from an answer, which has no `code`. */
export const isRefusal = (reply: object): reply is Refusal => 'code' in reply;

/**
 * HTTP codes other than 400. EC2 treats `RequestLimitExceeded` as a server error (EC2 guide,
 * errors-overview).
 */
const HTTP_STATUS: ReadonlyMap<string, number> = new Map([
  ['UnauthorizedOperation', 403],
  ['DryRunOperation', 412],
  ['RequestLimitExceeded', 503],
]);

/**
 * Converts a refusal to the error that the SDK throws. EC2's errors are not modelled, so each one is an
 * EC2ServiceException with the error code as its name. SDK 3.1169 adds `Code` and `Error` when it parses
 * EC2's answer.
 */
export const ec2Error = ({ code, message }: Refusal, requestId: string): EC2ServiceException => {
  const status = HTTP_STATUS.get(code) ?? 400;
  const error = new EC2ServiceException({
    name: code,
    message,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: callMetadata(requestId, status),
  });
  return Object.assign(error, { Code: code, Error: { Code: code, Message: message } });
};
