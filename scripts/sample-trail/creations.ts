import { DATA_ACCOUNT } from './identities.ts';
import type { Random } from './random.ts';
import type { Refs, Site } from './site.ts';
import {
  type JsonObject,
  plain,
  type Said,
  type SaidObject,
  wrappedRequest,
  wrappedResponse,
} from './wire.ts';

export type Tags = Readonly<Record<string, string>>;

/** What somebody orders with a creating call. */
export interface Order {
  readonly tags?: Tags;
  /** Tags for the volumes that a launch makes. */
  readonly volumeTags?: Tags;
  readonly refs?: Partial<Refs>;
  /** How many resources one call makes, where it can make several. */
  readonly count?: number;
  /** What the order is called, where the operation wants a name or description. */
  readonly label?: string;
  /** Launches only: use this network interface, which exists already. */
  readonly existingInterface?: string;
}

/** A resource that a call made. */
export interface Made {
  readonly type: string;
  readonly id: string;
}

export interface CreatingCall {
  readonly request: JsonObject;
  readonly response: (requestId: string) => JsonObject;
  readonly made: readonly Made[];
}

/** Everything that a kind of creation may use to say its request and response. */
interface Context {
  readonly r: Random;
  readonly account: string;
  readonly region: string;
  readonly zone: string;
  readonly at: Date;
  readonly by: string;
  readonly refs: Refs;
  readonly label: string;
  readonly order: Order;
  readonly tagSet: Said[];
  readonly clientToken: string;
}

/**
 * A kind of creation. `request` and `response` are in the SDK's wire names (xmlName, ec2QueryName);
 * the notation, plain or wrapped, is added afterwards.
 */
interface Kind {
  readonly type: string;
  readonly prefix: string;
  /** The operation is younger than EC2's API of 2014-10-01. */
  readonly wrapped?: true;
  readonly request: (c: Context) => SaidObject;
  /** `ids` has as many as were ordered, at least one: the first is also `id`. */
  readonly response: (c: Context, id: string, ids: readonly string[]) => SaidObject;
  /** What the call makes beside `ids`; the default is nothing. */
  readonly alsoMade?: (response: SaidObject, order: Order) => Made[];
}

const keyValues = (tags: Tags = {}): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

const privateIp = (r: Random): string => `10.20.${r.below(16)}.${4 + r.below(250)}`;

const publicIp = (r: Random): string => `198.51.100.${1 + r.below(250)}`;

const dnsName = (c: Context, ip: string): string =>
  `ip-${ip.replaceAll('.', '-')}.${c.region === 'us-east-1' ? 'ec2' : `${c.region}.compute`}.internal`;

const macAddress = (r: Random): string => `06:${[0, 0, 0, 0, 0].map(() => r.hex(2)).join(':')}`;

const groupSet = (c: Context): Said => [{ groupId: c.refs.groupId, groupName: 'default' }];

/** A network interface as CreateNetworkInterface and RunInstances both show it. */
const networkInterface = (c: Context, networkInterfaceId: string, ip: string) => ({
  networkInterfaceId,
  subnetId: c.refs.subnetId,
  vpcId: c.refs.vpcId,
  ownerId: c.account,
  status: 'pending',
  macAddress: macAddress(c.r),
  privateIpAddress: ip,
  privateDnsName: dnsName(c, ip),
  sourceDestCheck: true,
  groupSet: groupSet(c),
  privateIpAddressesSet: [{ privateIpAddress: ip, privateDnsName: dnsName(c, ip), primary: true }],
  ipv6AddressesSet: [],
  interfaceType: 'interface',
  tagSet: [] as Said[],
});

