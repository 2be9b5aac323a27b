import type { Refusal } from './error.ts';

/** How EC2 names resources of one type: the prefix of their ids, and its error if they do not exist. */
interface Kind {
  readonly prefix: string;
  readonly code: string;
  /** How the message names one resource and several, if that wording is known. */
  readonly one: string;
  readonly many: string;
  /** The text around the ids, and at the end of the message. */
  readonly quotes?: readonly [open: string, close: string];
  readonly end?: string;
}

const kind = (prefix: string, code: string, noun: string): Kind => ({
  prefix,
  code,
  one: `The ${noun} ID`,
  many: `The ${noun} IDs`,
});

/**
 * The kinds by ResourceType. Codes: EC2 guide, errors-overview, and the Terraform AWS provider's list for the
 * newer types. Messages of instances, volumes, snapshots, images, security groups, network interfaces, route
 * tables and internet gateways: as users reported them (cloud-custodian #3612, #10999, kops #599, galaxy
 * cloudlaunch #174). The others follow the same pattern, as do all plurals except that of instances.
 */
const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    'capacity-reservation': kind('cr', 'InvalidCapacityReservationId.NotFound', 'capacityReservation'),
    'carrier-gateway': kind('cagw', 'InvalidCarrierGatewayID.NotFound', 'carrierGateway'),
    'client-vpn-endpoint': kind('cvpn-endpoint', 'InvalidClientVpnEndpointId.NotFound', 'clientVpnEndpoint'),
    'customer-gateway': kind('cgw', 'InvalidCustomerGatewayID.NotFound', 'customerGateway'),
    'dedicated-host': kind('h', 'InvalidHostID.NotFound', 'host'),
    'dhcp-options': kind('dopt', 'InvalidDhcpOptionID.NotFound', 'dhcpOption'),
    'egress-only-internet-gateway': kind('eigw', 'InvalidEgressOnlyInternetGatewayId.NotFound', 'eigw'),
    'elastic-ip': kind('eipalloc', 'InvalidAllocationID.NotFound', 'allocation'),
    'export-image-task': kind('export-ami', 'InvalidExportTaskID.NotFound', 'exportTask'),
    fleet: kind('fleet', 'InvalidFleetId.NotFound', 'fleet'),
    'fpga-image': kind('afi', 'InvalidFpgaImageID.NotFound', 'fpgaImage'),
    image: {
      prefix: 'ami',
      code: 'InvalidAMIID.NotFound',
      one: 'The image id',
      many: 'The image ids',
      quotes: ["'[", "]'"],
    },
    instance: kind('i', 'InvalidInstanceID.NotFound', 'instance'),
    'instance-connect-endpoint': kind(
      'eice',
      'InvalidInstanceConnectEndpointId.NotFound',
      'instanceConnectEndpoint',
    ),
    'internet-gateway': kind('igw', 'InvalidInternetGatewayID.NotFound', 'internetGateway'),
    ipam: kind('ipam', 'InvalidIpamId.NotFound', 'ipam'),
    'ipam-pool': kind('ipam-pool', 'InvalidIpamPoolId.NotFound', 'ipamPool'),
    'ipam-resource-discovery': kind(
      'ipam-res-disco',
      'InvalidIpamResourceDiscoveryId.NotFound',
      'ipamResourceDiscovery',
    ),
    'ipam-scope': kind('ipam-scope', 'InvalidIpamScopeId.NotFound', 'ipamScope'),
    'key-pair': kind('key', 'InvalidKeyPair.NotFound', 'keyPair'),
    'launch-template': kind('lt', 'InvalidLaunchTemplateId.NotFound', 'launchTemplate'),
    natgateway: kind('nat', 'InvalidNatGatewayID.NotFound', 'natGateway'),
    'network-acl': kind('acl', 'InvalidNetworkAclID.NotFound', 'networkAcl'),
    'network-insights-analysis': kind(
      'nia',
      'InvalidNetworkInsightsAnalysisId.NotFound',
      'networkInsightsAnalysis',
    ),
    'network-insights-path': kind('nip', 'InvalidNetworkInsightsPathId.NotFound', 'networkInsightsPath'),
    'network-interface': kind('eni', 'InvalidNetworkInterfaceID.NotFound', 'networkInterface'),
    'placement-group': kind('pg', 'InvalidPlacementGroup.Unknown', 'placementGroup'),
    'prefix-list': kind('pl', 'InvalidPrefixListID.NotFound', 'prefixList'),
    'route-table': kind('rtb', 'InvalidRouteTableID.NotFound', 'routeTable'),
    'security-group': {
      prefix: 'sg',
      code: 'InvalidGroup.NotFound',
      one: 'The security group',
      many: 'The security groups',
    },
    'security-group-rule': kind('sgr', 'InvalidSecurityGroupRuleId.NotFound', 'securityGroupRule'),
    snapshot: {
      prefix: 'snap',
      code: 'InvalidSnapshot.NotFound',
      one: 'The snapshot',
      many: 'The snapshots',
      end: '.',
    },
    'spot-fleet-request': kind('sfr', 'InvalidSpotFleetRequestId.NotFound', 'spotFleetRequest'),
    'spot-instances-request': kind('sir', 'InvalidSpotInstanceRequestID.NotFound', 'spot instance request'),
    subnet: kind('subnet', 'InvalidSubnetID.NotFound', 'subnet'),
    'subnet-cidr-reservation': kind(
      'scr',
      'InvalidSubnetCidrReservationID.NotFound',
      'subnetCidrReservation',
    ),
    'traffic-mirror-filter': kind('tmf', 'InvalidTrafficMirrorFilterId.NotFound', 'trafficMirrorFilter'),
    'traffic-mirror-session': kind('tms', 'InvalidTrafficMirrorSessionId.NotFound', 'trafficMirrorSession'),
    'traffic-mirror-target': kind('tmt', 'InvalidTrafficMirrorTargetId.NotFound', 'trafficMirrorTarget'),
    'transit-gateway': kind('tgw', 'InvalidTransitGatewayID.NotFound', 'transitGateway'),
    'transit-gateway-attachment': kind(
      'tgw-attach',
      'InvalidTransitGatewayAttachmentID.NotFound',
      'transitGatewayAttachment',
    ),
    'transit-gateway-connect-peer': kind(
      'tgw-connect-peer',
      'InvalidTransitGatewayConnectPeerID.NotFound',
      'transitGatewayConnectPeer',
    ),
    'transit-gateway-multicast-domain': kind(
      'tgw-mcast-domain',
      'InvalidTransitGatewayMulticastDomainId.NotFound',
      'transitGatewayMulticastDomain',
    ),
    'transit-gateway-policy-table': kind(
      'tgw-ptb',
      'InvalidTransitGatewayPolicyTableId.NotFound',
      'transitGatewayPolicyTable',
    ),
    'transit-gateway-route-table': kind(
      'tgw-rtb',
      'InvalidRouteTableID.NotFound',
      'transitGatewayRouteTable',
    ),
    'verified-access-endpoint': kind(
      'vae',
      'InvalidVerifiedAccessEndpointId.NotFound',
      'verifiedAccessEndpoint',
    ),
    'verified-access-group': kind('vagr', 'InvalidVerifiedAccessGroupId.NotFound', 'verifiedAccessGroup'),
    'verified-access-instance': kind(
      'vai',
      'InvalidVerifiedAccessInstanceId.NotFound',
      'verifiedAccessInstance',
    ),
    'verified-access-trust-provider': kind(
      'vatp',
      'InvalidVerifiedAccessTrustProviderId.NotFound',
      'verifiedAccessTrustProvider',
    ),
    volume: {
      prefix: 'vol',
      code: 'InvalidVolume.NotFound',
      one: 'The volume',
      many: 'The volumes',
      end: '.',
    },
    vpc: kind('vpc', 'InvalidVpcID.NotFound', 'vpc'),
    'vpc-endpoint': kind('vpce', 'InvalidVpcEndpointId.NotFound', 'vpcEndpoint'),
    'vpc-endpoint-service': kind('vpce-svc', 'InvalidVpcEndpointServiceId.NotFound', 'vpcEndpointService'),
    'vpc-flow-log': kind('fl', 'InvalidFlowLogId.NotFound', 'flowLog'),
    'vpc-peering-connection': kind('pcx', 'InvalidVpcPeeringConnectionID.NotFound', 'vpcPeeringConnection'),
    'vpn-connection': kind('vpn', 'InvalidVpnConnectionID.NotFound', 'vpnConnection'),
    'vpn-gateway': kind('vgw', 'InvalidVpnGatewayID.NotFound', 'vpnGateway'),
  } satisfies Record<string, Kind>),
);

