import { meaningOf } from '../meaning.ts';
import type { CloudTrailRecord } from '../record.ts';
import { type Hints, omissionIn } from './omission.ts';

/** An instance as EC2's DescribeInstances tells of it, as far as its launch can be told from that. */
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
 * By what EC2 can be asked for the instances of a launch whose record does not tell them; undefined for every other
 * record, and where nothing is left to ask by.
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
 * The record of a launch as it would have been, with the instances of EC2's answer, at least one, in the place of
 * what CloudTrail left out. The tags are those that the instances bear by now. A network interface that came
 * later is none of the launch's. Where the request is lost, nothing says which of the others existed before: those
 * that end with their instance are new, as EC2 has it unless somebody asks for something else.
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

/** How long after the call EC2 may still attach what belongs to the launch. */
const LAUNCH_MS = 60_000;
