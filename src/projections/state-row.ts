import { currentTags, isOpen, type OpenRequest, type Resource } from '../events/resource.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { Who } from '../events/tag-event.ts';

/** Where tagledger stands with a resource, in one word. */
export const ROW_STATUSES = ['open', 'retrying', 'failed', 'applied', 'observed', 'retired', 'gap'] as const;

/**
 * `open`: a request waits for its first attempt; `retrying`: for another one; `failed`: the last request failed
 * for good; `applied`: its tags are on; `observed`: nothing was ever asked for, or nothing was left to ask;
 * `retired`: the resource is gone; `gap`: no resource, but a call whose resources are not known.
 */
export type RowStatus = (typeof ROW_STATUSES)[number];

/** The current state of one resource: the fold of its stream, and the status that lists filter by. */
export interface StateRow {
  readonly arn: ResourceArn;
  readonly status: RowStatus;
  readonly resource: Resource;
}

/** The statuses that somebody has to come back to. */
export type WaitingRow = Extract<RowStatus, 'open' | 'retrying'>;

/**
 * From when on somebody has to look after a row, the earliest of its requests: a retrying one when its next attempt is
 * due; an open one since its attempt was recorded, and later the more attempts it has had: those that nobody makes are
 * waited for longer and longer, and must not stand before others in the index meanwhile.
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

/** What a first attempt is given, and the most that is added for later ones. */
const [STEP_MS, MOST_MS] = [15 * 60_000, 24 * 3600_000];

const openSince = ({ asked, attempt }: OpenRequest): string =>
  new Date(Date.parse(asked) + Math.min((2 ** (attempt - 1) - 1) * STEP_MS, MOST_MS)).toISOString();

/** The row of a resource. */
export const rowOf = (arn: ResourceArn, resource: Resource): StateRow => ({
  arn,
  status: statusOf(resource),
  resource,
});

const statusOf = ({ retired, requests, gap }: Resource): RowStatus => {
  if (gap) return 'gap';
  if (retired) return 'retired';
  if (requests.some((r) => r.status === 'open')) return 'open';
  if (requests.some(isOpen)) return 'retrying';
  const last = requests.findLast((r) => r.status === 'applied' || r.status === 'failed')?.status;
  return last === 'applied' || last === 'failed' ? last : 'observed';
};

/** A row as people and programs read it: one flat object. */
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
  readonly retiredAt: string | null;
  readonly error: { readonly code: string; readonly class: string; readonly message: string } | null;
  readonly lastSeq: number;
}

/** Why the last attempt failed; of an older failure the history tells. */
const lastError = ({ requests }: Resource): StateView['error'] =>
  requests.findLast((request) => request.error)?.error ?? null;

/** What `tagledger state` and `tagledger list` show of a row. */
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
    retiredAt: resource.retired?.at ?? null,
    error: status === 'failed' || status === 'retrying' ? lastError(resource) : null,
    lastSeq: resource.lastSeq,
  };
};
