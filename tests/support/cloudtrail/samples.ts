import { TYPES } from '../../../src/cloudtrail/operations/generated.ts';
import { operationOf } from '../../../src/cloudtrail/operations/operations.ts';
import { TYPES_BY_PREFIX } from '../../../src/events/resource-type.ts';

/** A record as CloudTrail would write it; account, ids and people are made up. */
export const sample = (eventName: string, over: Readonly<Record<string, unknown>> = {}) => ({
  eventVersion: '1.11',
  eventID: '7f3c1c55-0d1e-4f5c-9a51-2f6d1b8f0a01',
  eventName,
  eventSource: `${operationOf(eventName)?.service ?? 'ec2'}.amazonaws.com`,
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

const UUIDS: ReadonlySet<string> = new Set(['fleet', 'reserved-instances', 'spot-fleet-request']);
const PREFIXES = new Map(
  [...TYPES_BY_PREFIX].map(([prefix, type]) => [type, prefix]).reverse() as [string, string][],
);

/** Two ids of every type of the EC2 API; those of a type whose prefix is not known begin with its name. */
export const IDS: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries(
  TYPES.map((type) => {
    const prefix = type === 'reserved-instances' ? '' : (PREFIXES.get(type) ?? `${type}-`);
    const ends: readonly [string, string] = UUIDS.has(type)
      ? ['0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f0', '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f1']
      : ['0a1b2c3d4e5f60718', '0a1b2c3d4e5f60719'];
    return [type, [prefix + ends[0], prefix + ends[1]]];
  }),
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
