import type { Caller } from './identities.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';
import type { Json, JsonObject } from './wire.ts';

export type CloudTrailRecord = JsonObject & {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly eventSource: string;
  readonly awsRegion: string;
  readonly recipientAccountId: string;
};

export interface CallError {
  readonly code: string;
  readonly message: string;
}

/** One API call as its record shows it. A call with an error has no response. */
export interface Call {
  readonly eventName: string;
  /** `ec2` unless told. */
  readonly service?: string;
  readonly readOnly?: boolean;
  readonly request?: JsonObject | null;
  readonly response?: ((requestId: string) => JsonObject) | null;
  readonly error?: CallError | undefined;
  /** Members instead of or beside the usual ones; undefined takes one away. */
  readonly also?: Readonly<Record<string, Json | undefined>>;
}

/** The CloudTrail record of one call, with all members that records of 2026 have. */
export const record = (r: Random, who: Caller, at: Date, where: Site, call: Call): CloudTrailRecord => {
  const requestID = r.uuid();
  const service = call.service ?? 'ec2';
  const host = service === 'iam' ? 'iam.amazonaws.com' : `${service}.${where.region}.amazonaws.com`;
  const optional: [string, Json | undefined | false][] = [
    ['errorCode', call.error?.code],
    ['errorMessage', call.error?.message],
  ];
  return {
    eventVersion: '1.11',
    userIdentity: who.userIdentity(at),
    eventTime: at.toISOString().replace('.000', ''),
    eventSource: `${service}.amazonaws.com`,
    eventName: call.eventName,
    awsRegion: where.region,
    sourceIPAddress: who.sourceIPAddress,
    userAgent: who.userAgent,
    ...Object.fromEntries(optional.filter(([, value]) => value)),
    requestParameters: call.request ?? null,
    responseElements: call.error ? null : (call.response?.(requestID) ?? null),
    requestID,
    eventID: r.uuid(),
    readOnly: call.readOnly ?? false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: where.account,
    eventCategory: 'Management',
    ...(who.service
      ? {}
      : {
          tlsDetails: {
            tlsVersion: 'TLSv1.3',
            cipherSuite: 'TLS_AES_128_GCM_SHA256',
            clientProvidedHostHeader: host,
          },
        }),
    ...(who.fromConsole ? { sessionCredentialFromConsole: 'true' } : {}),
    ...call.also,
  };
};
