// biome-ignore-all format: one line per row

/** A creation as in the generated table, written by hand for the reason in `because`. */
export interface CuratedCreation {
  readonly operation: string;
  /** The service of the operation, as in its records' `eventSource`; EC2 if absent. */
  readonly service?: 'ebs';
  readonly type: string;
  readonly path: string;
  /** The path in the request of resources that existed before; the response names them as well. */
  readonly existing?: string;
  /** Applies only if the request has this value at this path. */
  readonly onlyIf?: { readonly path: string; readonly is: string };
  /** The object with the id describes another resource, so its tags are not those of this one. */
  readonly heldByAnother?: true;
  readonly because: string;
}

/** An ending as in the generated table, written by hand for the reason in `because`. */
export interface CuratedEnding {
  readonly operation: string;
  readonly type: string;
  readonly in: 'request' | 'response';
  readonly path: string;
  /** Applies only to ids whose object has this value in this member. */
  readonly where?: { readonly member: string; readonly is: string };
  readonly because: string;
}

/** What an operation brings back from the Recycle Bin; `path` is where its ids are in the request. */
export interface CuratedRestoration {
  readonly operation: string;
  readonly type: string;
  readonly path: string;
  readonly because: string;
}

/** What operations create beyond the generated rows. Ids that may have existed before are left out. */
export const CURATED_CREATIONS: readonly CuratedCreation[] = [
  { operation: 'AcceptAddressTransfer', type: 'elastic-ip', path: 'addressTransfer.allocationId', because: 'the address is new to the account that accepts it' },
  { operation: 'AllocateAddress', type: 'elastic-ip', path: 'allocationId', because: 'an address is known by its allocation' },
  { operation: 'AllocateIpamPoolCidr', type: 'ipam-pool-allocation', path: 'ipamPoolAllocation.ipamPoolAllocationId', because: 'it makes an allocation, not a CIDR' },
  { operation: 'AssociateIpamResourceDiscovery', type: 'ipam-resource-discovery-association', path: 'ipamResourceDiscoveryAssociation.ipamResourceDiscoveryAssociationId', because: 'named for what it joins' },
  { operation: 'AuthorizeSecurityGroupEgress', type: 'security-group-rule', path: 'securityGroupRuleSet.securityGroupRuleId', because: 'the rules are named nowhere in the operation; records before 2021 have none' },
  { operation: 'AuthorizeSecurityGroupIngress', type: 'security-group-rule', path: 'securityGroupRuleSet.securityGroupRuleId', because: 'the rules are named nowhere in the operation; records before 2021 have none' },
  { operation: 'CreateCapacityReservationBySplitting', type: 'capacity-reservation', path: 'destinationCapacityReservation.capacityReservationId', because: 'the source existed before, the destination is new' },
  { operation: 'CreateCapacityReservationDateChangeQuote', type: 'capacity-reservation-modification-quote', path: 'capacityReservationModificationQuote.capacityReservationModificationQuoteId', because: 'the operation has another word for it' },
  { operation: 'CreateCapacityReservationFleet', type: 'capacity-reservation', path: 'fleetCapacityReservationSet.capacityReservationId', because: 'side effect: the reservations of the fleet' },
  { operation: 'CreateDelegateMacVolumeOwnershipTask', type: 'mac-modification-task', path: 'macModificationTask.macModificationTaskId', because: 'the operation has another word for it' },
  { operation: 'CreateFleet', type: 'instance', path: 'fleetInstanceSet.instanceIds', because: 'side effect: the instances of an instant fleet' },
  { operation: 'CreateInstanceConnectEndpoint', type: 'network-interface', path: 'instanceConnectEndpoint.networkInterfaceIdSet', heldByAnother: true, because: 'side effect: its network interfaces' },
  { operation: 'CreateIpam', type: 'ipam-scope', path: 'ipam.publicDefaultScopeId', heldByAnother: true, because: 'side effect: the default scopes' },
  { operation: 'CreateIpam', type: 'ipam-scope', path: 'ipam.privateDefaultScopeId', heldByAnother: true, because: 'side effect: the default scopes' },
  { operation: 'CreateIpam', type: 'ipam-resource-discovery-association', path: 'ipam.defaultResourceDiscoveryAssociationId', heldByAnother: true, because: 'side effect; whether the default resource discovery itself is new, nothing says' },
  { operation: 'CreateNatGateway', type: 'network-interface', path: 'natGateway.natGatewayAddressSet.networkInterfaceId', because: 'side effect: its network interface, where the answer has it already' },
  { operation: 'CreateNetworkingFlexCostAllocationPolicy', type: 'fca-policy', path: 'fcaPolicyId', because: 'the type is an abbreviation' },
  { operation: 'CreateRestoreImageTask', type: 'image', path: 'imageId', because: 'it answers with the image and no task' },
  { operation: 'CreateRouteServerEndpoint', type: 'network-interface', path: 'routeServerEndpoint.eniId', heldByAnother: true, because: 'side effect: its network interface' },
  { operation: 'CreateTransitGateway', type: 'transit-gateway-route-table', path: 'transitGateway.options.associationDefaultRouteTableId', because: 'side effect: the default route table, where the answer has it already' },
  { operation: 'CreateTransitGateway', type: 'transit-gateway-route-table', path: 'transitGateway.options.propagationDefaultRouteTableId', because: 'side effect: the default route table, where the answer has it already' },
  { operation: 'CreateTransitGatewayConnect', type: 'transit-gateway-attachment', path: 'transitGatewayConnect.transitGatewayAttachmentId', because: 'a Connect is an attachment' },
  { operation: 'CreateVpc', type: 'vpc-encryption-control', path: 'vpc.encryptionControl.vpcEncryptionControlId', because: 'side effect, where the request asks for one' },
  { operation: 'CreateVpcEndpoint', type: 'network-interface', path: 'vpcEndpoint.networkInterfaceIdSet', heldByAnother: true, because: 'side effect: its network interfaces' },
  { operation: 'CreateVpcEndpointServiceConfiguration', type: 'vpc-endpoint-service', path: 'serviceConfiguration.serviceId', because: 'a service is known by its configuration' },
  { operation: 'CreateVpnConcentrator', type: 'transit-gateway-attachment', path: 'vpnConcentrator.transitGatewayAttachmentId', heldByAnother: true, because: 'side effect: its attachment' },
  { operation: 'ExportImage', type: 'export-image-task', path: 'exportImageTaskId', because: 'it makes a task; the image existed before' },
  { operation: 'ImportImage', type: 'import-image-task', path: 'importTaskId', because: 'it makes a task; the image comes later, and by no call' },
  { operation: 'ImportInstance', type: 'instance', path: 'conversionTask.importInstance.instanceId', because: 'it answers with a task, which has no ResourceType' },
  { operation: 'ImportInstance', type: 'volume', path: 'conversionTask.importInstance.volumes.volume.id', because: 'side effect: the volumes of the instance' },
  { operation: 'ImportSnapshot', type: 'import-snapshot-task', path: 'importTaskId', because: 'it makes a task; the snapshot comes later, and by no call' },
  { operation: 'ImportVolume', type: 'volume', path: 'conversionTask.importVolume.volume.id', because: 'it answers with a task, which has no ResourceType' },
  { operation: 'ModifyVpcEndpointServicePermissions', type: 'vpc-endpoint-service-permission', path: 'addedPrincipalSet.servicePermissionId', because: 'it adds permissions, and is named a change' },
  { operation: 'MoveAddressToVpc', type: 'elastic-ip', path: 'allocationId', because: 'the address gets an allocation, by which it is known from then on' },
  { operation: 'ProvisionByoipCidr', type: 'ipv4pool-ec2', path: 'byoipCidr.poolId', because: 'side effect: the pool of the range; the prefix of its id tells the type' },
  { operation: 'ProvisionByoipCidr', type: 'ipv6pool-ec2', path: 'byoipCidr.poolId', because: 'side effect: the pool of the range; the prefix of its id tells the type' },
  { operation: 'PurchaseCapacityBlock', type: 'capacity-reservation', path: 'capacityReservation.capacityReservationId', because: 'side effect: a block comes with a reservation' },
  { operation: 'PurchaseHostReservation', type: 'host-reservation', path: 'purchase.hostReservationId', because: 'it answers with a list of purchases; the hosts in it existed before' },
  { operation: 'PurchaseReservedInstancesOffering', type: 'reserved-instances', path: 'reservedInstancesId', because: 'named for what it buys from' },
  { operation: 'RequestSpotFleet', type: 'spot-fleet-request', path: 'spotFleetRequestId', because: 'the verb is a part of the type' },
  { operation: 'RequestSpotInstances', type: 'spot-instances-request', path: 'spotInstanceRequestSet.spotInstanceRequestId', because: 'the verb is a part of the type' },
  // The response never contains the volumes of the block device mapping. Existing interfaces that a launch
  // template names are not in the request either, and count as new.
  { operation: 'RunInstances', type: 'instance', path: 'instancesSet.instanceId', because: 'the answer calls them by the reservation' },
  { operation: 'RunInstances', type: 'elastic-gpu', path: 'instancesSet.elasticGpuAssociationSet.elasticGpuId', because: 'side effect; the service has ended' },
  { operation: 'RunInstances', type: 'secondary-interface', path: 'instancesSet.secondaryInterfaceSet.secondaryInterfaceId', because: 'side effect; no request can name one that existed before' },
  { operation: 'RunInstances', type: 'spot-instances-request', path: 'instancesSet.spotInstanceRequestId', onlyIf: { path: 'instanceMarketOptions.marketType', is: 'spot' }, heldByAnother: true, because: 'side effect; a launch for a request that existed before has no market options' },
  { operation: 'RunInstances', type: 'network-interface', path: 'instancesSet.networkInterfaceSet.networkInterfaceId', existing: 'networkInterfaceSet.networkInterfaceId', because: 'side effect, but for those that the request names' },
  { operation: 'RunScheduledInstances', type: 'instance', path: 'instanceIdSet', because: 'named for the schedule; the instances are the new ones' },
  { operation: 'StartSnapshot', service: 'ebs', type: 'snapshot', path: 'snapshotId', because: 'an operation of the EBS direct APIs, which begins a snapshot of EC2' },
];

