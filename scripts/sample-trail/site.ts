import type { Random } from './random.ts';

/** The ids that a call may refer to; those of a site existed before the trail begins. */
export interface Refs {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupId: string;
  readonly routeTableId: string;
  readonly imageId: string;
  readonly dhcpOptionsId: string;
  readonly instanceId: string;
  readonly volumeId: string;
  readonly snapshotId: string;
  readonly allocationId: string;
  readonly networkInterfaceId: string;
  readonly customerGatewayId: string;
  readonly vpnGatewayId: string;
  readonly peerVpcId: string;
}

/** One account in one Region, with what was there before. */
export interface Site {
  readonly account: string;
  readonly region: string;
  readonly refs: Refs;
}

export const site = (r: Random, account: string, region: string): Site => ({
  account,
  region,
  refs: {
    vpcId: r.resourceId('vpc'),
    subnetId: r.resourceId('subnet'),
    groupId: r.resourceId('sg'),
    routeTableId: r.resourceId('rtb'),
    imageId: r.resourceId('ami'),
    dhcpOptionsId: r.resourceId('dopt'),
    instanceId: r.resourceId('i'),
    volumeId: r.resourceId('vol'),
    snapshotId: r.resourceId('snap'),
    allocationId: r.resourceId('eipalloc'),
    networkInterfaceId: r.resourceId('eni'),
    customerGatewayId: r.resourceId('cgw'),
    vpnGatewayId: r.resourceId('vgw'),
    peerVpcId: r.resourceId('vpc'),
  },
});
