import { meaningOf } from '../meaning.ts';
import type { CloudTrailRecord } from '../record.ts';
import { type Hints, omissionIn } from './omission.ts';

/** The members of an instance in the response of EC2's DescribeInstances that describe its launch. */
export interface LaunchedInstance {
  readonly InstanceId?: string | undefined;
  readonly SpotInstanceRequestId?: string | undefined;
  readonly Tags?:
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | undefined;
  readonly NetworkInterfaces?:
    | readonly {
        readonly NetworkInterfaceId?: string | undefined;
        readonly Attachment?:
          | { readonly AttachTime?: Date | undefined; readonly DeleteOnTermination?: boolean | undefined }
          | undefined;
      }[]
    | undefined;
}

/**
 * The hints by which EC2 can find the instances of a launch whose record does not name them. Undefined for
 * every other record, and if the record has no hints.
 */
export const hintsOfLaunch = (record: CloudTrailRecord): Hints | undefined => {
  if (record.eventName !== 'RunInstances') return undefined;
  const meaning = meaningOf(record);
  if (meaning.kind !== 'nothing' || meaning.code !== 'omitted') return undefined;
  const { clientToken, reservation } = omissionIn(record)?.hints ?? {};
  return clientToken || reservation
    ? { ...(clientToken && { clientToken }), ...(reservation && { reservation }) }
    : undefined;
};

/**
 * Completes the record of a launch with the instances that EC2 returned, at least one, in place of what
 * CloudTrail omitted. The tags are those that the instances have now. Network interfaces that were attached
 * later are left out. If the request is lost, nothing shows which of the others existed before: those that
 * are deleted with their instance count as new, as is EC2's default.
 */
export const recoveredLaunch = (
  record: CloudTrailRecord,
  instances: readonly LaunchedInstance[],
): CloudTrailRecord => {
  const { rest, isRequestCut } = omissionIn(record) ?? { rest: record, isRequestCut: false };
  const lastAttached = Date.parse(record.eventTime ?? '') + LAUNCH_MS;
  const isNew = ({ Attachment: { AttachTime, DeleteOnTermination } = {} }: Interface): boolean =>
    (!isRequestCut || DeleteOnTermination === true) && !(AttachTime && AttachTime.getTime() > lastAttached);
  return {
    ...rest,
    omitted: undefined,
    responseElements: {
      instancesSet: {
        items: instances.map(({ InstanceId, SpotInstanceRequestId, Tags = [], NetworkInterfaces = [] }) => ({
          instanceId: InstanceId,
          ...(SpotInstanceRequestId && { spotInstanceRequestId: SpotInstanceRequestId }),
          tagSet: { items: Tags.map(({ Key, Value }) => ({ key: Key, value: Value })) },
          networkInterfaceSet: {
            items: NetworkInterfaces.filter(isNew).map(({ NetworkInterfaceId }) => ({
              networkInterfaceId: NetworkInterfaceId,
            })),
          },
        })),
      },
    },
  };
};

type Interface = NonNullable<LaunchedInstance['NetworkInterfaces']>[number];

/** How long after the call EC2 may still attach network interfaces that belong to the launch. */
const LAUNCH_MS = 60_000;
