/** How CloudTrail records an operation's bodies; `unknown` if no record was found and no rule decides. */
export type LoggedShape = 'plain' | 'wrapped' | 'unknown';

/**
 * The operations of the tables that the EC2 API of 2014-10-01 already had.
 * Source: botocore 0.86.0, `data/aws/ec2/2014-10-01.normal.json`, which has 160.
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

/** Source: Amazon EBS user guide, "Log EBS direct APIs calls using AWS CloudTrail". */
const OF_EBS: ReadonlySet<string> = new Set(['StartSnapshot']);

/** New in the API of 2015-03-01, between those known to be plain and those known to be wrapped. */
const BETWEEN: ReadonlySet<string> = new Set(['CancelImportTask', 'ImportImage', 'ImportSnapshot']);

/**
 * The shape in which an operation of the tables is recorded. Operations of the API of 2014-10-01 or before
 * are plain, and those added since 2015-04-15 are wrapped. This holds for all 154 operations for which
 * records were found. The EBS direct APIs are JSON, and plain.
 */
export const shapeOf = (operation: string): LoggedShape => {
  if (OLD.has(operation) || OF_EBS.has(operation)) return 'plain';
  return BETWEEN.has(operation) ? 'unknown' : 'wrapped';
};