const launched = (c: Context, instanceId: string, index: number): SaidObject => {
  const ip = privateIp(c.r);
  const eni = networkInterface(c, c.order.existingInterface ?? c.r.resourceId('eni'), ip);
  return {
    instanceId,
    imageId: c.refs.imageId,
    bootMode: 'uefi-preferred',
    instanceState: { code: 0, name: 'pending' },
    privateDnsName: dnsName(c, ip),
    amiLaunchIndex: index,
    productCodes: [],
    instanceType: 't3.medium',
    launchTime: c.at,
    placement: { availabilityZone: c.zone, tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: c.refs.subnetId,
    vpcId: c.refs.vpcId,
    privateIpAddress: ip,
    stateReason: { code: 'pending', message: 'pending' },
    architecture: 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: [],
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    tagSet: c.tagSet,
    clientToken: c.clientToken,
    groupSet: groupSet(c),
    sourceDestCheck: true,
    networkInterfaceSet: [
      {
        ...eni,
        status: 'in-use',
        attachment: {
          attachmentId: c.r.resourceId('eni-attach'),
          deviceIndex: 0,
          networkCardIndex: 0,
          status: 'attaching',
          attachTime: c.at,
          deleteOnTermination: c.order.existingInterface === undefined,
        },
      },
    ],
    ebsOptimized: false,
    enaSupport: true,
    metadataOptions: { state: 'pending', httpTokens: 'required', httpPutResponseHopLimit: 2 },
  };
};

const launchedInterfaces = (response: SaidObject, order: Order): Made[] =>
  order.existingInterface
    ? []
    : [...JSON.stringify(response).matchAll(/"networkInterfaceId":"([^"]+)"/g)].map(([, id = '']) => ({
        type: 'network-interface',
        id,
      }));

