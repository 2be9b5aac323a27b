import type { ResourceIdentity } from '../events/resource-arn.ts';
import { isIdOf } from '../events/resource-type.ts';
import { groupBy } from '../shared/collections.ts';
import { findInRequest, requestBodies, responseBody } from './body/bodies.ts';
import { find, type JsonBody, memberOf, objectsAt, scalarOf } from './body/walk.ts';
import type { CloudTrailRecord } from './record.ts';

/** A resource by its type and id, in the account and Region of its record. */
type Named = Pick<ResourceIdentity, 'type' | 'id'>;

/** With what a resource ends, and what may end with it, as in the ledger's events; absent if nothing tells it. */
export interface Dependencies {
  readonly endsWith?: string;
  readonly children?: string[];
}

/** A new resource that may end with another one. */
interface FoundDependency {
  readonly parent: Named;
  readonly child: Named;
  /** As in `DependencyObserved`: the parent as `TYPE/ID`, `nothing` or `unknown`. */
  readonly endsWith: string;
}

/** What a call says of the dependencies of a resource that existed before. */
export type DependencyChange = Named &
  ({ readonly endsWith: string; readonly unsure?: never } | { readonly unsure: string });

/** A resource as events name it beside their own. */
const relativeOf = ({ type, id }: Named): string => `${type}/${id}`;

/**
 * Which of the resources that a call created may end with another one, and whether that is certain.
 *
 * - A network interface of a launch: its attachment says so (`deleteOnTermination`). Only the primary interface cannot be
 *   detached, and DetachNetworkInterface does not name the interface, so nothing certain is known of the others.
 * - A security group rule ends with its group.
 * - The interfaces of an endpoint end with it. Of what AWS manages for other parents it is not known.
 *
 * Sources: EC2 API reference, InstanceNetworkInterfaceAttachment; EC2 user guide, "Elastic network interfaces" (a primary
 * interface cannot be detached); AWS PrivateLink guide, "Delete an interface endpoint".
 */
const dependenciesIn = (record: CloudTrailRecord): readonly FoundDependency[] => {
  const body = responseBody(record);
  switch (record.eventName) {
    case 'RunInstances':
      return objectsAt(body, ['instancesSet']).flatMap(dependenciesOfLaunch);
    case 'AuthorizeSecurityGroupEgress':
    case 'AuthorizeSecurityGroupIngress':
      return objectsAt(body, ['securityGroupRuleSet']).flatMap((rule) =>
        pairs(
          idsAt(rule, 'security-group', 'groupId'),
          idsAt(rule, 'security-group-rule', 'securityGroupRuleId'),
          true,
        ),
      );
    default:
      return MANAGED.filter(({ operation }) => operation === record.eventName).flatMap(
        ({ parent, child, isCertain }) =>
          pairs(idsAt(body, ...parent).slice(0, 1), idsAt(body, ...child), isCertain),
      );
  }
};

type TypeAndPath = readonly [type: string, path: string];

/** What AWS creates for another resource, and deletes itself. The response describes one such parent. */
const MANAGED: readonly {
  readonly operation: string;
  readonly parent: TypeAndPath;
  readonly child: TypeAndPath;
  readonly isCertain: boolean;
}[] = [
  {
    operation: 'CreateVpcEndpoint',
    parent: ['vpc-endpoint', 'vpcEndpoint.vpcEndpointId'],
    child: ['network-interface', 'vpcEndpoint.networkInterfaceIdSet'],
    isCertain: true,
  },
  {
    operation: 'CreateNatGateway',
    parent: ['natgateway', 'natGateway.natGatewayId'],
    child: ['network-interface', 'natGateway.natGatewayAddressSet.networkInterfaceId'],
    isCertain: false,
  },
  {
    operation: 'CreateInstanceConnectEndpoint',
    parent: ['instance-connect-endpoint', 'instanceConnectEndpoint.instanceConnectEndpointId'],
    child: ['network-interface', 'instanceConnectEndpoint.networkInterfaceIdSet'],
    isCertain: false,
  },
  {
    operation: 'CreateRouteServerEndpoint',
    parent: ['route-server-endpoint', 'routeServerEndpoint.routeServerEndpointId'],
    child: ['network-interface', 'routeServerEndpoint.eniId'],
    isCertain: false,
  },
];

const dependenciesOfLaunch = (instance: JsonBody): readonly FoundDependency[] => {
  const parents = idsAt(instance, 'instance', 'instanceId');
  const interfaces = objectsAt(instance, ['networkInterfaceSet']).flatMap((one) => {
    const [attachment = {}] = objectsAt(one, ['attachment']);
    const isDeleted = booleanOf(memberOf(attachment, 'deleteOnTermination'));
    const isPrimary = Number(scalarOf(memberOf(attachment, 'deviceIndex'))) === 0;
    const found = pairs(parents, idsAt(one, 'network-interface', 'networkInterfaceId'), isPrimary);
    return isDeleted === true
      ? found
      : found.map((pair) => ({ ...pair, endsWith: isDeleted === false ? 'nothing' : 'unknown' }));
  });
  const others = pairs(
    parents,
    [
      ...idsAt(instance, 'secondary-interface', 'secondaryInterfaceSet.secondaryInterfaceId'),
      ...idsAt(instance, 'elastic-gpu', 'elasticGpuAssociationSet.elasticGpuId'),
    ],
    false,
  );
  return [...interfaces, ...others];
};

