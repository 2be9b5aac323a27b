/** One kind of resource that an operation makes. */
export interface Creates {
  /** The EC2 API's ResourceType, which is also how the request's tag specifications call it. */
  readonly type: string;
  /** Where its ids are in the response body. */
  readonly path: string;
  /** Where the request body names resources of this kind that existed before, and come back in the response. */
  readonly existing?: string;
}

/** One kind of resource that an operation ends. */
export interface Ends {
  readonly type: string;
  readonly in: 'request' | 'response';
  readonly path: string;
  /** Only ids beside which the member has this value. */
  readonly where?: { readonly member: string; readonly is: string };
}

/** What an EC2 operation means for resources. Paths are dotted wire names; lists on the way are walked through. */
export interface Operation {
  readonly operation: string;
  readonly creates?: readonly Creates[];
  readonly ends?: readonly Ends[];
}

/**
 * The operations that are followed. Names in responses and single ids in requests are those of the EC2 API's
 * model (`xmlName` in `@aws-sdk/client-ec2`, which a test holds this table against); a list in a plain request
 * is spelled as CloudTrail does, which no model tells.
 */
export const OPERATIONS: readonly Operation[] = [
  {
    // Never in the response: the volumes of the block device mapping. Interfaces that a launch template
    // brings along are not in the request either, and pass for new ones.
    operation: 'RunInstances',
    creates: [
      { type: 'instance', path: 'instancesSet.instanceId' },
      {
        type: 'network-interface',
        path: 'instancesSet.networkInterfaceSet.networkInterfaceId',
        existing: 'networkInterfaceSet.networkInterfaceId',
      },
    ],
  },
  { operation: 'CreateVolume', creates: [{ type: 'volume', path: 'volumeId' }] },
  { operation: 'CreateSnapshot', creates: [{ type: 'snapshot', path: 'snapshotId' }] },
  { operation: 'CreateSnapshots', creates: [{ type: 'snapshot', path: 'snapshotSet.snapshotId' }] },
  { operation: 'CreateImage', creates: [{ type: 'image', path: 'imageId' }] },
  { operation: 'CopyImage', creates: [{ type: 'image', path: 'imageId' }] },
  { operation: 'CopySnapshot', creates: [{ type: 'snapshot', path: 'snapshotId' }] },
  { operation: 'RegisterImage', creates: [{ type: 'image', path: 'imageId' }] },
  { operation: 'CreateSecurityGroup', creates: [{ type: 'security-group', path: 'groupId' }] },
  { operation: 'CreateVpc', creates: [{ type: 'vpc', path: 'vpc.vpcId' }] },
  { operation: 'CreateSubnet', creates: [{ type: 'subnet', path: 'subnet.subnetId' }] },
  {
    operation: 'CreateInternetGateway',
    creates: [{ type: 'internet-gateway', path: 'internetGateway.internetGatewayId' }],
  },
  { operation: 'CreateNatGateway', creates: [{ type: 'natgateway', path: 'natGateway.natGatewayId' }] },
  { operation: 'CreateNetworkAcl', creates: [{ type: 'network-acl', path: 'networkAcl.networkAclId' }] },
  { operation: 'CreateRouteTable', creates: [{ type: 'route-table', path: 'routeTable.routeTableId' }] },
  {
    operation: 'CreateNetworkInterface',
    creates: [{ type: 'network-interface', path: 'networkInterface.networkInterfaceId' }],
  },
  { operation: 'AllocateAddress', creates: [{ type: 'elastic-ip', path: 'allocationId' }] },
  {
    operation: 'CreateVpcPeeringConnection',
    creates: [{ type: 'vpc-peering-connection', path: 'vpcPeeringConnection.vpcPeeringConnectionId' }],
  },
  { operation: 'CreateDhcpOptions', creates: [{ type: 'dhcp-options', path: 'dhcpOptions.dhcpOptionsId' }] },
  {
    operation: 'CreateCustomerGateway',
    creates: [{ type: 'customer-gateway', path: 'customerGateway.customerGatewayId' }],
  },
  { operation: 'CreateVpnGateway', creates: [{ type: 'vpn-gateway', path: 'vpnGateway.vpnGatewayId' }] },
  {
    operation: 'CreateVpnConnection',
    creates: [{ type: 'vpn-connection', path: 'vpnConnection.vpnConnectionId' }],
  },
  { operation: 'CreateKeyPair', creates: [{ type: 'key-pair', path: 'keyPairId' }] },
  { operation: 'ImportKeyPair', creates: [{ type: 'key-pair', path: 'keyPairId' }] },
  {
    operation: 'CreateLaunchTemplate',
    creates: [{ type: 'launch-template', path: 'launchTemplate.launchTemplateId' }],
  },
  { operation: 'CreateFlowLogs', creates: [{ type: 'vpc-flow-log', path: 'flowLogIdSet' }] },
  { operation: 'CreateVpcEndpoint', creates: [{ type: 'vpc-endpoint', path: 'vpcEndpoint.vpcEndpointId' }] },

  {
    operation: 'TerminateInstances',
    ends: [{ type: 'instance', in: 'request', path: 'instancesSet.instanceId' }],
  },
  { operation: 'DeleteVolume', ends: [{ type: 'volume', in: 'request', path: 'volumeId' }] },
  { operation: 'DeleteSnapshot', ends: [{ type: 'snapshot', in: 'request', path: 'snapshotId' }] },
  {
    operation: 'DeregisterImage',
    ends: [
      { type: 'image', in: 'request', path: 'imageId' },
      {
        // With DeleteAssociatedSnapshots; each snapshot has its own outcome.
        type: 'snapshot',
        in: 'response',
        path: 'deleteSnapshotResultSet.snapshotId',
        where: { member: 'returnCode', is: 'success' },
      },
    ],
  },
  {
    operation: 'DeleteSecurityGroup',
    ends: [
      { type: 'security-group', in: 'request', path: 'groupId' },
      { type: 'security-group', in: 'response', path: 'groupId' }, // where the request names it by its name
    ],
  },
  { operation: 'DeleteVpc', ends: [{ type: 'vpc', in: 'request', path: 'vpcId' }] },
  { operation: 'DeleteSubnet', ends: [{ type: 'subnet', in: 'request', path: 'subnetId' }] },
  {
    operation: 'DeleteInternetGateway',
    ends: [{ type: 'internet-gateway', in: 'request', path: 'internetGatewayId' }],
  },
  { operation: 'DeleteNatGateway', ends: [{ type: 'natgateway', in: 'request', path: 'natGatewayId' }] },
  { operation: 'DeleteNetworkAcl', ends: [{ type: 'network-acl', in: 'request', path: 'networkAclId' }] },
  { operation: 'DeleteRouteTable', ends: [{ type: 'route-table', in: 'request', path: 'routeTableId' }] },
  {
    operation: 'DeleteNetworkInterface',
    ends: [{ type: 'network-interface', in: 'request', path: 'networkInterfaceId' }],
  },
  { operation: 'ReleaseAddress', ends: [{ type: 'elastic-ip', in: 'request', path: 'allocationId' }] },
  {
    operation: 'DeleteVpcPeeringConnection',
    ends: [{ type: 'vpc-peering-connection', in: 'request', path: 'vpcPeeringConnectionId' }],
  },
  { operation: 'DeleteDhcpOptions', ends: [{ type: 'dhcp-options', in: 'request', path: 'dhcpOptionsId' }] },
  {
    operation: 'DeleteCustomerGateway',
    ends: [{ type: 'customer-gateway', in: 'request', path: 'customerGatewayId' }],
  },
  { operation: 'DeleteVpnGateway', ends: [{ type: 'vpn-gateway', in: 'request', path: 'vpnGatewayId' }] },
  {
    operation: 'DeleteVpnConnection',
    ends: [{ type: 'vpn-connection', in: 'request', path: 'vpnConnectionId' }],
  },
  {
    operation: 'DeleteKeyPair',
    ends: [
      { type: 'key-pair', in: 'request', path: 'keyPairId' },
      { type: 'key-pair', in: 'response', path: 'keyPairId' }, // where the request names it by its name
    ],
  },
  {
    operation: 'DeleteLaunchTemplate',
    ends: [
      { type: 'launch-template', in: 'request', path: 'launchTemplateId' },
      { type: 'launch-template', in: 'response', path: 'launchTemplate.launchTemplateId' },
    ],
  },
  { operation: 'DeleteFlowLogs', ends: [{ type: 'vpc-flow-log', in: 'request', path: 'flowLogId' }] },
  { operation: 'DeleteVpcEndpoints', ends: [{ type: 'vpc-endpoint', in: 'request', path: 'vpcEndpointId' }] },
];

const BY_NAME = new Map(OPERATIONS.map((row) => [row.operation, row]));

/** The row of an operation, by CloudTrail's `eventName`. */
export const operationOf = (eventName: string): Operation | undefined => BY_NAME.get(eventName);

/**
 * Whether the name of an operation that has no row leaves it open that it makes something which can bear tags:
 * all operations of the EC2 API that take tag specifications begin with one of these verbs, but for
 * AcceptAddressTransfer and AssociateIpamResourceDiscovery.
 */
export const mayCreate = (eventName: string): boolean =>
  /^(?:Allocate|Authorize|Bundle|Copy|Create|Export|Import|Provision|Purchase|Register|Request|Restore|Run)[A-Z]/.test(
    eventName,
  ) ||
  /^Start(?:DeclarativePoliciesReport|NetworkInsights)|^AcceptAddressTransfer$|^AssociateIpamResourceDiscovery$/.test(
    eventName,
  );