const KINDS = {
  RunInstances: {
    type: 'instance',
    prefix: 'i',
    request: (c) => ({
      instancesSet: [{ imageId: c.refs.imageId, minCount: c.order.count ?? 1, maxCount: c.order.count ?? 1 }],
      groupSet: c.order.existingInterface ? [] : [{ groupId: c.refs.groupId }],
      instanceType: 't3.medium',
      blockDeviceMapping: [
        { deviceName: '/dev/xvda', ebs: { volumeSize: 20, deleteOnTermination: true, volumeType: 'gp3' } },
      ],
      monitoring: { enabled: false },
      disableApiTermination: false,
      disableApiStop: false,
      clientToken: c.clientToken,
      ...(c.order.existingInterface
        ? { networkInterfaceSet: [{ networkInterfaceId: c.order.existingInterface, deviceIndex: 0 }] }
        : { subnetId: c.refs.subnetId }),
    }),
    response: (c, _, ids) => ({
      reservationId: c.r.resourceId('r'),
      ownerId: c.account,
      groupSet: [],
      instancesSet: ids.map((id, index) => launched(c, id, index)),
    }),
    alsoMade: launchedInterfaces,
  },
  CreateVolume: {
    type: 'volume',
    prefix: 'vol',
    request: (c) => ({
      size: '100',
      zone: c.zone,
      volumeType: 'gp3',
      encrypted: true,
      clientToken: c.clientToken,
    }),
    response: (c, volumeId) => ({
      volumeId,
      size: '100',
      zone: c.zone,
      status: 'creating',
      createTime: c.at,
      volumeType: 'gp3',
      iops: 3000,
      throughput: 125,
      encrypted: true,
      multiAttachEnabled: false,
      tagSet: c.tagSet,
    }),
  },
  CreateSnapshot: {
    type: 'snapshot',
    prefix: 'snap',
    request: (c) => ({ volumeId: c.refs.volumeId, description: c.label }),
    response: (c, snapshotId) => ({
      snapshotId,
      volumeId: c.refs.volumeId,
      status: 'pending',
      startTime: c.at,
      progress: '',
      ownerId: c.account,
      volumeSize: '100',
      description: c.label,
      encrypted: true,
      tagSet: c.tagSet,
    }),
  },
  CreateSnapshots: {
    type: 'snapshot',
    prefix: 'snap',
    wrapped: true,
    request: (c) => ({
      InstanceSpecification: { InstanceId: c.refs.instanceId, ExcludeBootVolume: false },
      Description: c.label,
    }),
    response: (c, _, ids) => ({
      snapshotSet: ids.map((snapshotId) => ({
        snapshotId,
        volumeId: c.r.resourceId('vol'),
        state: 'pending',
        startTime: c.at,
        progress: '',
        ownerId: c.account,
        volumeSize: 20,
        description: c.label,
        encrypted: false,
        tagSet: c.tagSet,
      })),
    }),
  },
  CreateImage: {
    type: 'image',
    prefix: 'ami',
    request: (c) => ({ instanceId: c.refs.instanceId, name: c.label, noReboot: true }),
    response: (_, imageId) => ({ imageId }),
  },
  CopyImage: {
    type: 'image',
    prefix: 'ami',
    request: (c) => ({
      name: c.label,
      sourceImageId: c.refs.imageId,
      sourceRegion: 'eu-west-1',
      clientToken: c.clientToken,
    }),
    response: (_, imageId) => ({ imageId }),
  },
  CopySnapshot: {
    type: 'snapshot',
    prefix: 'snap',
    request: (c) => ({
      sourceRegion: 'eu-west-1',
      sourceSnapshotId: c.refs.snapshotId,
      description: c.label,
      encrypted: true,
    }),
    response: (c, snapshotId) => ({ snapshotId, tagSet: c.tagSet }),
  },
  RegisterImage: {
    type: 'image',
    prefix: 'ami',
    request: (c) => ({
      name: c.label,
      architecture: 'x86_64',
      rootDeviceName: '/dev/xvda',
      virtualizationType: 'hvm',
      enaSupport: true,
      blockDeviceMapping: [
        { deviceName: '/dev/xvda', ebs: { snapshotId: c.refs.snapshotId, volumeType: 'gp3' } },
      ],
    }),
    response: (_, imageId) => ({ imageId }),
  },
  CreateSecurityGroup: {
    type: 'security-group',
    prefix: 'sg',
    request: (c) => ({ groupName: c.label, groupDescription: `${c.label} traffic`, vpcId: c.refs.vpcId }),
    response: (c, groupId) => ({
      _return: true,
      groupId,
      securityGroupArn: `arn:aws:ec2:${c.region}:${c.account}:security-group/${groupId}`,
      tagSet: c.tagSet,
    }),
  },
  CreateVpc: {
    type: 'vpc',
    prefix: 'vpc',
    request: () => ({
      cidrBlock: '10.20.0.0/16',
      instanceTenancy: 'default',
      amazonProvidedIpv6CidrBlock: false,
    }),
    response: (c, vpcId) => ({
      vpc: {
        vpcId,
        ownerId: c.account,
        state: 'pending',
        cidrBlock: '10.20.0.0/16',
        cidrBlockAssociationSet: [
          {
            associationId: c.r.resourceId('vpc-cidr-assoc'),
            cidrBlock: '10.20.0.0/16',
            cidrBlockState: { state: 'associated' },
          },
        ],
        ipv6CidrBlockAssociationSet: [],
        dhcpOptionsId: c.refs.dhcpOptionsId,
        instanceTenancy: 'default',
        isDefault: false,
        tagSet: c.tagSet,
      },
    }),
  },
  CreateSubnet: {
    type: 'subnet',
    prefix: 'subnet',
    request: (c) => ({ vpcId: c.refs.vpcId, cidrBlock: '10.20.4.0/24', availabilityZone: c.zone }),
    response: (c, subnetId) => ({
      subnet: {
        subnetId,
        subnetArn: `arn:aws:ec2:${c.region}:${c.account}:subnet/${subnetId}`,
        ownerId: c.account,
        state: 'available',
        vpcId: c.refs.vpcId,
        cidrBlock: '10.20.4.0/24',
        ipv6CidrBlockAssociationSet: [],
        availableIpAddressCount: 251,
        availabilityZone: c.zone,
        defaultForAz: false,
        mapPublicIpOnLaunch: false,
        assignIpv6AddressOnCreation: false,
        tagSet: c.tagSet,
      },
    }),
  },
  CreateInternetGateway: {
    type: 'internet-gateway',
    prefix: 'igw',
    request: () => ({}),
    response: (c, internetGatewayId) => ({
      internetGateway: { internetGatewayId, ownerId: c.account, attachmentSet: [], tagSet: c.tagSet },
    }),
  },
  CreateNatGateway: {
    type: 'natgateway',
    prefix: 'nat',
    wrapped: true,
    request: (c) => ({
      SubnetId: c.refs.subnetId,
      AllocationId: c.refs.allocationId,
      ConnectivityType: 'public',
      ClientToken: c.clientToken,
    }),
    response: (c, natGatewayId) => ({
      clientToken: c.clientToken,
      natGateway: {
        natGatewayId,
        subnetId: c.refs.subnetId,
        vpcId: c.refs.vpcId,
        state: 'pending',
        connectivityType: 'public',
        createTime: c.at,
        natGatewayAddressSet: [{ allocationId: c.refs.allocationId }],
        tagSet: c.tagSet,
      },
    }),
  },
  CreateNetworkAcl: {
    type: 'network-acl',
    prefix: 'acl',
    request: (c) => ({ vpcId: c.refs.vpcId }),
    response: (c, networkAclId) => ({
      networkAcl: {
        networkAclId,
        vpcId: c.refs.vpcId,
        ownerId: c.account,
        default: false,
        entrySet: [true, false].map((egress) => ({
          ruleNumber: 32767,
          aclProtocol: '-1',
          ruleAction: 'deny',
          egress,
          cidrBlock: '0.0.0.0/0',
        })),
        associationSet: [],
        tagSet: c.tagSet,
      },
    }),
  },
  CreateRouteTable: {
    type: 'route-table',
    prefix: 'rtb',
    request: (c) => ({ vpcId: c.refs.vpcId }),
    response: (c, routeTableId) => ({
      routeTable: {
        routeTableId,
        vpcId: c.refs.vpcId,
        ownerId: c.account,
        routeSet: [
          {
            destinationCidrBlock: '10.20.0.0/16',
            gatewayId: 'local',
            state: 'active',
            origin: 'CreateRouteTable',
          },
        ],
        associationSet: [],
        propagatingVgwSet: [],
        tagSet: c.tagSet,
      },
    }),
  },
  CreateNetworkInterface: {
    type: 'network-interface',
    prefix: 'eni',
    request: (c) => ({
      subnetId: c.refs.subnetId,
      description: c.label,
      groupSet: [{ groupId: c.refs.groupId }],
      clientToken: c.clientToken,
    }),
    response: (c, id) => ({
      networkInterface: {
        ...networkInterface(c, id, privateIp(c.r)),
        availabilityZone: c.zone,
        description: c.label,
        requesterManaged: false,
        tagSet: c.tagSet,
      },
      clientToken: c.clientToken,
    }),
  },
  AllocateAddress: {
    type: 'elastic-ip',
    prefix: 'eipalloc',
    request: () => ({ domain: 'vpc' }),
    response: (c, allocationId) => ({
      publicIp: publicIp(c.r),
      allocationId,
      domain: 'vpc',
      publicIpv4Pool: 'amazon',
      networkBorderGroup: c.region,
    }),
  },
  CreateVpcPeeringConnection: {
    type: 'vpc-peering-connection',
    prefix: 'pcx',
    request: (c) => ({ vpcId: c.refs.vpcId, peerVpcId: c.refs.peerVpcId, peerOwnerId: DATA_ACCOUNT }),
    response: (c, vpcPeeringConnectionId) => ({
      vpcPeeringConnection: {
        vpcPeeringConnectionId,
        requesterVpcInfo: {
          ownerId: c.account,
          vpcId: c.refs.vpcId,
          cidrBlock: '10.20.0.0/16',
          region: c.region,
        },
        accepterVpcInfo: { ownerId: DATA_ACCOUNT, vpcId: c.refs.peerVpcId, region: c.region },
        expirationTime: new Date(c.at.getTime() + 7 * 86_400_000),
        status: { code: 'initiating-request', message: `Initiating Request to ${DATA_ACCOUNT}` },
        tagSet: c.tagSet,
      },
    }),
  },
  CreateDhcpOptions: {
    type: 'dhcp-options',
    prefix: 'dopt',
    request: () => ({
      dhcpConfigurationSet: [{ key: 'domain-name', valueSet: [{ value: 'corp.example.com' }] }],
    }),
    response: (c, dhcpOptionsId) => ({
      dhcpOptions: {
        dhcpOptionsId,
        ownerId: c.account,
        dhcpConfigurationSet: [{ key: 'domain-name', valueSet: [{ value: 'corp.example.com' }] }],
        tagSet: c.tagSet,
      },
    }),
  },
  CreateCustomerGateway: {
    type: 'customer-gateway',
    prefix: 'cgw',
    request: () => ({ type: 'ipsec.1', bgpAsn: 65010, ipAddress: '203.0.113.250' }),
    response: (c, customerGatewayId) => ({
      customerGateway: {
        customerGatewayId,
        state: 'pending',
        type: 'ipsec.1',
        ipAddress: '203.0.113.250',
        bgpAsn: '65010',
        tagSet: c.tagSet,
      },
    }),
  },
  CreateVpnGateway: {
    type: 'vpn-gateway',
    prefix: 'vgw',
    request: () => ({ type: 'ipsec.1', amazonSideAsn: 64512 }),
    response: (c, vpnGatewayId) => ({
      vpnGateway: {
        vpnGatewayId,
        state: 'pending',
        type: 'ipsec.1',
        amazonSideAsn: 64512,
        attachments: [],
        tagSet: c.tagSet,
      },
    }),
  },
  CreateVpnConnection: {
    type: 'vpn-connection',
    prefix: 'vpn',
    request: (c) => ({
      type: 'ipsec.1',
      customerGatewayId: c.refs.customerGatewayId,
      vpnGatewayId: c.refs.vpnGatewayId,
      options: { staticRoutesOnly: true },
    }),
    response: (c, vpnConnectionId) => ({
      vpnConnection: {
        vpnConnectionId,
        state: 'pending',
        customerGatewayConfiguration: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        type: 'ipsec.1',
        customerGatewayId: c.refs.customerGatewayId,
        vpnGatewayId: c.refs.vpnGatewayId,
        category: 'VPN',
        options: { staticRoutesOnly: true },
        routes: [],
        tagSet: c.tagSet,
      },
    }),
  },
  CreateKeyPair: {
    type: 'key-pair',
    prefix: 'key',
    request: (c) => ({ keyName: c.label, keyType: 'ed25519', keyFormat: 'pem' }),
    response: (c, keyPairId) => ({
      keyName: c.label,
      keyFingerprint: `${c.r.letters(43, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}=`,
      keyMaterial: '<sensitiveDataRemoved>',
      keyPairId,
      tagSet: c.tagSet,
    }),
  },
  CreateLaunchTemplate: {
    type: 'launch-template',
    prefix: 'lt',
    wrapped: true,
    request: (c) => ({
      LaunchTemplateName: c.label,
      LaunchTemplateData: {
        ImageId: c.refs.imageId,
        InstanceType: 't3.medium',
        SecurityGroupId: [c.refs.groupId],
      },
      ClientToken: c.clientToken,
    }),
    response: (c, launchTemplateId) => ({
      launchTemplate: {
        launchTemplateId,
        launchTemplateName: c.label,
        createTime: c.at,
        createdBy: c.by,
        defaultVersionNumber: 1,
        latestVersionNumber: 1,
        tagSet: c.tagSet,
      },
    }),
  },
  CreateFlowLogs: {
    type: 'vpc-flow-log',
    prefix: 'fl',
    wrapped: true,
    request: (c) => ({
      ResourceId: c.order.count === 2 ? [c.refs.vpcId, c.refs.peerVpcId] : [c.refs.vpcId],
      ResourceType: 'VPC',
      TrafficType: 'REJECT',
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::example-corp-flow-logs',
      ClientToken: c.clientToken,
    }),
    response: (c, _, ids) => ({ clientToken: c.clientToken, flowLogIdSet: [...ids], unsuccessful: [] }),
  },
  CreateVpcEndpoint: {
    type: 'vpc-endpoint',
    prefix: 'vpce',
    wrapped: true,
    request: (c) => ({
      VpcId: c.refs.vpcId,
      ServiceName: `com.amazonaws.${c.region}.s3`,
      VpcEndpointType: 'Gateway',
      RouteTableId: [c.refs.routeTableId],
    }),
    response: (c, vpcEndpointId) => ({
      vpcEndpoint: {
        vpcEndpointId,
        vpcEndpointType: 'Gateway',
        vpcId: c.refs.vpcId,
        serviceName: `com.amazonaws.${c.region}.s3`,
        state: 'available',
        routeTableIdSet: [c.refs.routeTableId],
        subnetIdSet: [],
        groupSet: [],
        networkInterfaceIdSet: [],
        dnsEntrySet: [],
        privateDnsEnabled: false,
        requesterManaged: false,
        creationTimestamp: c.at,
        ownerId: c.account,
        tagSet: c.tagSet,
      },
    }),
  },
} satisfies Record<string, Kind>;

