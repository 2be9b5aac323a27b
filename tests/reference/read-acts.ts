/**
 * What one record says about one resource.
 *
 * - `creation`: a call created it with the tags in `set`.
 * - `tags`: `set` was set, `removed` was removed ("all": a DeleteTags without keys), and each pair in `removedIf` was
 *   removed if the key had exactly that value (a DeleteTags with a value).
 * - `end`: a call deleted it. `repetition`: a TerminateInstances whose `previousState` says that the instance was
 *   shutting down or terminated already.
 * - `doubt`: a TerminateInstances that failed may have deleted it.
 * - `keep`: a network interface outlives its instance from then on.
 * - `restore`: it came back from the Recycle Bin, with the tags that it had.
 */
export interface Act {
  readonly what: 'creation' | 'tags' | 'end' | 'repetition' | 'doubt' | 'keep' | 'restore';
  readonly source: 'cloudtrail' | 'eventbridge';
  /** The eventID of the record, or the id of the EventBridge event. */
  readonly id: string;
  /** Milliseconds since 1970. CloudTrail tells whole seconds: it happened somewhere in that second. */
  readonly ms: number;
  /** Null in an EventBridge event, which names nobody. */
  readonly actor: string | null;
  readonly set: readonly Pair[];
  readonly removed: readonly string[] | 'all';
  readonly removedIf: readonly Pair[];
  /** A creation: it ends with its instance. An end, a repetition or a doubt: its instance was the one that ended. */
  readonly withInstance?: boolean;
  /** Whether a creation copied tags of a source, which its record does not show. */
  readonly copies?: boolean;
  /** Counts the changes of a resource's tags. Only in an EventBridge event. */
  readonly version?: number;
}

/** A tag as a pair of key and value. */
export type Pair = readonly [key: string, value: string];

/** JSON of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: the reference reads few members of records that its caller made.
type Json = any;

/**
 * The acts of each resource, by id. The same record read twice is one act. A failed call is none. Only the
 * operations below are read, in the shapes in which CloudTrail writes them.
 */
export const readActs = (records: readonly unknown[]): ReadonlyMap<string, readonly Act[]> => {
  const acts = new Map<string, Map<string, Act>>();
  for (const record of records) {
    for (const [resource, act] of actsIn(record)) {
      const known = acts.get(resource) ?? new Map<string, Act>();
      acts.set(resource, known.set(act.id, act));
    }
  }
  for (const [instance, held] of interfacesIn(records)) {
    const ends = [...(acts.get(instance)?.values() ?? [])].filter(({ what }) => ENDS.has(what));
    for (const end of ends) acts.get(held)?.set(end.id, { ...end, withInstance: true });
  }
  return new Map([...acts].map(([resource, known]) => [resource, [...known.values()]]));
};

const ENDS: ReadonlySet<Act['what']> = new Set(['end', 'repetition', 'doubt']);

/** The interface of each instance whose launch is among the records. */
const interfacesIn = (records: readonly Json[]): readonly (readonly [string, string])[] =>
  records
    .filter(({ eventName }) => eventName === 'RunInstances')
    .flatMap(({ responseElements }) => items(responseElements.instancesSet))
    .flatMap(({ instanceId, networkInterfaceSet }) =>
      items(networkInterfaceSet).map(({ networkInterfaceId }) => [instanceId, networkInterfaceId] as const),
    );

const actsIn = (record: Json): [string, Act][] => {
  if (record['detail-type'] === 'Tag Change on Resource') return tagChange(record);
  if (record['detail-type'] === 'EC2 Instance State-change Notification') return [notice(record)];
  const { eventName, requestParameters: request, responseElements: response } = record;
  const act = (what: Act['what'], more: Partial<Act> = {}): Act => ({
    what,
    source: 'cloudtrail',
    id: record.eventID,
    ms: Date.parse(record.eventTime),
    actor: record.userIdentity.userName ?? record.userIdentity.arn.split('/').at(-1),
    set: [],
    removed: [],
    removedIf: [],
    ...more,
  });
  if (record.errorCode) return failed(record, act('doubt'));
  switch (eventName) {
    case 'RunInstances':
      return items(response.instancesSet).flatMap((instance): [string, Act][] => [
        [instance.instanceId, act('creation', { set: firstTags('instance', request, instance) })],
        ...items(instance.networkInterfaceSet).map(({ networkInterfaceId }): [string, Act] => [
          networkInterfaceId,
          act('creation', { withInstance: true }),
        ]),
      ]);
    case 'ModifyNetworkInterfaceAttribute':
      return [[request.networkInterfaceId, act('keep')]];
    case 'CreateFleet':
      return fleet(request.CreateFleetRequest, response.CreateFleetResponse).map(([id, set]) => [
        id,
        act('creation', { set }),
      ]);
    case 'CreateVolume':
      return [[response.volumeId, act('creation', { set: firstTags('volume', request, response) })]];
    case 'CreateSnapshot':
      return [[response.snapshotId, act('creation', { set: firstTags('snapshot', request, response) })]];
    case 'CreateImage':
      return [[response.imageId, act('creation', { set: firstTags('image', request, response) })]];
    case 'CopyImage': {
      const set = firstTags('image', request, response);
      return [[response.imageId, act('creation', { set, copies: request.copyImageTags === true })]];
    }
    case 'CreateTags':
      return targets(request).map((id) => [id, act('tags', { set: pairs(items(request.tagSet)) })]);
    case 'DeleteTags':
      return targets(request).map((id) => [id, act('tags', removal(items(request.tagSet)))]);
    case 'TerminateInstances':
      return items(response.instancesSet).map(({ instanceId, previousState }) => [
        instanceId,
        act([32, 48].includes(previousState?.code) ? 'repetition' : 'end'),
      ]);
    case 'DeleteVolume':
      return [[request.volumeId, act('end')]];
    case 'DeleteSnapshot':
      return [[request.snapshotId, act('end')]];
    case 'DeregisterImage':
      return [[request.imageId, act('end')]];
    case 'RestoreVolumeFromRecycleBin':
      return [[request[`${eventName}Request`].VolumeId, act('restore')]];
    case 'RestoreSnapshotFromRecycleBin':
      return [[request[`${eventName}Request`].SnapshotId, act('restore')]];
    case 'RestoreImageFromRecycleBin':
      return [[request[`${eventName}Request`].ImageId, act('restore')]];
    default:
      return [];
  }
};

