/**
 * Operations that sound as if they made something, and make nothing that has a ResourceType, or bring back what
 * was there before. Every other operation of the pinned model that sounds so has a row in the tables, but for
 * `CreateInterruptibleCapacityReservationAllocation`, whose answer does not name what it makes.
 */
const BY_REASON = {
  'routes, entries and permissions, which bear no tags': [
    'AuthorizeClientVpnIngress',
    'CreateClientVpnRoute',
    'CreateCoipCidr',
    'CreateIpamRoutingPolicyRegistration',
    'CreateLocalGatewayRoute',
    'CreateNetworkAclEntry',
    'CreateNetworkInterfacePermission',
    'CreateRoute',
    'CreateTransitGatewayMeteringPolicyEntry',
    'CreateTransitGatewayPolicyTableEntry',
    'CreateTransitGatewayPrefixListReference',
    'CreateTransitGatewayRoute',
    'CreateVpnConnectionRoute',
  ],
  'tags, which are read in their own way': ['CreateTags'],
  'a version, listing, subscription or schedule, which has no ResourceType': [
    'CreateLaunchTemplateVersion',
    'CreateReservedInstancesListing',
    'CreateSpotDatafeedSubscription',
    'CreateVpcEndpointConnectionNotification',
    'PurchaseScheduledInstances',
  ],
  'a file, or a task without a ResourceType': [
    'BundleInstance',
    'CreateStoreImageTask',
    'ExportClientVpnClientCertificateRevocationList',
    'ExportClientVpnClientConfiguration',
    'ExportTransitGatewayRoutes',
    'ExportVerifiedAccessInstanceClientConfiguration',
    'ImportClientVpnClientCertificateRevocationList',
  ],
  'a range or number for a pool that was there before': [
    'ProvisionIpamByoasn',
    'ProvisionIpamPoolCidr',
    'ProvisionPublicIpv4PoolCidr',
  ],
  'more time for what was there before': ['PurchaseCapacityBlockExtension'],
  'what was there before, in another state': [
    'RestoreAddressToClassic',
    'RestoreImageFromRecycleBin',
    'RestoreManagedPrefixListVersion',
    'RestoreSnapshotFromRecycleBin',
    'RestoreSnapshotTier',
    'RestoreVolumeFromRecycleBin',
  ],
  'a membership or a setting': [
    'RegisterInstanceEventNotificationAttributes',
    'RegisterTransitGatewayMulticastGroupMembers',
    'RegisterTransitGatewayMulticastGroupSources',
  ],
} as const;

/** The operations that make nothing which can bear tags, each with what they make instead. */
export const MAKES_NOTHING: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_REASON).flatMap(([reason, operations]) =>
    operations.map((name) => [name, reason] as const),
  ),
);
