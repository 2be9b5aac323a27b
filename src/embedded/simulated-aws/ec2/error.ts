import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { callMetadata } from '../call.ts';

/** Why the simulated EC2 says no: an error code of EC2 and its message. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Tells a refusal from an answer, which has no `code`. */
export const isRefusal = (reply: object): reply is Refusal => 'code' in reply;

/** HTTP codes other than 400. EC2 counts `RequestLimitExceeded` among the server errors (EC2 guide, errors-overview). */
const HTTP_STATUS: ReadonlyMap<string, number> = new Map([
  ['UnauthorizedOperation', 403],
  ['DryRunOperation', 412],
  ['RequestLimitExceeded', 503],
]);

/**
 * A refusal as the SDK throws it. EC2's errors are not modelled, so each one is an EC2ServiceException with the
 * error code as its name; `Code` and `Error` are what SDK 3.1169 adds when it reads EC2's answer.
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
