/** Resources that an operation makes beside the one it is called for, and that no record of it names. */
export interface Unnamed {
  readonly operation: string;
  /** Their ResourceTypes. */
  readonly types: readonly string[];
  /** What they are. */
  readonly what: string;
}

/**
 * What is made without a name in any record, by what the API reference says of the operations and what their
 * answers in the pinned model and in real records have: who wants to know such a resource has to ask EC2.
 */
export const UNNAMED: readonly Unnamed[] = [
  {
    operation: 'RunInstances',
    types: ['volume'],
    what: 'the root volume and the others that an instance starts with',
  },
  {
    operation: 'CreateVpc',
    types: ['network-acl', 'route-table', 'security-group'],
    what: 'the default network ACL, the main route table and the default security group',
  },
  {
    operation: 'CreateDefaultVpc',
    types: ['internet-gateway', 'network-acl', 'route-table', 'security-group', 'subnet'],
    what: 'all that a default VPC has in it',
  },
  {
    operation: 'CreateSecurityGroup',
    types: ['security-group-rule'],
    what: 'the rule that lets all traffic out',
  },
  { operation: 'CreateImage', types: ['snapshot'], what: 'the snapshots behind the image' },
  { operation: 'CopyImage', types: ['snapshot'], what: 'the snapshots behind the copy' },
  {
    operation: 'CreateRestoreImageTask',
    types: ['snapshot'],
    what: 'the snapshots behind the image',
  },
  {
    operation: 'ImportImage',
    types: ['image', 'snapshot'],
    what: 'the image that its task makes, and the snapshots behind it',
  },
  { operation: 'ImportSnapshot', types: ['snapshot'], what: 'the snapshot that its task makes' },
  {
    operation: 'CreateReplaceRootVolumeTask',
    types: ['volume'],
    what: 'the new root volume',
  },
  {
    operation: 'CreateVpnConnection',
    types: ['transit-gateway-attachment'],
    what: 'the attachment of a VPN to a transit gateway',
  },
];