/**
 * Adds to the new resources of a record what it says of their dependencies. `dependents` are resources that existed
 * before, with what it says of theirs.
 */
export const withDependencies = <R extends { readonly identity: ResourceIdentity }>(
  record: CloudTrailRecord,
  resources: readonly R[],
  identity: (type: string, id: string) => ResourceIdentity,
): {
  readonly resources: readonly (R & Dependencies)[];
  readonly dependents?: readonly (ResourceIdentity & Dependencies & { readonly unsure?: string })[];
} => {
  const isNew = new Set(resources.map((one) => relativeOf(one.identity)));
  const found = dependenciesIn(record).filter(({ child }) => isNew.has(relativeOf(child)));
  const byParent = groupBy(found, ({ parent }) => relativeOf(parent));
  const byChild = new Map(found.map((one) => [relativeOf(one.child), one.endsWith]));
  const childrenOf = (parent: string) => byParent.get(parent)?.map(({ child }) => relativeOf(child));
  const withOwn = (one: R): R & Dependencies => {
    const name = relativeOf(one.identity);
    const [endsWith, children] = [byChild.get(name), childrenOf(name)];
    return { ...one, ...(endsWith !== undefined && { endsWith }), ...(children && { children }) };
  };
  const parents = [...byParent].flatMap(([name, [first]]) => {
    const children = isNew.has(name) ? undefined : childrenOf(name);
    return first && children ? [{ ...identity(first.parent.type, first.parent.id), children }] : [];
  });
  const changed = dependencyChangesIn(record).map(({ type, id, ...rest }) => ({
    ...identity(type, id),
    ...rest,
  }));
  const dependents = [...parents, ...changed];
  return { resources: resources.map(withOwn), ...(dependents.length > 0 && { dependents }) };
};

/** The operations that only change what ends with what. */
export const DEPENDENCY_OPERATIONS: ReadonlySet<string> = new Set([
  'DetachVolume',
  'ModifyInstanceAttribute',
  'ModifyNetworkInterfaceAttribute',
]);

/**
 * What a call says of dependencies of what existed before; `[]` if it says nothing of them. A call that lets an interface
 * end with an instance does not name the instance. One that changes an instance's volumes names devices, and not
 * volumes. The root volume that a task replaces is detached, and may be deleted.
 */
export const dependencyChangesIn = (record: CloudTrailRecord): readonly DependencyChange[] => {
  const idsOf = (type: string, path: string): readonly Named[] =>
    findInRequest(record, path).flatMap(({ value: id }) => (isIdOf(id, type) ? [{ type, id }] : []));
  switch (record.eventName) {
    case 'DetachVolume':
      return idsOf('volume', 'volumeId').map((volume) => ({ ...volume, endsWith: 'nothing' }));
    case 'ModifyNetworkInterfaceAttribute': {
      const flag = requestBodies(record)
        .flatMap((body) => objectsAt(body, ['attachment']))
        .map((attachment) => booleanOf(memberOf(attachment, 'deleteOnTermination')))
        .find((one) => one !== undefined);
      if (flag === undefined) return [];
      const endsWith = flag ? 'unknown' : 'nothing';
      return idsOf('network-interface', 'networkInterfaceId').map((one) => ({ ...one, endsWith }));
    }
    case 'ModifyInstanceAttribute': {
      const isAboutVolumes = requestBodies(record).some(
        (body) => objectsAt(body, ['blockDeviceMapping', 'ebs']).length > 0,
      );
      return isAboutVolumes
        ? idsOf('instance', 'instanceId').map((one) => ({ ...one, unsure: 'volume' }))
        : [];
    }
    case 'CreateReplaceRootVolumeTask':
      return idsOf('instance', 'instanceId').map((one) => ({ ...one, unsure: 'volume' }));
    default:
      return [];
  }
};

const idsAt = (body: unknown, type: string, path: string): readonly Named[] =>
  find(body, path).flatMap(({ value: id }) => (isIdOf(id, type) ? [{ type, id }] : []));

const pairs = (
  parents: readonly Named[],
  children: readonly Named[],
  isCertain: boolean,
): readonly FoundDependency[] =>
  parents.flatMap((parent) =>
    children.map((child) => ({ parent, child, endsWith: isCertain ? relativeOf(parent) : 'unknown' })),
  );

/** Wrapped records have booleans as texts. Undefined for anything else. */
const booleanOf = (value: unknown): boolean | undefined => {
  const text = String(scalarOf(value));
  return text === 'true' ? true : text === 'false' ? false : undefined;
};
