import type { IncomingMessage } from 'node:http';

/** A call of AWS as it came over the wire. */
export interface WireCall {
  /** `service:Operation`, such as `ec2:CreateTags`. */
  readonly name: string;
  readonly body: Buffer;
}

/**
 * Which call a request is, by the places where AWS's protocols name it: the scope of the signature names the service
 * (Signature Version 4); the header `X-Amz-Target` the operation in the JSON protocols, the form field `Action` in the
 * query protocols, the end of the path in Smithy RPC.
 */
export const callOf = (
  { headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>,
  body: Buffer,
): WireCall => {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '');
  const operation =
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ||
    /\/operation\/(\w+)$/.exec(url)?.[1] ||
    new URLSearchParams(body.toString('latin1')).get('Action');
  return { name: `${scope?.[1] ?? 'unsigned'}:${operation || 'unknown'}`, body };
};
