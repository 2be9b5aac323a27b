/**
 * The ResourceType of each prefix of an EC2 id. Sources: the outputs in AWS's own API, CLI and user guides;
 * for the few that are missing there (`cb-`, `macmodification-`, `vpcbpa-exclude-`, `vpce-svc-perm-`,
 * `vpcec-`), Terraform's provider and what its users show. Prefixes that could not be established are left
 * out: `r-` (a reservation) has no ResourceType, and a reserved-instances id is a bare UUID.
 */
export const TYPES_BY_PREFIX: ReadonlyMap<string, string> = new Map([
  ['acl-', 'network-acl'],
  ['afi-', 'fpga-image'],
  ['aki-', 'image'],
  ['ami-', 'image'],
  ['ari-', 'image'],
  ['asc-', 'application-status-check'],
  ['cagw-', 'carrier-gateway'],
  ['cb-', 'capacity-block'],
  ['cgw-', 'customer-gateway'],
  ['cr-', 'capacity-reservation'],
  ['crf-', 'capacity-reservation-fleet'],
  ['cvpn-endpoint-', 'client-vpn-endpoint'],
  ['dopt-', 'dhcp-options'],
  ['eice-', 'instance-connect-endpoint'],
  ['eigw-', 'egress-only-internet-gateway'],
  ['eipalloc-', 'elastic-ip'],
  ['eni-', 'network-interface'],
  ['export-ami-', 'export-image-task'],
  ['export-i-', 'export-instance-task'],
  ['fl-', 'vpc-flow-log'],
  ['fleet-', 'fleet'],
  ['h-', 'dedicated-host'],
  ['hr-', 'host-reservation'],
  ['i-', 'instance'],
  ['iew-', 'instance-event-window'],
  ['igw-', 'internet-gateway'],
  ['import-ami-', 'import-image-task'],
  ['import-snap-', 'import-snapshot-task'],
  ['ipam-', 'ipam'],
  ['ipam-ext-res-ver-token-', 'ipam-external-resource-verification-token'],
  ['ipam-plr-', 'ipam-prefix-list-resolver'],
  ['ipam-pool-', 'ipam-pool'],
  ['ipam-pool-alloc-', 'ipam-pool-allocation'],
  ['ipam-res-disco-', 'ipam-resource-discovery'],
  ['ipam-res-disco-assoc-', 'ipam-resource-discovery-association'],
  ['ipam-scope-', 'ipam-scope'],
  ['ipv4pool-coip-', 'coip-pool'],
  ['ipv4pool-ec2-', 'ipv4pool-ec2'],
  ['ipv6pool-ec2-', 'ipv6pool-ec2'],
  ['key-', 'key-pair'],
  ['lgw-', 'local-gateway'],
  ['lgw-rtb-', 'local-gateway-route-table'],
  ['lgw-vif-', 'local-gateway-virtual-interface'],
  ['lgw-vif-grp-', 'local-gateway-virtual-interface-group'],
  ['lgw-vif-grp-assoc-', 'local-gateway-route-table-virtual-interface-group-association'],
  ['lgw-vpc-assoc-', 'local-gateway-route-table-vpc-association'],
  ['lt-', 'launch-template'],
  ['macmodification-', 'mac-modification-task'],
  ['nat-', 'natgateway'],
  ['nia-', 'network-insights-analysis'],
  ['nip-', 'network-insights-path'],
  ['nis-', 'network-insights-access-scope'],
  ['nisa-', 'network-insights-access-scope-analysis'],
  ['op-lag-', 'outpost-lag'],
  ['pcx-', 'vpc-peering-connection'],
  ['pg-', 'placement-group'],
  ['pl-', 'prefix-list'],
  ['replacevol-', 'replace-root-volume-task'],
  ['rs-', 'route-server'],
  ['rse-', 'route-server-endpoint'],
  ['rsp-', 'route-server-peer'],
  ['rtb-', 'route-table'],
  ['scr-', 'subnet-cidr-reservation'],
  ['sfr-', 'spot-fleet-request'],
  ['sg-', 'security-group'],
  ['sgr-', 'security-group-rule'],
  ['si-', 'secondary-interface'],
  ['sir-', 'spot-instances-request'],
  ['sl-vif-', 'service-link-virtual-interface'],
  ['sn-', 'secondary-network'],
  ['snap-', 'snapshot'],
  ['ss-', 'secondary-subnet'],
  ['subnet-', 'subnet'],
  ['tgw-', 'transit-gateway'],
  ['tgw-attach-', 'transit-gateway-attachment'],
  ['tgw-connect-peer-', 'transit-gateway-connect-peer'],
  ['tgw-mcast-domain-', 'transit-gateway-multicast-domain'],
  ['tgw-mp-', 'transit-gateway-metering-policy'],
  ['tgw-ptb-', 'transit-gateway-policy-table'],
  ['tgw-rtb-', 'transit-gateway-route-table'],
  ['tmf-', 'traffic-mirror-filter'],
  ['tmfr-', 'traffic-mirror-filter-rule'],
  ['tms-', 'traffic-mirror-session'],
  ['tmt-', 'traffic-mirror-target'],
  ['vae-', 'verified-access-endpoint'],
  ['vagr-', 'verified-access-group'],
  ['vai-', 'verified-access-instance'],
  ['vatp-', 'verified-access-trust-provider'],
  ['vcn-', 'vpn-concentrator'],
  ['vgw-', 'vpn-gateway'],
  ['vol-', 'volume'],
  ['vpc-', 'vpc'],
  ['vpcbpa-exclude-', 'vpc-block-public-access-exclusion'],
  ['vpce-', 'vpc-endpoint'],
  ['vpce-svc-', 'vpc-endpoint-service'],
  ['vpce-svc-perm-', 'vpc-endpoint-service-permission'],
  ['vpcec-', 'vpc-encryption-control'],
  ['vpn-', 'vpn-connection'],
]);

const TYPES_WITH_PREFIX = new Set(TYPES_BY_PREFIX.values());

/**
 * Fleets and Spot fleet requests end in a UUID, all others in lower-case letters and digits without a hyphen.
 */
const UUID_ID = /^([a-z][a-z0-9-]*-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLAIN_ID = /^([a-z][a-z0-9-]{0,63}-)(?!x+$)[0-9a-z]{1,64}$/;

const prefixOf = (id: string): string | undefined => (UUID_ID.exec(id) ?? PLAIN_ID.exec(id))?.[1];

/**
 * The EC2 API's ResourceType of an id, such as `natgateway` for `nat-0abc`. Undefined for an unknown prefix,
 * and for a text that is not an id (`i-HIDDEN`, `vpc-xxxx`, `sg-***`). Everything before the last part of the
 * id must be a known prefix, so `eni-attach-0abc` is not a network interface.
 */
export const resourceTypeOf = (id: string): string | undefined => TYPES_BY_PREFIX.get(prefixOf(id) ?? '');

/** Reserved instances are bare UUIDs. */
const BARE_UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether an id can belong to a resource of this type. For a type without a known prefix, any EC2-like
 * id with an unknown prefix can.
 */
export const isIdOf = (id: string, type: string): boolean => {
  if (type === 'reserved-instances') return BARE_UUID.test(id);
  return TYPES_WITH_PREFIX.has(type)
    ? resourceTypeOf(id) === type
    : prefixOf(id) !== undefined && resourceTypeOf(id) === undefined;
};
