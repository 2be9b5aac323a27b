/** The tags that a call names: a value, or null for a key of DeleteTags that is given without one. */
export type NamedTags = Readonly<Record<string, string | null>>;

/** Who called, when and with which eventID. The time is in whole seconds, as CloudTrail has it. */
export interface Call {
  readonly id: string;
  readonly at: string;
  readonly by?: string;
}

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** The types that the reference knows, each with the prefix of its ids. */
export const TYPES = { instance: 'i', volume: 'vol', snapshot: 'snap', image: 'ami' } as const;
export type TypeName = keyof typeof TYPES;

/** The type that an id is of. */
export const typeOf = (id: string): TypeName =>
  (Object.keys(TYPES) as TypeName[]).find((type) => id.startsWith(`${TYPES[type]}-`)) ?? 'instance';

const record = (eventName: string, { id, at, by = 'ana' }: Call, request: object, response: object) => ({
  eventVersion: '1.11',
  eventID: id,
  eventName,
  eventSource: 'ec2.amazonaws.com',
  eventTime: at,
  awsRegion: REGION,
  sourceIPAddress: '203.0.113.9',
  recipientAccountId: ACCOUNT,
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: `arn:aws:iam::${ACCOUNT}:user/${by}`,
    accountId: ACCOUNT,
    userName: by,
  },
  requestParameters: request,
  responseElements: response,
});

const tagItems = (tags: NamedTags) => ({
  items: Object.entries(tags).map(([key, value]) => (value === null ? { key } : { key, value })),
});

const specification = (type: TypeName, tags: NamedTags) =>
  Object.keys(tags).length === 0
    ? {}
    : { tagSpecificationSet: { items: [{ resourceType: type, tags: tagItems(tags).items }] } };

/** The interface of an instance, which is deleted when the instance is terminated. */
const interfaceOf = (instance: string): string => instance.replace(/^i-/, 'eni-');

/** ModifyNetworkInterfaceAttribute: the interface of an instance outlives it. */
export const keepInterface = (call: Call, instance: string): object =>
  record(
    'ModifyNetworkInterfaceAttribute',
    call,
    {
      networkInterfaceId: interfaceOf(instance),
      attachment: { attachmentId: 'eni-attach-0a1b2c3d', deleteOnTermination: false },
    },
    { _return: true },
  );

