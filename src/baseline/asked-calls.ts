import {
  DescribeAddressesCommand,
  DescribeCapacityReservationsCommand,
  DescribeCustomerGatewaysCommand,
  DescribeDhcpOptionsCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeFlowLogsCommand,
  DescribeHostsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePlacementGroupsCommand,
  DescribeReservedInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSpotFleetRequestsCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DescribeVpnConnectionsCommand,
  DescribeVpnGatewaysCommand,
} from '@aws-sdk/client-ec2';
import type { Ec2 } from '../tagging/ec2/call.ts';

/** The page of a call. */
type Page = { readonly NextToken?: string };

/** A call that shows what exists. */
export interface AskedCall {
  /** Its name, which is also that of the IAM action. */
  readonly operation: string;
  /** The member of its answer that lists what exists. */
  readonly list: string;
  readonly send: (ec2: Ec2, page: Page) => Promise<object>;
}

/** The lists that do not have the name of their operation. */
const LISTS: Readonly<Record<string, string>> = {
  DescribeInstances: 'Reservations',
  DescribeManagedPrefixLists: 'PrefixLists',
  DescribeSpotFleetRequests: 'SpotFleetRequestConfigs',
  DescribeVpcEndpointServiceConfigurations: 'ServiceConfigurations',
};

const call = (operation: string, send: AskedCall['send']): AskedCall => ({
  operation,
  list: LISTS[operation] ?? operation.slice('Describe'.length),
  send,
});

/** Without it, EC2 gives everything in one answer, which times out in large accounts. */
const PAGED = { MaxResults: 1_000 };
/** EC2 can hide what AWS's services manage. */
const MANAGED = { IncludeManagedResources: true };

/**
 * The calls by which an account is asked. `DescribeTags` shows every resource that has a tag; the others show those of
 * their type that have none. EC2 has more types; a test says which, and that each list is known.
 */
export const ASKED_CALLS: readonly AskedCall[] = [
  call('DescribeTags', (ec2, page) => ec2.send(new DescribeTagsCommand({ ...PAGED, ...page }))),
  call('DescribeInstances', (ec2, page) =>
    ec2.send(new DescribeInstancesCommand({ ...MANAGED, ...PAGED, ...page })),
  ),
  call('DescribeVolumes', (ec2, page) =>
    ec2.send(new DescribeVolumesCommand({ ...MANAGED, ...PAGED, ...page })),
  ),
  call('DescribeSnapshots', (ec2, page) =>
    ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...PAGED, ...page })),
  ),
  call('DescribeImages', (ec2, page) =>
    ec2.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, ...PAGED, ...page })),
  ),
  call('DescribeNetworkInterfaces', (ec2, page) =>
    ec2.send(new DescribeNetworkInterfacesCommand({ ...MANAGED, ...PAGED, ...page })),
  ),
  call('DescribeSecurityGroups', (ec2, page) =>
    ec2.send(new DescribeSecurityGroupsCommand({ ...PAGED, ...page })),
  ),
  call('DescribeSecurityGroupRules', (ec2, page) =>
    ec2.send(new DescribeSecurityGroupRulesCommand({ ...PAGED, ...page })),
  ),
  call('DescribeSubnets', (ec2, page) => ec2.send(new DescribeSubnetsCommand({ ...PAGED, ...page }))),
  call('DescribeVpcs', (ec2, page) => ec2.send(new DescribeVpcsCommand(page))),
  call('DescribeRouteTables', (ec2, page) => ec2.send(new DescribeRouteTablesCommand(page))),
  call('DescribeNetworkAcls', (ec2, page) => ec2.send(new DescribeNetworkAclsCommand(page))),
  call('DescribeInternetGateways', (ec2, page) => ec2.send(new DescribeInternetGatewaysCommand(page))),
  call('DescribeEgressOnlyInternetGateways', (ec2, page) =>
    ec2.send(new DescribeEgressOnlyInternetGatewaysCommand(page)),
  ),
  call('DescribeNatGateways', (ec2, page) => ec2.send(new DescribeNatGatewaysCommand(page))),
  call('DescribeDhcpOptions', (ec2, page) => ec2.send(new DescribeDhcpOptionsCommand(page))),
  call('DescribeVpcEndpoints', (ec2, page) => ec2.send(new DescribeVpcEndpointsCommand(page))),
  call('DescribeVpcEndpointServiceConfigurations', (ec2, page) =>
    ec2.send(new DescribeVpcEndpointServiceConfigurationsCommand(page)),
  ),
  call('DescribeVpcPeeringConnections', (ec2, page) =>
    ec2.send(new DescribeVpcPeeringConnectionsCommand(page)),
  ),
  call('DescribeFlowLogs', (ec2, page) => ec2.send(new DescribeFlowLogsCommand(page))),
  call('DescribeAddresses', (ec2) => ec2.send(new DescribeAddressesCommand({}))),
  call('DescribeKeyPairs', (ec2) => ec2.send(new DescribeKeyPairsCommand({}))),
  call('DescribeLaunchTemplates', (ec2, page) =>
    ec2.send(new DescribeLaunchTemplatesCommand({ ...MANAGED, ...page })),
  ),
  call('DescribePlacementGroups', (ec2) => ec2.send(new DescribePlacementGroupsCommand({}))),
  call('DescribeManagedPrefixLists', (ec2, page) => ec2.send(new DescribeManagedPrefixListsCommand(page))),
  call('DescribeCustomerGateways', (ec2) => ec2.send(new DescribeCustomerGatewaysCommand({}))),
  call('DescribeVpnGateways', (ec2) => ec2.send(new DescribeVpnGatewaysCommand({}))),
  call('DescribeVpnConnections', (ec2) => ec2.send(new DescribeVpnConnectionsCommand({}))),
  call('DescribeTransitGateways', (ec2, page) => ec2.send(new DescribeTransitGatewaysCommand(page))),
  call('DescribeTransitGatewayAttachments', (ec2, page) =>
    ec2.send(new DescribeTransitGatewayAttachmentsCommand(page)),
  ),
  call('DescribeTransitGatewayRouteTables', (ec2, page) =>
    ec2.send(new DescribeTransitGatewayRouteTablesCommand(page)),
  ),
  call('DescribeCapacityReservations', (ec2, page) =>
    ec2.send(new DescribeCapacityReservationsCommand(page)),
  ),
  call('DescribeHosts', (ec2, page) => ec2.send(new DescribeHostsCommand(page))),
  call('DescribeSpotFleetRequests', (ec2, page) => ec2.send(new DescribeSpotFleetRequestsCommand(page))),
  call('DescribeSpotInstanceRequests', (ec2, page) =>
    ec2.send(new DescribeSpotInstanceRequestsCommand(page)),
  ),
  call('DescribeReservedInstances', (ec2) => ec2.send(new DescribeReservedInstancesCommand({}))),
];
