/**
 * The EC2 resource types that AWS tag policies evaluate: first those for which AWS reports missing required
 * keys, then the others (AWS Organizations User Guide, "Services and resource types that support
 * enforcement", the rows of `ec2`, October 2026; columns "Basic Compliance Rules: Reporting Mode" and
 * "Required Tag Keys: Reporting Mode"). A tag policy names them with the prefix `ec2:`, the ledger without
 * it.
 */
const REQUIRED_KEYS_REPORTED = [
  'capacity-reservation',
  'capacity-reservation-fleet',
  'carrier-gateway',
  'client-vpn-endpoint',
  'customer-gateway',
  'dedicated-host',
  'dhcp-options',
  'egress-only-internet-gateway',
  'elastic-ip',
  'fleet',
  'instance',
  'instance-connect-endpoint',
  'internet-gateway',
  'ipam',
  'ipam-pool',
  'ipam-resource-discovery',
  'ipam-resource-discovery-association',
  'ipam-scope',
  'key-pair',
  'launch-template',
  'local-gateway-route-table',
  'local-gateway-route-table-virtual-interface-group-association',
  'local-gateway-route-table-vpc-association',
  'natgateway',
  'network-acl',
  'network-insights-access-scope',
  'network-insights-access-scope-analysis',
  'network-insights-analysis',
  'network-insights-path',
  'network-interface',
  'placement-group',
  'prefix-list',
  'route-table',
  'security-group',
  'spot-fleet-request',
  'subnet',
  'traffic-mirror-filter',
  'traffic-mirror-filter-rule',
  'traffic-mirror-session',
  'traffic-mirror-target',
  'transit-gateway',
  'transit-gateway-attachment',
  'transit-gateway-connect-peer',
  'transit-gateway-multicast-domain',
  'transit-gateway-route-table',
  'verified-access-endpoint',
  'verified-access-group',
  'verified-access-instance',
  'verified-access-trust-provider',
  'volume',
  'vpc',
  'vpc-block-public-access-exclusion',
  'vpc-endpoint',
  'vpc-endpoint-service',
  'vpc-endpoint-service-permission',
  'vpc-flow-log',
  'vpc-peering-connection',
  'vpn-connection',
  'vpn-gateway',
] as const;

const REQUIRED_KEYS_NOT_REPORTED = [
  'capacity-block',
  'capacity-manager-data-export',
  'coip-pool',
  'declarative-policies-report',
  'elastic-gpu',
  'elasticgpu',
  'export-image-task',
  'export-instance-task',
  'fpga-image',
  'host-reservation',
  'image',
  'image-usage-report',
  'import-image-task',
  'import-snapshot-task',
  'instance-event-window',
  'ipam-external-resource-verification-token',
  'ipv4pool-ec2',
  'ipv6pool-ec2',
  'local-gateway',
  'local-gateway-virtual-interface',
  'local-gateway-virtual-interface-group',
  'mac-modification-task',
  'outpost-lag',
  'replace-root-volume-task',
  'reserved-instances',
  'route-server-endpoint',
  'security-group-rule',
  'snapshot',
  'spot-instances-request',
  'subnet-cidr-reservation',
  'transit-gateway-policy-table',
  'transit-gateway-route-table-announcement',
  'vpc-endpoint-connection',
] as const;

/** The types that `ec2:ALL_SUPPORTED` means in `report_required_tag_for`. */
export const REQUIRABLE_TYPES: readonly string[] = REQUIRED_KEYS_REPORTED;

/** All EC2 resource types that tag policies evaluate. */
export const TAG_POLICY_TYPES: readonly string[] = [...REQUIRED_KEYS_REPORTED, ...REQUIRED_KEYS_NOT_REPORTED];

/**
 * The EC2 resource types that the AWS Config managed rule REQUIRED_TAGS evaluates: from Config's name to the
 * ledger's (AWS Config Developer Guide, "required-tags").
 */
export const CONFIG_TYPES: ReadonlyMap<string, string> = new Map([
  ['AWS::EC2::CustomerGateway', 'customer-gateway'],
  ['AWS::EC2::Instance', 'instance'],
  ['AWS::EC2::InternetGateway', 'internet-gateway'],
  ['AWS::EC2::NetworkAcl', 'network-acl'],
  ['AWS::EC2::NetworkInterface', 'network-interface'],
  ['AWS::EC2::RouteTable', 'route-table'],
  ['AWS::EC2::SecurityGroup', 'security-group'],
  ['AWS::EC2::Subnet', 'subnet'],
  ['AWS::EC2::VPC', 'vpc'],
  ['AWS::EC2::VPNConnection', 'vpn-connection'],
  ['AWS::EC2::VPNGateway', 'vpn-gateway'],
  ['AWS::EC2::Volume', 'volume'],
]);