/** A TerminateInstances that fails because another instance is protected. */
export const failedDeletion = (call: Call, instance: string): object => {
  const guarded = 'i-0a1b2c3d4e5f60799';
  const ids = [instance, guarded];
  return {
    ...record(
      'TerminateInstances',
      call,
      { instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } },
      {},
    ),
    responseElements: null,
    errorCode: 'Client.OperationNotPermitted',
    errorMessage: `The instance '${guarded}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  };
};

/** EventBridge's notification that an instance has ended. It names nobody. */
export const endNotice = ({ id, at }: Call, instance: string): object => ({
  version: '0',
  id,
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: ACCOUNT,
  time: at,
  region: REGION,
  resources: [`arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${instance}`],
  detail: { 'instance-id': instance, state: 'terminated' },
});

/** The record of the call that created a resource with these tags. */
export const creation = (call: Call, id: string, tags: NamedTags = {}): object => {
  const type = typeOf(id);
  const request = specification(type, tags);
  switch (type) {
    case 'instance':
      return record('RunInstances', call, request, {
        instancesSet: {
          items: [
            {
              instanceId: id,
              tagSet: tagItems(tags),
              networkInterfaceSet: {
                items: [
                  {
                    networkInterfaceId: interfaceOf(id),
                    attachment: { deviceIndex: 0, deleteOnTermination: true },
                  },
                ],
              },
            },
          ],
        },
      });
    case 'volume':
      return record('CreateVolume', call, request, { volumeId: id, tagSet: tagItems(tags) });
    case 'snapshot':
      return record('CreateSnapshot', call, request, { snapshotId: id, tagSet: tagItems(tags) });
    case 'image':
      return record('CreateImage', call, request, { imageId: id });
  }
};

/** CopyImage with `copyImageTags`: the image also gets the tags of its source, which the record does not show. */
export const copyCreation = (call: Call, id: string, tags: NamedTags = {}): object =>
  record(
    'CopyImage',
    call,
    {
      sourceImageId: 'ami-0fedcba9876543210',
      sourceRegion: REGION,
      copyImageTags: true,
      ...specification('image', tags),
    },
    { imageId: id },
  );

/** CreateFleet of the type `instant` with one instance, of which a RunInstances also tells. */
export const fleetCreation = (call: Call, id: string, tags: NamedTags = {}): object => {
  const Tag = Object.entries(tags).map(([Key, Value], i) => ({ tag: i + 1, Key, Value }));
  return record(
    'CreateFleet',
    call,
    {
      CreateFleetRequest: {
        Type: 'instant',
        ...(Tag.length > 0 && { TagSpecification: { tag: 1, ResourceType: 'instance', Tag } }),
      },
    },
    {
      CreateFleetResponse: {
        fleetId: `fleet-0a1b2c3d-4e5f-6071-8293-${id.slice(-12)}`,
        fleetInstanceSet: { item: { lifecycle: 'on-demand', instanceIds: { item: id } } },
      },
    },
  );
};

/** CreateTags on these resources. */
export const tagging = (call: Call, ids: readonly string[], tags: NamedTags): object =>
  record('CreateTags', call, { resourcesSet: resources(ids), tagSet: tagItems(tags) }, { _return: true });

/** DeleteTags on these resources; of all tags if none is named. */
export const untagging = (call: Call, ids: readonly string[], tags: NamedTags = {}): object =>
  record('DeleteTags', call, { resourcesSet: resources(ids), tagSet: tagItems(tags) }, { _return: true });

const resources = (ids: readonly string[]) => ({ items: ids.map((resourceId) => ({ resourceId })) });

const STATES = { running: 16, 'shutting-down': 32, terminated: 48 };

/** The call that deletes a resource. `previous` is the state of an instance before it. */
export const deletion = (call: Call, id: string, previous: keyof typeof STATES = 'running'): object => {
  switch (typeOf(id)) {
    case 'instance': {
      return record(
        'TerminateInstances',
        call,
        { instancesSet: { items: [{ instanceId: id }] } },
        {
          instancesSet: {
            items: [{ instanceId: id, previousState: { code: STATES[previous], name: previous } }],
          },
        },
      );
    }
    case 'volume':
      return record('DeleteVolume', call, { volumeId: id }, { _return: true });
    case 'snapshot':
      return record('DeleteSnapshot', call, { snapshotId: id }, { _return: true });
    case 'image':
      return record('DeregisterImage', call, { imageId: id }, { _return: true });
  }
};

const RESTORED = { volume: 'Volume', snapshot: 'Snapshot', image: 'Image' } as const;

/** The call that brings a volume, a snapshot or an image back from the Recycle Bin. */
export const restoration = (call: Call, id: string): object => {
  const name = RESTORED[typeOf(id) as keyof typeof RESTORED];
  const operation = `Restore${name}FromRecycleBin`;
  return record(
    operation,
    call,
    { [`${operation}Request`]: { [`${name}Id`]: id } },
    { [`${operation}Response`]: { requestId: 'c2a51e7f' } },
  );
};

/**
 * The EventBridge event `Tag Change on Resource`: the keys that changed, and all tags that the resource has
 * then. The time may have milliseconds.
 */
export const tagChangeEvent = (
  { id, at }: Call,
  resource: string,
  { changed, tags, version }: { changed: readonly string[]; tags: NamedTags; version: number },
): object => ({
  version: '0',
  id,
  'detail-type': 'Tag Change on Resource',
  source: 'aws.tag',
  account: ACCOUNT,
  time: at,
  region: REGION,
  resources: [`arn:aws:ec2:${REGION}:${ACCOUNT}:${typeOf(resource)}/${resource}`],
  detail: { 'changed-tag-keys': changed, service: 'ec2', 'resource-type': typeOf(resource), version, tags },
});
