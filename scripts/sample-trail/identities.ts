import type { Random } from './random.ts';
import type { JsonObject } from './wire.ts';

/** Somebody who calls AWS: what CloudTrail says of them in `userIdentity` and beside it. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userIdentity: (at: Date) => JsonObject;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly fromConsole: boolean;
  /** Whether an AWS service acts: then there is no TLS connection of ours to describe. */
  readonly service: boolean;
}

const CLI = 'aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux md/arch#x86_64 lang/python#3.13.7';
const CONSOLE = 'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0';
const TERRAFORM = 'APN/1.0 HashiCorp/1.0 Terraform/1.14.3 terraform-provider-aws/6.31.0';
const SDK = 'aws-sdk-js/3.1169.0 ua/2.1 os/linux lang/js md/nodejs#22.22.0 api/ec2#3.1169.0';

type Way = Partial<Pick<Caller, 'sourceIPAddress' | 'userAgent' | 'fromConsole' | 'service'>>;

const caller = (
  account: string,
  arn: string,
  userIdentity: (at: Date) => JsonObject,
  way: Way = {},
): Caller => ({
  account,
  arn,
  userIdentity,
  sourceIPAddress: '203.0.113.24',
  userAgent: way.fromConsole ? CONSOLE : CLI,
  fromConsole: false,
  service: false,
  ...way,
});

/** Sessions start eight minutes before the hour, so that one hour's calls share one. */
const sessionStart = (at: Date): string => {
  const start = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000 - 480_000);
  return start.toISOString().replace('.000', '');
};

const attributes = (at: Date, mfa: boolean): JsonObject => ({
  creationDate: sessionStart(at),
  mfaAuthenticated: String(mfa),
});

/** A session of a role; `also` adds to its session context, `invokedBy` names the service that acts through it. */
const roleSession = (
  r: Random,
  account: string,
  role: { path?: string; name: string },
  session: string,
  { also = {}, invokedBy, ...way }: Way & { also?: JsonObject; invokedBy?: string } = {},
): Caller => {
  const principalId = r.iamId('AROA');
  const accessKeyId = r.iamId('ASIA');
  const arn = `arn:aws:sts::${account}:assumed-role/${role.name}/${session}`;
  const sessionIssuer = {
    type: 'Role',
    principalId,
    arn: `arn:aws:iam::${account}:role/${role.path ?? ''}${role.name}`,
    accountId: account,
    userName: role.name,
  };
  return caller(
    account,
    arn,
    (at) => ({
      type: 'AssumedRole',
      principalId: `${principalId}:${session}`,
      arn,
      accountId: account,
      ...(invokedBy ? {} : { accessKeyId }),
      sessionContext: { sessionIssuer, ...also, attributes: attributes(at, false) },
      ...(invokedBy ? { invokedBy } : {}),
    }),
    invokedBy ? { sourceIPAddress: invokedBy, userAgent: invokedBy, service: true } : way,
  );
};

const iamUser = (r: Random, account: string, userName: string, way: Way = {}): Caller => {
  const arn = `arn:aws:iam::${account}:user/${userName}`;
  const who = { type: 'IAMUser', principalId: r.iamId('AIDA'), arn, accountId: account };
  const accessKeyId = r.iamId(way.fromConsole ? 'ASIA' : 'AKIA');
  return caller(
    account,
    arn,
    (at) => ({
      ...who,
      accessKeyId,
      userName,
      ...(way.fromConsole ? { sessionContext: { attributes: attributes(at, true) } } : {}),
    }),
    way,
  );
};

const root = (r: Random, account: string): Caller => {
  const arn = `arn:aws:iam::${account}:root`;
  const accessKeyId = r.iamId('ASIA');
  return caller(
    account,
    arn,
    (at) => ({
      type: 'Root',
      principalId: account,
      arn,
      accountId: account,
      accessKeyId,
      sessionContext: { attributes: attributes(at, true) },
    }),
    { fromConsole: true, sourceIPAddress: '198.51.100.7' },
  );
};

