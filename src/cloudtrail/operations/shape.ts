/** How CloudTrail records an operation's bodies; `unknown` where no record was seen and the rule is silent. */
export type LoggedShape = 'plain' | 'wrapped' | 'unknown';

/**
 * Those operations of the tables that the EC2 API of 2014-10-01 had already. Source: botocore 0.86.0,
 * `data/aws/ec2/2014-10-01.normal.json`, which has 160.
 */
const OLD: ReadonlySet<string> = new Set([
  'AllocateAddress',
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'CancelExportTask',
  'CancelSpotInstanceRequests',
  'CopyImage',
  'CopySnapshot',
  'CreateCustomerGateway',
  'CreateDhcpOptions',
  'CreateImage',
  'CreateInstanceExportTask',
  'CreateInternetGateway',
  'CreateKeyPair',
  'CreateNetworkAcl',
  'CreateNetworkInterface',
  'CreatePlacementGroup',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSnapshot',
  'CreateSubnet',
  'CreateTags',
  'CreateVolume',
  'CreateVpc',
  'CreateVpcPeeringConnection',
  'CreateVpnConnection',
  'CreateVpnGateway',
  'DeleteCustomerGateway',
  'DeleteDhcpOptions',
  'DeleteInternetGateway',
  'DeleteKeyPair',
  'DeleteNetworkAcl',
  'DeleteNetworkInterface',
  'DeleteRouteTable',
  'DeleteSecurityGroup',
  'DeleteSnapshot',
  'DeleteSubnet',
  'DeleteTags',
  'DeleteVolume',
  'DeleteVpc',
  'DeleteVpcPeeringConnection',
  'DeleteVpnConnection',
  'DeleteVpnGateway',
  'DeregisterImage',
  'ImportInstance',
  'ImportKeyPair',
  'ImportVolume',
  'PurchaseReservedInstancesOffering',
  'RegisterImage',
  'ReleaseAddress',
  'RequestSpotInstances',
  'RevokeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'RunInstances',
  'TerminateInstances',
]);

/** New in the API of 2015-03-01, between those that are known to be plain and those known to be wrapped. */
const BETWEEN: ReadonlySet<string> = new Set(['CancelImportTask', 'ImportImage', 'ImportSnapshot']);

/**
 * The shape in which an operation of the tables is recorded. Operations of the API of 2014-10-01 or before are
 * plain, those since 2015-04-15 wrapped: so it was for all of 154 operations of which records were found.
 */
export const shapeOf = (operation: string): LoggedShape => {
  if (OLD.has(operation)) return 'plain';
  return BETWEEN.has(operation) ? 'unknown' : 'wrapped';
};
