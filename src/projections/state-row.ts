import type { Uncertainty } from '../events/life.ts';
import { isOpen, type OpenRequest, type Request } from '../events/request.ts';
import { currentTags, type Resource } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { Who } from '../events/tag-event.ts';
import type { RowStatus } from './row-status.ts';

/** The current state of one resource: the fold of its stream, and the status that lists filter by. */
export interface StateRow {
  readonly arn: ResourceArn;
  readonly status: RowStatus;
  readonly resource: Resource;
}

/** The statuses of rows that wait for another step. */
export type WaitingRow = Extract<RowStatus, 'open' | 'retrying'>;

/**
 * When a row is due: the earliest time of its requests with the row's status. A retrying request is due at
 * its next attempt. An open request is due when its attempt was recorded, plus a delay that grows with the
 * attempts: requests that nobody carries out back off, so that they do not block others in the index.
 */
export const dueOf = ({
  status,
  resource: { requests },
}: StateRow): { readonly status: WaitingRow; readonly at: string } | undefined => {
  if (status !== 'open' && status !== 'retrying') return undefined;
  const times = requests.flatMap((r) =>
    isOpen(r) && r.status === status ? [r.status === 'open' ? openSince(r) : (r.retryAt ?? r.asked)] : [],
  );
  return { status, at: times.sort()[0] ?? '' };
};

/** The first step of that delay and its maximum, in milliseconds. A first attempt has no delay. */
const [STEP_MS, MOST_MS] = [15 * 60_000, 24 * 3600_000];

const openSince = ({ asked, attempt }: OpenRequest): string =>
  new Date(Date.parse(asked) + Math.min((2 ** (attempt - 1) - 1) * STEP_MS, MOST_MS)).toISOString();

/** The most requests of a row that have ended: a row does not grow with the history of its resource. */
const MOST_CLOSED = 5;

/**
 * Builds the row of a resource. Of its requests, it holds those that are open, the last of the others, and the one that
 * its status tells of: a row that was read has the status that it was stored with.
 */
export const rowOf = (arn: ResourceArn, resource: Resource): StateRow => {
  const closed = resource.requests.filter((request) => !isOpen(request));
  const dropped = new Set<Request>(closed.slice(0, Math.max(0, closed.length - MOST_CLOSED)));
  const told = resource.requests.findLast(hasOutcome);
  if (told) dropped.delete(told);
  const requests = resource.requests.filter((request) => !dropped.has(request));
  return { arn, status: statusOf(resource), resource: { ...resource, requests } };
};

const statusOf = ({ retired, uncertain, requests, gap }: Resource): RowStatus => {
  if (gap) return 'gap';
  if (retired) return 'retired';
  if (requests.some((r) => r.status === 'open')) return 'open';
  if (requests.some(isOpen)) return 'retrying';
  return uncertain ? 'unknown' : (requests.findLast(hasOutcome)?.status ?? 'observed');
};

const hasOutcome = (request: Request): request is Request & { readonly status: 'applied' | 'failed' } =>
  request.status === 'applied' || request.status === 'failed';

/** A row as one flat object for people and programs. */
export interface StateView {
  readonly arn: string;
  readonly id: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly status: RowStatus;
  readonly tags: readonly Tag[];
  readonly createdBy: Who | null;
  readonly createdAt: string | null;
  /** Present if its creation is not known: when a baseline first showed it. */
  readonly foundAt?: string;
  readonly retiredAt: string | null;
  /** Present if it may have ended. */
  readonly uncertain?: UncertaintyView;
  readonly error: { readonly code: string; readonly class: string; readonly message: string } | null;
  readonly lastSeq: number;
  /** Present if it may have other tags, copied from its source, which nothing has shown yet. */
  readonly unseenTags?: true;
  /** Present if a simulated EC2 told of it: the keys of the tags that nothing else told of. */
  readonly simulated?: readonly string[];
}

/** Since when, and why, nobody knows whether a resource exists. */
export type UncertaintyView = Pick<Uncertainty, 'at' | 'reason'>;

export const uncertaintyView = ({ at, reason }: Uncertainty): UncertaintyView => ({ at, reason });

/** The error of the newest request that has one; the history shows older ones. */
const lastError = ({ requests }: Resource): StateView['error'] =>
  requests.findLast((request) => request.error)?.error ?? null;

/** The keys of a resource's tags that only a simulated EC2 told of; nothing if it told nothing of the resource. */
const simulatedKeys = ({
  simulated,
  tags,
}: Pick<Resource, 'simulated' | 'tags'>): Pick<StateView, 'simulated'> =>
  simulated
    ? { simulated: tags.flatMap((fact) => (fact.simulated && fact.value !== null ? [fact.key] : [])) }
    : {};

/** Returns what `tagledger state` and `tagledger list` show of a row. */
export const viewOf = ({ arn, status, resource }: StateRow): StateView => {
  const { id, type, account, region } = parseArn(arn);
  return {
    arn,
    id,
    type,
    account,
    region,
    status,
    tags: currentTags(resource),
    createdBy: resource.born?.who ?? null,
    createdAt: resource.born?.at ?? null,
    ...(resource.found && { foundAt: resource.found }),
    retiredAt: resource.retired?.at ?? null,
    ...(resource.uncertain && { uncertain: uncertaintyView(resource.uncertain) }),
    error: status === 'failed' || status === 'retrying' ? lastError(resource) : null,
    lastSeq: resource.lastSeq,
    ...(resource.unseenTags && { unseenTags: true }),
    ...simulatedKeys(resource),
  };
};
