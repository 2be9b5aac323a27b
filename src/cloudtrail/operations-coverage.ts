import { TYPES } from './generated-operations.ts';
import { OPERATIONS, type Source } from './operations.ts';
import type { LoggedShape } from './operations-shape.ts';

/** A type, and why something of it is never seen. */
export interface Gap {
  readonly type: string;
  readonly reason: string;
}

/** The types that no operation makes, or none that says so. */
export const UNCREATED: readonly Gap[] = [
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

/** The types that some operation makes, and none ends by their id. */
export const UNENDED: readonly Gap[] = [
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

/** What is followed of one type. */
export interface TypeCoverage {
  readonly type: string;
  readonly creates: readonly {
    readonly operation: string;
    readonly path: string;
    readonly source: Source;
    readonly shape: LoggedShape;
  }[];
  readonly ends: readonly { readonly operation: string; readonly source: Source }[];
  /** Why nothing creates it, or else why nothing ends it; absent where both are seen. */
  readonly reason?: string;
}

/** Every ResourceType of the EC2 API, sorted, with the operations that make and end it. */
export const coverage = (): { readonly types: readonly TypeCoverage[] } => ({ types: TYPES.map(ofType) });

const REASONS: ReadonlyMap<string, string> = new Map(
  [...UNCREATED, ...UNENDED].map(({ type, reason }) => [type, reason]),
);

const ofType = (type: string): TypeCoverage => {
  const reason = REASONS.get(type);
  return {
    type,
    creates: OPERATIONS.flatMap(({ operation, shape, creates = [] }) =>
      creates
        .filter((row) => row.type === type)
        .map(({ path, source }) => ({ operation, path, source, shape })),
    ),
    ends: OPERATIONS.flatMap(({ operation, ends = [] }) => {
      const row = ends.find((one) => one.type === type);
      return row ? [{ operation, source: row.source }] : [];
    }),
    ...(reason && { reason }),
  };
};