export type Creation = keyof typeof KINDS;

/** The birth tags as the request carries them, for the resource itself and for a launch's volumes. */
const tagSpecifications = (kind: Kind, { tags, volumeTags }: Order): SaidObject => {
  const specified = [
    ...(tags ? [{ type: kind.type, tags: keyValues(tags) }] : []),
    ...(volumeTags ? [{ type: 'volume', tags: keyValues(volumeTags) }] : []),
  ];
  if (specified.length === 0) return {};
  if (!kind.wrapped)
    return { tagSpecificationSet: specified.map((s) => ({ resourceType: s.type, tags: s.tags })) };
  return {
    TagSpecification: specified.map((s) => ({
      ResourceType: s.type,
      Tag: s.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    })),
  };
};

/** The request, response and new resources of one creating call. */
export const creating = (
  r: Random,
  site: Site,
  at: Date,
  by: string,
  name: Creation,
  order: Order,
): CreatingCall => {
  const kind: Kind = KINDS[name];
  const context: Context = {
    r,
    account: site.account,
    region: site.region,
    zone: `${site.region}${r.pick(['a', 'b', 'c'])}`,
    at,
    by,
    refs: { ...site.refs, ...order.refs },
    label: order.label ?? order.tags?.Name ?? `${kind.type}-${r.hex(4)}`,
    order,
    tagSet: keyValues(order.tags),
    clientToken: r.uuid(),
  };
  const ids = Array.from({ length: order.count ?? 1 }, () => r.resourceId(kind.prefix));
  const request = { ...kind.request(context), ...tagSpecifications(kind, order) };
  const response = kind.response(context, ids[0] ?? '', ids);
  return {
    request: kind.wrapped ? wrappedRequest(name, request) : plain(request),
    response: (requestId) =>
      kind.wrapped ? wrappedResponse(name, { requestId, ...response }) : plain({ requestId, ...response }),
    made: [...ids.map((id) => ({ type: kind.type, id })), ...(kind.alsoMade?.(response, order) ?? [])],
  };
};
