import { inspect } from 'node:util';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch, tagging, termination } from '../support/cloudtrail/trail.ts';

/** Values that look like credentials, no two alike, and a search for them. */
export const canaryCage = () => {
  const canaries: string[] = [];
  const keep = (canary: string): string => {
    canaries.push(canary);
    return canary;
  };
  const unique = () => `CANARY${String(canaries.length).padStart(10, '0')}`;

  /** One of each kind of credential, under the names that CloudTrail and EC2 have for them. */
  const secrets = () => ({
    accessKeyId: keep(`ASIA${unique()}`),
    secretAccessKey: keep(`${unique()}/wJalrXUtnFEMI/K7MDENG`),
    sessionToken: keep(`${unique()}//FwoGZXIvYXdzE`),
    userData: keep(Buffer.from(`#!/bin/sh\nexport PASSWORD=${keep(unique())}`).toString('base64')),
    keyMaterial: keep(`-----BEGIN RSA PRIVATE KEY-----\n${unique()}\n-----END RSA PRIVATE KEY-----`),
    passwordData: keep(`${unique()}==`),
    customerGatewayConfiguration: keep(`<pre_shared_key>${unique()}</pre_shared_key>`),
  });

  /** The same with credentials in every object of it, at any depth; what was there stays. */
  const planted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(planted);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]) => [name, planted(member)]);
    return { ...secrets(), ...Object.fromEntries(members) };
  };

  return {
    planted,
    size: () => canaries.length,
    /** The canaries that stand in a text, as they are or as JSON writes them. */
    in: (text: string): string[] =>
      canaries.filter(
        (canary) => text.includes(canary) || text.includes(JSON.stringify(canary).slice(1, -1)),
      ),
  };
};

/** Everything that a value holds, with errors, their causes and all their members, as one text. */
export const allOf = (value: unknown): string =>
  `${JSON.stringify(value)} ${inspect(value, { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null, showHidden: true })}`;

/** Records of every kind that may carry a secret, and some that fail, in the order in which they happened. */
export const sensitiveTrail = (): Record<string, unknown>[] =>
  [
    {
      ...launch(['i-01', 'i-02']),
      requestParameters: { clientToken: 'token', metadataOptions: { httpTokens: 'required' } },
    },
    sample('CreateKeyPair', {
      eventID: 'a key pair',
      requestParameters: { keyName: 'ops', keyType: 'rsa' },
      responseElements: { keyName: 'ops', keyPairId: 'key-01', keyFingerprint: '1f:51:ae', keyMaterial: '' },
    }),
    sample('CreateVpnConnection', {
      eventID: 'a tunnel',
      requestParameters: {
        CreateVpnConnectionRequest: { Type: 'ipsec.1', Options: { TunnelOptions: [{ tag: 1 }] } },
      },
      responseElements: {
        CreateVpnConnectionResponse: { vpnConnection: { vpnConnectionId: 'vpn-01', options: {} } },
      },
    }),
    sample('CreateLaunchTemplate', {
      eventID: 'a template',
      requestParameters: { CreateLaunchTemplateRequest: { LaunchTemplateData: { ImageId: 'ami-01' } } },
      responseElements: {
        CreateLaunchTemplateResponse: { launchTemplate: { launchTemplateId: 'lt-01', createdBy: 'ada' } },
      },
    }),
    tagging('i-01', { Team: 'core' }, { eventTime: '2026-04-01T13:00:00Z' }),
    sample('GetPasswordData', { eventID: 'a password', responseElements: { instanceId: 'i-01' } }),
    launch(['i-08'], {
      errorCode: 'Client.UnauthorizedOperation',
      errorMessage: 'You are not authorized to perform this operation.',
    }),
    termination(['i-02'], { eventTime: '2026-04-01T14:00:00Z' }),
    sample('RunInstances', { eventID: 'not a record', eventTime: 'yesterday' }),
    { eventName: 'CreateKeyPair', responseElements: {} },
  ].map((record) => ({ ...record, additionalEventData: {}, tlsDetails: {}, serviceEventDetails: {} }));
