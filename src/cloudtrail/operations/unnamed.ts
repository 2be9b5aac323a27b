/** Resources that an operation creates besides its main one, and that no record of it names. */
export interface Unnamed {
  readonly operation: string;
  /** Their ResourceTypes. */
  readonly types: readonly string[];
  /** What they are, as a phrase for users. */
  readonly what: string;
}

/**
 * What is created and named in no record, according to the API reference, the responses in the pinned model,
 * and real records. Only EC2 itself can show these resources.
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
