import { type Creation, creating, type Made, type Order } from './creations.ts';
import type { Caller } from './identities.ts';
import type { Random } from './random.ts';
import { type Call, type CallError, type CloudTrailRecord, record } from './record.ts';
import type { Site } from './site.ts';
import { plain } from './wire.ts';

export type EntryKind =
  | 'creation'
  | 'failed'
  | 'dry run'
  | 'read'
  | 'other service'
  | 'modification'
  | 'tag change'
  | 'ending';

/** How a record reaches its readers, besides once and in time in a log file. */
export interface Delivery {
  /** Hours that the log file's record is late. */
  readonly late?: number;
  /** Hours after which the same record comes again in a log file. */
  readonly again?: number;
  /** EventBridge has it also, or is the only one that has it. */
  readonly bus?: 'also' | 'only';
}

export interface Entry {
  readonly kind: EntryKind;
  readonly at: Date;
  readonly record: CloudTrailRecord;
  readonly made: readonly Made[];
  readonly delivery: Delivery;
}

/** `30 09:03:12` is that moment of March 2026, UTC. */
export const moment = (text: string): Date => new Date(`2026-03-${text.replace(' ', 'T')}Z`);

export const ERRORS = {
  unauthorized: {
    code: 'Client.UnauthorizedOperation',
    message:
      'You are not authorized to perform this operation. Encoded authorization failure message: c2FtcGxlLW9ubHk',
  },
  throttled: { code: 'Client.RequestLimitExceeded', message: 'Request limit exceeded.' },
  instanceLimit: {
    code: 'Client.InstanceLimitExceeded',
    message:
      'You have requested more instances (9) than your current instance limit of 8 allows for the specified instance type.',
  },
  dryRun: {
    code: 'Client.DryRunOperation',
    message: 'Request would have succeeded, but DryRun flag is set.',
  },
} satisfies Record<string, CallError>;

const items = (member: string, ids: readonly string[]) => ids.map((id) => ({ [member]: id }));

const keyValues = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Writes down what happens: each method is one call by somebody, at a moment, in one place. */
export const journal = (r: Random) => {
  const entries: Entry[] = [];

  const note = (
    kind: EntryKind,
    who: Caller,
    where: Site,
    when: string,
    call: Call,
    delivery: Delivery,
    made: readonly Made[] = [],
  ): void => {
    const at = moment(when);
    entries.push({ kind, at, record: record(r, who, at, where, call), made, delivery });
  };

  /** A creation that succeeds; gives the ids of what it made, the ordered ones first. */
  const create = (
    who: Caller,
    where: Site,
    when: string,
    eventName: Creation,
    order: Order = {},
    delivery: Delivery = {},
  ): string[] => {
    const { made, ...call } = creating(r, where, moment(when), who.arn, eventName, order);
    note('creation', who, where, when, { eventName, ...call }, delivery, made);
    return made.map(({ id }) => id);
  };

  /** A creation that is refused, or only tried out. */
  const refuse = (
    who: Caller,
    where: Site,
    when: string,
    eventName: Creation,
    error: CallError,
    order: Order = {},
    delivery: Delivery = {},
  ): void => {
    const { request } = creating(r, where, moment(when), who.arn, eventName, order);
    const kind = error === ERRORS.dryRun ? 'dry run' : 'failed';
    note(kind, who, where, when, { eventName, request, error }, delivery);
  };

  const tag = (
    who: Caller,
    where: Site,
    when: string,
    ids: readonly string[],
    tags: Readonly<Record<string, string>>,
    { error, ...delivery }: Delivery & { error?: CallError } = {},
  ): void => {
    const call: Call = {
      eventName: 'CreateTags',
      request: plain({ resourcesSet: items('resourceId', ids), tagSet: keyValues(tags) }),
      response: (requestId) => ({ requestId, _return: true }),
      error,
    };
    note(error ? 'failed' : 'tag change', who, where, when, call, delivery);
  };

  /** No tags means all of them; a tag without a value goes whatever its value is. */
  const untag = (
    who: Caller,
    where: Site,
    when: string,
    ids: readonly string[],
    tags: readonly { readonly key: string; readonly value?: string }[],
    delivery: Delivery = {},
  ): void => {
    const tagSet = tags.map((tag) => ({ ...tag }));
    const call: Call = {
      eventName: 'DeleteTags',
      request: plain({ resourcesSet: items('resourceId', ids), tagSet }),
      response: (requestId) => ({ requestId, _return: true }),
    };
    note('tag change', who, where, when, call, delivery);
  };

  /** StopInstances, StartInstances or TerminateInstances. */
  const changeState = (
    who: Caller,
    where: Site,
    when: string,
    eventName: 'StopInstances' | 'StartInstances' | 'TerminateInstances',
    ids: readonly string[],
    { error, ...delivery }: Delivery & { error?: CallError } = {},
  ): void => {
    const states = {
      StopInstances: [
        { code: 16, name: 'running' },
        { code: 64, name: 'stopping' },
      ],
      StartInstances: [
        { code: 80, name: 'stopped' },
        { code: 0, name: 'pending' },
      ],
      TerminateInstances: [
        { code: 16, name: 'running' },
        { code: 32, name: 'shutting-down' },
      ],
    } as const;
    const [previousState, currentState] = states[eventName];
    const call: Call = {
      eventName,
      request: plain({ instancesSet: items('instanceId', ids) }),
      response: (requestId) =>
        plain({
          requestId,
          instancesSet: ids.map((instanceId) => ({ instanceId, currentState, previousState })),
        }),
      error,
    };
    const kind = eventName === 'TerminateInstances' ? 'ending' : 'modification';
    note(error ? 'failed' : kind, who, where, when, call, delivery);
  };

  /** Ends a resource that is named by one member, such as `volumeId`. */
  const remove = (
    who: Caller,
    where: Site,
    when: string,
    eventName: 'DeleteVolume' | 'DeleteSnapshot',
    id: string,
    { error, ...delivery }: Delivery & { error?: CallError } = {},
  ): void => {
    const call: Call = {
      eventName,
      request: { [eventName === 'DeleteVolume' ? 'volumeId' : 'snapshotId']: id },
      response: (requestId) => ({ requestId, _return: true }),
      error,
    };
    const kind = error === ERRORS.dryRun ? 'dry run' : 'failed';
    note(error ? kind : 'ending', who, where, when, call, delivery);
  };

  /** Any other call: it makes no resource that the ledger follows. */
  const other = (
    kind: 'read' | 'modification' | 'other service',
    who: Caller,
    where: Site,
    when: string,
    call: Call,
    delivery: Delivery = {},
  ): void => note(kind, who, where, when, call, delivery);

  return { entries, create, refuse, tag, untag, changeState, remove, other };
};

export type Journal = ReturnType<typeof journal>;
