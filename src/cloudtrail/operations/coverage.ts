import { TYPES } from './generated.ts';
import { OPERATIONS, type Operation, type Source } from './operations.ts';
import type { LoggedShape } from './shape.ts';
import { UNNAMED, type Unnamed } from './unnamed.ts';

/** A type, and why its creation or end is never seen. */
export interface CoverageGap {
  readonly type: string;
  readonly reason: string;
}

/** The types that no operation creates, or whose creating operation does not name them. */
export const UNCREATED: readonly CoverageGap[] = [
  { type: 'local-gateway', reason: 'AWS makes it with an Outpost' },
  { type: 'outpost-lag', reason: 'AWS makes it with an Outpost' },
  { type: 'service-link-virtual-interface', reason: 'AWS makes it with an Outpost' },
  { type: 'verified-access-endpoint-target', reason: 'the API has no operation that makes one' },
  { type: 'verified-access-policy', reason: 'the API has no operation that makes one' },
  {
    type: 'vpc-endpoint-connection',
    reason: "the consumer's CreateVpcEndpoint makes it and does not name it",
  },
  { type: 'vpc-endpoint-connection-device-type', reason: 'the API has no operation that makes one' },
  { type: 'vpn-connection-device-type', reason: 'the API has no operation that makes one' },
];

/** The types that some operation creates, but none ends by id. */
export const UNENDED: readonly CoverageGap[] = [
  { type: 'capacity-block', reason: 'it ends with its term' },
  { type: 'capacity-reservation-cancellation-quote', reason: 'it lapses' },
  { type: 'capacity-reservation-modification-quote', reason: 'it lapses' },
  { type: 'elastic-gpu', reason: 'it ends with its instance' },
  { type: 'host-reservation', reason: 'it ends with its term' },
  { type: 'ipv6pool-ec2', reason: 'DeprovisionByoipCidr names the range and not the pool' },
  { type: 'mac-modification-task', reason: 'the API has no operation that ends one' },
  { type: 'placement-group', reason: 'DeletePlacementGroup names it by its name' },
  { type: 'replace-root-volume-task', reason: 'the API has no operation that ends one' },
  { type: 'secondary-interface', reason: 'it ends with its instance' },
  {
    type: 'vpc-endpoint-service-permission',
    reason: 'ModifyVpcEndpointServicePermissions names whom it removes and not the permission',
  },
];

/** An operation that creates or ends resources of a type. */
interface Followed {
  readonly operation: string;
  readonly service: Operation['service'];
  /** The body that contains the id. */
  readonly in: 'request' | 'response';
  readonly path: string;
  readonly source: Source;
  readonly shape: LoggedShape;
}

/** The operations that are followed for one type. */
export interface TypeCoverage {
  readonly type: string;
  readonly creates: readonly Followed[];
  readonly ends: readonly Followed[];
  /** Why no creation is seen, or else why no end is seen; absent if both are seen. */
  readonly reason?: string;
}

/** How many types and operations are followed. */
export interface CoverageTotals {
  readonly types: number;
  /** Types that some operation creates. */
  readonly created: number;
  /** Types that some operation ends. */
  readonly ended: number;
  readonly creations: Readonly<Record<Source, number>>;
  readonly endings: Readonly<Record<Source, number>>;
  /** The number of operations by the shape of their records. */
  readonly operations: Readonly<Record<LoggedShape, number>>;
}

/** What is followed, and what is not. */
export interface Coverage {
  readonly totals: CoverageTotals;
  /** Every ResourceType of the EC2 API, sorted, with the operations that create and end it. */
  readonly types: readonly TypeCoverage[];
  readonly unnamed: readonly Unnamed[];
}

/** What is followed of EC2, according to the tables of operations. */
export const coverage = (): Coverage => {
  const types = TYPES.map(ofType);
  return { totals: totalsOf(types), types, unnamed: UNNAMED };
};

const REASONS: ReadonlyMap<string, string> = new Map(
  [...UNCREATED, ...UNENDED].map(({ type, reason }) => [type, reason]),
);

const ofType = (type: string): TypeCoverage => {
  const reason = REASONS.get(type);
  return {
    type,
    creates: OPERATIONS.flatMap(({ operation, service, shape, creates = [] }) =>
      creates
        .filter((row) => row.type === type)
        .map(({ path, source }) => ({ operation, service, in: 'response', path, source, shape })),
    ),
    ends: OPERATIONS.flatMap(({ operation, service, shape, ends = [] }) =>
      ends
        .filter((row) => row.type === type)
        .map(({ in: where, path, source }) => ({ operation, service, in: where, path, source, shape })),
    ),
    ...(reason && { reason }),
  };
};

const totalsOf = (types: readonly TypeCoverage[]): CoverageTotals => {
  const bySource = (followed: readonly Followed[]) => ({
    generated: followed.filter(({ source }) => source === 'generated').length,
    curated: followed.filter(({ source }) => source === 'curated').length,
  });
  const shaped = (shape: LoggedShape) => OPERATIONS.filter((row) => row.shape === shape).length;
  return {
    types: types.length,
    created: types.filter(({ creates }) => creates.length > 0).length,
    ended: types.filter(({ ends }) => ends.length > 0).length,
    creations: bySource(types.flatMap(({ creates }) => creates)),
    endings: bySource(types.flatMap(({ ends }) => ends)),
    operations: { plain: shaped('plain'), wrapped: shaped('wrapped'), unknown: shaped('unknown') },
  };
};
