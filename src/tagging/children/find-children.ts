import type { Tag } from '../../events/tag.ts';
import { groupBy } from '../../shared/collections.ts';
import { type Ec2, type RepeatedCall, untilDone } from '../ec2/call.ts';
import type { CallFailure } from '../ec2/classify-failure.ts';
import { chunks, describeWith, idsPerCall, type Shown } from '../ec2/describe-query.ts';
import { CHILD_RULES, type ChildRule } from './child-rules.ts';

/** A new resource, which may have children that no record names. */
export interface Parent {
  readonly type: string;
  readonly id: string;
  /** When its cause happened, in ms since the epoch; CloudTrail cuts it to whole seconds. */
  readonly bornAt: number;
  /** The operation that created it. */
  readonly from?: string | undefined;
}

/** A resource that was created along with its parent. */
export interface Child<P extends Parent> {
  readonly parent: P;
  readonly type: string;
  readonly id: string;
  /** Its user tags, sorted by key. */
  readonly tags: readonly Tag[];
  /** Whether it ends with its parent; absent if it stays, or nothing is known of it. */
  readonly ends?: 'with-parent' | 'without-parent' | 'unknown';
}

/** A query that failed, and the parents whose children it was to find. */
export interface FailedQuery<P extends Parent> {
  /** The operation, as IAM names it after `ec2:`. */
  readonly action: string;
  readonly failure: CallFailure;
  readonly parents: readonly P[];
}

/** The children that were found, and those that may be missing. */
export interface FoundChildren<P extends Parent> {
  readonly children: readonly Child<P>[];
  readonly failures: readonly FailedQuery<P>[];
  /** Parents for which EC2 shows no children yet, and which are so new that it still may. */
  readonly unshown: readonly P[];
}

/** The clock, the waits, and which children to find. */
export interface Search extends RepeatedCall {
  /** The clock, in ms since the epoch. */
  readonly now: () => number;
  /** Whether children of a type are wanted; unwanted types cost no call. */
  readonly wants: (type: string) => boolean;
}

/** A cause cannot be later than what it created, but the clocks of services may differ by this much. */
const CLOCKS_MS = 2_000;

/**
 * Finds the children of parents of one account and Region, with as few calls as possible. Transient failures,
 * and children that EC2 does not show yet, are retried with full jitter while time is left. A resource that
 * existed before the parent, or was created long after it, is not its child. A failure for one type of child
 * does not affect the others. Never rejects.
 */
export const findChildren = async <P extends Parent>(
  ec2: Ec2,
  parents: readonly P[],
  search: Search,
): Promise<FoundChildren<P>> => {
  const founds: FoundChildren<P>[] = [];
  for (const lookup of CHILD_RULES) {
    const own = parents.filter((parent) => isMeant(lookup, parent));
    if (own.length > 0 && search.wants(lookup.child)) founds.push(await lookUp(ec2, lookup, own, search));
  }
  return {
    children: founds.flatMap(({ children }) => children),
    failures: founds.flatMap(({ failures }) => failures),
    unshown: founds.flatMap(({ unshown }) => unshown),
  };
};

/** Whether any rule can find children of such a parent. */
export const mayHaveChildren = (parent: Parent): boolean =>
  CHILD_RULES.some((lookup) => isMeant(lookup, parent));

const isMeant = (lookup: ChildRule, { type, from = '' }: Parent): boolean =>
  type === lookup.parent && (!lookup.from || lookup.from.includes(from));

const lookUp = async <P extends Parent>(
  ec2: Ec2,
  lookup: ChildRule,
  parents: readonly P[],
  search: Search,
): Promise<FoundChildren<P>> => {
  const children: Child<P>[] = [];
  const failures: FailedQuery<P>[] = [];

  const findOf = async (some: readonly P[]): Promise<P[]> => {
    const { action, failure, shown } = await lookTwice(
      ec2,
      lookup,
      some.map(({ id }) => id),
      search,
    );
    if (failure) {
      failures.push({ action, failure, parents: some });
      return [];
    }
    const byParent = groupBy(shown, ({ of }) => of);
    for (const parent of some) {
      const own = (byParent.get(parent.id) ?? []).filter((one) => isNewWith(parent, one, lookup));
      children.push(
        ...own.map((one) => ({
          parent,
          type: lookup.child,
          id: one.id,
          tags: one.tags,
          ...endOf(lookup, one),
        })),
      );
    }
    return some.filter(({ id, bornAt }) => !byParent.has(id) && search.now() - bornAt < lookup.shownWithinMs);
  };

  const unshown = await untilDone(
    parents,
    async (some) => {
      const left: P[] = [];
      for (const chunk of chunks(some, idsPerCall(lookup.look))) left.push(...(await findOf(chunk)));
      return left;
    },
    search,
  );
  return { children, failures, unshown };
};

const endOf = <P extends Parent>({ ends }: ChildRule, { isDeletedWith }: Shown): Pick<Child<P>, 'ends'> => {
  if (!ends) return {};
  if (ends === 'always') return { ends: 'with-parent' };
  if (isDeletedWith === undefined) return { ends: 'unknown' };
  return { ends: isDeletedWith ? 'with-parent' : 'without-parent' };
};

const isNewWith = (
  { bornAt }: Parent,
  { madeAt }: Shown,
  { madeWithinMs = Number.POSITIVE_INFINITY }: ChildRule,
) => madeAt === undefined || (madeAt >= bornAt - CLOCKS_MS && madeAt <= bornAt + madeWithinMs);

interface Looked {
  readonly action: string;
  readonly failure?: CallFailure;
  readonly shown: readonly Shown[];
}

/** Runs the first query and, if the rule has one, the second, which decides what is shown. */
const lookTwice = async (
  ec2: Ec2,
  { look, details }: ChildRule,
  ids: readonly string[],
  waiting: RepeatedCall,
): Promise<Looked> => {
  const first = await describeWith(ec2, look, ids, waiting);
  if (!first.ok) return { action: look.action, failure: first.failure, shown: [] };
  if (!details || first.answer.length === 0) return { action: look.action, shown: first.answer };
  const own = [...new Set(first.answer.map(({ id }) => id))];
  const second = await describeWith(ec2, details, own, waiting);
  if (!second.ok) return { action: details.action, failure: second.failure, shown: [] };
  const byId = new Map(second.answer.map((one) => [one.id, one]));
  const shown = first.answer.flatMap(({ of, id }) => {
    const detailed = byId.get(id);
    return detailed ? [{ ...detailed, of }] : [];
  });
  return { action: details.action, shown };
};