/** What operations end beyond the generated rows. */
export const CURATED_ENDINGS: readonly CuratedEnding[] = [
  { operation: 'CancelExportTask', type: 'export-instance-task', in: 'request', path: 'exportTaskId', because: 'for two types; the prefix of the id tells which' },
  { operation: 'CancelExportTask', type: 'export-image-task', in: 'request', path: 'exportTaskId', because: 'for two types; the prefix of the id tells which' },
  { operation: 'CancelImportTask', type: 'import-image-task', in: 'request', path: 'importTaskId', because: 'for two types; the prefix of the id tells which' },
  { operation: 'CancelImportTask', type: 'import-snapshot-task', in: 'request', path: 'importTaskId', because: 'for two types; the prefix of the id tells which' },
  { operation: 'CancelSpotInstanceRequests', type: 'spot-instances-request', in: 'response', path: 'spotInstanceRequestSet.spotInstanceRequestId', because: 'how the plain request spells the list no record has shown' },
  { operation: 'DeleteIpam', type: 'ipam-scope', in: 'response', path: 'ipam.publicDefaultScopeId', because: 'side effect: the default scopes' },
  { operation: 'DeleteIpam', type: 'ipam-scope', in: 'response', path: 'ipam.privateDefaultScopeId', because: 'side effect: the default scopes' },
  { operation: 'DeleteIpam', type: 'ipam-resource-discovery-association', in: 'response', path: 'ipam.defaultResourceDiscoveryAssociationId', because: 'side effect: the default association' },
  { operation: 'DeleteKeyPair', type: 'key-pair', in: 'response', path: 'keyPairId', because: 'the request may name it by its name' },
  { operation: 'DeleteLaunchTemplate', type: 'launch-template', in: 'response', path: 'launchTemplate.launchTemplateId', because: 'the request may name it by its name' },
  { operation: 'DeleteNetworkingFlexCostAllocationPolicies', type: 'fca-policy', in: 'response', path: 'successful', because: 'the type is an abbreviation; some of a request may fail' },
  { operation: 'DeleteSecurityGroup', type: 'security-group', in: 'response', path: 'groupId', because: 'the request may name it by its name' },
  { operation: 'DeleteTransitGatewayConnect', type: 'transit-gateway-attachment', in: 'request', path: 'transitGatewayAttachmentId', because: 'a Connect is an attachment' },
  { operation: 'DeleteVpcEndpointServiceConfigurations', type: 'vpc-endpoint-service', in: 'request', path: 'serviceId', because: 'a service is known by its configuration' },
  { operation: 'DeregisterImage', type: 'snapshot', in: 'response', path: 'deleteSnapshotResultSet.snapshotId', where: { member: 'returnCode', is: 'success' }, because: 'with DeleteAssociatedSnapshots; each snapshot has its own outcome' },
  { operation: 'DisassociateIpamResourceDiscovery', type: 'ipam-resource-discovery-association', in: 'request', path: 'ipamResourceDiscoveryAssociationId', because: 'named for what it parts' },
  { operation: 'ReleaseAddress', type: 'elastic-ip', in: 'request', path: 'allocationId', because: 'an address is known by its allocation' },
  { operation: 'RevokeSecurityGroupEgress', type: 'security-group-rule', in: 'response', path: 'revokedSecurityGroupRuleSet.securityGroupRuleId', because: 'the request may name a rule by what it allows' },
  { operation: 'RevokeSecurityGroupIngress', type: 'security-group-rule', in: 'response', path: 'revokedSecurityGroupRuleSet.securityGroupRuleId', because: 'the request may name a rule by what it allows' },
  { operation: 'TerminateInstances', type: 'instance', in: 'request', path: 'instancesSet.instanceId', because: 'a list in a plain request, as CloudTrail spells it' },
];

/** What operations restore. What was restored is the same resource as before, with its tags. */
export const CURATED_RESTORATIONS: readonly CuratedRestoration[] = [
  { operation: 'RestoreImageFromRecycleBin', type: 'image', path: 'imageId', because: 'it is neither new nor ended' },
  { operation: 'RestoreSnapshotFromRecycleBin', type: 'snapshot', path: 'snapshotId', because: 'it is neither new nor ended' },
  { operation: 'RestoreVolumeFromRecycleBin', type: 'volume', path: 'volumeId', because: 'it is neither new nor ended' },
];