/** The id prefix of a type, such as `vol`; undefined for a type that the simulation does not know. */
export const prefixOfType = (type: string): string | undefined => KINDS.get(type)?.prefix;

const TYPE_OF_PREFIX: ReadonlyMap<string, string> = new Map(
  [...KINDS].map(([type, { prefix }]) => [prefix, type]),
);

/** A prefix, then hexadecimal digits. Fleet ids group the digits like a UUID. */
const ID_SHAPE = /^([a-z]+(?:-[a-z]+)*?)-[0-9a-f]+(?:-[0-9a-f]+)*$/;

/**
 * The ResourceType that an id's shape implies, or undefined if EC2 would call the id invalid. Real ids have 8
 * or 17 digits; any number is accepted here, so that examples can be short.
 */
export const typeOfId = (id: string): string | undefined => TYPE_OF_PREFIX.get(ID_SHAPE.exec(id)?.[1] ?? '');

/**
 * EC2's answer to ids that do not exist. A malformed id is reported first and alone (`InvalidID`). Otherwise
 * the message has the type of the first id and names all ids of that type; those of other types are not
 * reported. `typeOf` supplies the type of a resource that exists but is not visible yet.
 */
export const notFound = (
  ids: readonly [string, ...string[]],
  typeOf: (id: string) => string | undefined = typeOfId,
): Refusal => {
  const malformed = ids.find((id) => !KINDS.has(typeOf(id) ?? ''));
  if (malformed !== undefined) return { code: 'InvalidID', message: `The ID '${malformed}' is not valid` };
  const type = typeOf(ids[0]) ?? '';
  const same = ids.filter((id) => typeOf(id) === type);
  const { code, one, many, quotes: [open, close] = ["'", "'"], end = '' } = KINDS.get(type) as Kind;
  const [subject, verb] = same.length > 1 ? [many, 'do'] : [one, 'does'];
  return { code, message: `${subject} ${open}${same.join(', ')}${close} ${verb} not exist${end}` };
};
