/**
 * Operations whose names suggest a creation, but that create nothing with a ResourceType, or restore what
 * existed before. All other such operations of the pinned model have a row in the tables, except
 * `CreateInterruptibleCapacityReservationAllocation`, whose response does not name what it creates.
 */
const BY_REASON = {
  'routes, entries and permissions, which have no tags': [
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
    'RestoreManagedPrefixListVersion',
    'RestoreSnapshotTier',
  ],
  'a membership or a setting': [
    'RegisterInstanceEventNotificationAttributes',
    'RegisterTransitGatewayMulticastGroupMembers',
    'RegisterTransitGatewayMulticastGroupSources',
  ],
} as const;

/** The operations that create nothing that can have tags, each with what it does instead. */
export const MAKES_NOTHING: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_REASON).flatMap(([reason, operations]) =>
    operations.map((name) => [name, reason] as const),
  ),
);