const federatedUser = (r: Random, account: string, name: string, issuer: string): Caller => {
  const arn = `arn:aws:sts::${account}:federated-user/${name}`;
  const accessKeyId = r.iamId('ASIA');
  const sessionIssuer = {
    type: 'IAMUser',
    principalId: r.iamId('AIDA'),
    arn: `arn:aws:iam::${account}:user/${issuer}`,
    accountId: account,
    userName: issuer,
  };
  return caller(
    account,
    arn,
    (at) => ({
      type: 'FederatedUser',
      principalId: `${account}:${name}`,
      arn,
      accountId: account,
      accessKeyId,
      sessionContext: { sessionIssuer, attributes: attributes(at, false) },
    }),
    { sourceIPAddress: '198.51.100.93' },
  );
};

/** A service that acts on its own account, without a role of ours. */
const awsService = (account: string, invokedBy: string): Caller =>
  caller(account, invokedBy, () => ({ type: 'AWSService', invokedBy }), {
    sourceIPAddress: invokedBy,
    userAgent: invokedBy,
    service: true,
  });

const sso = (r: Random, account: string, set: string, hash: string, person: string, way: Way = {}): Caller =>
  roleSession(
    r,
    account,
    { path: 'aws-reserved/sso.amazonaws.com/eu-west-1/', name: `AWSReservedSSO_${set}_${hash}` },
    `${person}@example.com`,
    way,
  );

const githubActions = (r: Random, account: string, run: string): Caller =>
  roleSession(r, account, { name: 'deploy' }, `gh-actions-${run}`, {
    also: {
      webIdFederationData: {
        federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
        attributes: {},
      },
    },
    sourceIPAddress: '192.0.2.140',
    userAgent: TERRAFORM,
  });

const autoScaling = (r: Random, account: string): Caller =>
  roleSession(
    r,
    account,
    {
      path: 'aws-service-role/autoscaling.amazonaws.com/',
      name: 'AWSServiceRoleForAutoScaling',
    },
    'AutoScaling',
    { invokedBy: 'autoscaling.amazonaws.com' },
  );

export const PROD_ACCOUNT = '111122223333';
export const DATA_ACCOUNT = '444455556666';

/** The people and machines of a small made-up company. */
export const cast = (r: Random) => ({
  ana: sso(r, PROD_ACCOUNT, 'PlatformEngineer', '0123456789abcdef', 'ana.lopez', { fromConsole: true }),
  anaInData: sso(r, DATA_ACCOUNT, 'PlatformEngineer', 'fedcba9876543210', 'ana.lopez'),
  tom: sso(r, DATA_ACCOUNT, 'DataScientist', '89abcdef01234567', 'tom.okafor', {
    sourceIPAddress: '203.0.113.61',
  }),
  priya: iamUser(r, PROD_ACCOUNT, 'priya.nair', { fromConsole: true, sourceIPAddress: '203.0.113.30' }),
  packer: iamUser(r, PROD_ACCOUNT, 'image-builder', { sourceIPAddress: '192.0.2.19' }),
  /** Reaches the role from another one; sourceIdentity still names the person behind it. */
  kenji: roleSession(r, PROD_ACCOUNT, { name: 'incident-responder' }, 'incident-2211', {
    also: { sourceIdentity: 'kenji.mori' },
  }),
  ci: githubActions(r, PROD_ACCOUNT, '4711'),
  ciInData: githubActions(r, DATA_ACCOUNT, '4718'),
  root: root(r, DATA_ACCOUNT),
  contractor: federatedUser(r, DATA_ACCOUNT, 'lee.contractor', 'federation-broker'),
  scaling: autoScaling(r, PROD_ACCOUNT),
  scalingInData: autoScaling(r, DATA_ACCOUNT),
  backup: awsService(DATA_ACCOUNT, 'backup.amazonaws.com'),
  /** tagledger's own role: its CreateTags calls come back in the trail. */
  tagledger: roleSession(r, PROD_ACCOUNT, { name: 'tagledger-apply' }, 'tagledger-apply', {
    sourceIPAddress: '192.0.2.201',
    userAgent: SDK,
  }),
});