/** What a failed call may have ended: with a protected instance, the others that it names. */
const failed = (
  { eventName, errorCode, errorMessage, requestParameters: request }: Json,
  doubt: Act,
): [string, Act][] => {
  if (eventName !== 'TerminateInstances' || errorCode !== 'Client.OperationNotPermitted') return [];
  return items(request.instancesSet)
    .filter(({ instanceId }) => !errorMessage.includes(`'${instanceId}'`))
    .map(({ instanceId }) => [instanceId, doubt]);
};

/** An instance has ended; nobody is named. */
const notice = ({ id, time, detail }: Json): [string, Act] => [
  detail['instance-id'],
  {
    what: 'end',
    source: 'eventbridge',
    id,
    ms: Date.parse(time),
    actor: null,
    set: [],
    removed: [],
    removedIf: [],
  },
];

/** The changed keys with the values that they have now; a changed key without a value was removed. */
const tagChange = ({ id, time, resources, detail }: Json): [string, Act][] => {
  const changed: string[] = detail['changed-tag-keys'].filter(isUsers);
  const { tags, version } = detail;
  return resources.map((arn: string) => [
    arn.split('/').at(-1),
    {
      what: 'tags',
      source: 'eventbridge',
      id,
      ms: Date.parse(time),
      actor: null,
      set: changed.filter((key) => key in tags).map((key) => [key, tags[key]]),
      removed: changed.filter((key) => !(key in tags)),
      removedIf: [],
      version,
    },
  ]);
};

/** A key without a value goes whatever its value is; one with a value, even "", only if it has this value. */
const removal = (tags: readonly Json[]): Partial<Act> =>
  tags.length === 0
    ? { removed: 'all' }
    : {
        removed: tags.filter(({ value }) => value === undefined).map(({ key }) => key),
        removedIf: pairs(tags.filter(({ value }) => value !== undefined)),
      };

/** The answer's tags; the request's where the answer has none, as for an image. */
const firstTags = (type: string, request: Json, answer: Json): Pair[] =>
  answer.tagSet
    ? pairs(items(answer.tagSet))
    : items(request.tagSpecificationSet)
        .filter(({ resourceType }) => resourceType === type)
        .flatMap(({ tags }) => pairs(tags));

/**
 * A fleet of the type `instant` and its instances, each with its tags. The request spells its members in upper case,
 * and a list of one as that one.
 */
const fleet = (request: Json, answer: Json): [string, Pair[]][] => {
  const tagsOf = (type: string): Pair[] =>
    list(request.TagSpecification)
      .filter(({ ResourceType }) => ResourceType === type)
      .flatMap(({ Tag }) => pairs(list(Tag).map(({ Key, Value }) => ({ key: Key, value: Value }))));
  const ids = list(answer.fleetInstanceSet.item).flatMap(({ instanceIds }) => list(instanceIds.item));
  return [[answer.fleetId, tagsOf('fleet')], ...ids.map((id): [string, Pair[]] => [id, tagsOf('instance')])];
};

const targets = (request: Json): string[] => items(request.resourcesSet).map(({ resourceId }) => resourceId);

/** Tags of AWS itself (`aws:`) are no tags of users, and are left out. */
const pairs = (tags: readonly Json[]): Pair[] =>
  tags.filter(({ key }) => isUsers(key)).map(({ key, value }) => [key, value ?? '']);
const isUsers = (key: string): boolean => !key.startsWith('aws:');

const items = (set: Json): readonly Json[] => set?.items ?? [];
const list = (one: Json): readonly Json[] => (one === undefined ? [] : Array.isArray(one) ? one : [one]);
