/** A record as CloudTrail would write it; account, ids and people are made up. */
export const sample = (eventName: string, over: Readonly<Record<string, unknown>> = {}) => ({
  eventVersion: '1.11',
  eventID: '7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01',
  eventName,
  eventSource: 'ec2.amazonaws.com',
  eventTime: '2026-03-31T23:59:00Z',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.9',
  recipientAccountId: '111122223333',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: 'arn:aws:iam::111122223333:user/team/ada',
    accountId: '111122223333',
    userName: 'ada',
  },
  requestParameters: null,
  responseElements: null,
  ...over,
});

/** One id of every type that the operations of the table make or end. */
export const IDS: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries(
  Object.entries({
    instance: 'i',
    'network-interface': 'eni',
    volume: 'vol',
    snapshot: 'snap',
    image: 'ami',
    'security-group': 'sg',
    vpc: 'vpc',
    subnet: 'subnet',
    'internet-gateway': 'igw',
    natgateway: 'nat',
    'network-acl': 'acl',
    'route-table': 'rtb',
    'elastic-ip': 'eipalloc',
    'vpc-peering-connection': 'pcx',
    'dhcp-options': 'dopt',
    'customer-gateway': 'cgw',
    'vpn-gateway': 'vgw',
    'vpn-connection': 'vpn',
    'key-pair': 'key',
    'launch-template': 'lt',
    'vpc-flow-log': 'fl',
    'vpc-endpoint': 'vpce',
  }).map(([type, prefix]) => [type, [`${prefix}-0a1b2c3d4e5f60718`, `${prefix}-0a1b2c3d4e5f60719`]]),
);

/** How a body spells lists and names. */
export type Shape = 'plain' | 'wrapped';

const isList = (name: string) => name.endsWith('Set');
const list = (shape: Shape, items: readonly unknown[]): unknown =>
  shape === 'plain' ? { items } : items.length === 1 ? { item: items[0] } : { item: items };

/** A body that has these ids at a path whose lists are called `...Set`; `beside` stands next to each id. */
export const bodyWith = (
  path: string,
  ids: readonly string[],
  shape: Shape,
  beside: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => {
  const build = (names: readonly string[], some: readonly string[]): Record<string, unknown> => {
    const [name = '', ...rest] = names;
    if (!rest.length) return { [name]: isList(name) ? list(shape, some) : some[0], ...beside };
    if (!isList(name)) return { [name]: build(rest, some) };
    return {
      [name]: list(
        shape,
        some.map((id) => build(rest, [id])),
      ),
    };
  };
  return build(path.split('.'), ids);
};

/** Whether several ids fit at a path. */
export const holdsSeveral = (path: string): boolean => path.split('.').some(isList);

/** The body as it stands, or in the wrapper that newer operations have. */
export const response = (eventName: string, body: object, shape: Shape): object =>
  shape === 'plain'
    ? { requestId: 'c2a51e7f', ...body }
    : {
        [`${eventName}Response`]: {
          xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
          requestId: 'c2a51e7f',
          ...body,
        },
      };
