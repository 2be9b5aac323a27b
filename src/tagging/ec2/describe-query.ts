import type { Filter } from '@aws-sdk/client-ec2';
import type { Tag } from '../../events/tag.ts';
import { type Called, callEc2, type Ec2, type RepeatedCall } from './call.ts';

/** A resource as a Describe call shows it. */
export interface Shown {
  /** The id in the query that it was found by: of the resource that it belongs to, or its own. */
  readonly of: string;
  readonly id: string;
  /** Its user tags, sorted by key. */
  readonly tags: readonly Tag[];
  /** When EC2 created it, in ms since the epoch; absent if the response does not say. */
  readonly madeAt?: number;
  /** Whether EC2 deletes it with the resource that it belongs to; absent if the response does not say. */
  readonly isDeletedWith?: boolean;
}

/** One page of a response. */
interface DescribePage {
  readonly shown: readonly Shown[];
  readonly next: string | undefined;
}

/** A Describe call that filters by ids. */
export interface DescribeQuery {
  /** The operation, as IAM names it after `ec2:`. */
  readonly action: string;
  /** The name of the filter for the ids. */
  readonly by: string;
  /** Filters that do not depend on the ids. */
  readonly only: readonly Filter[];
  readonly page: (
    ec2: Ec2,
    asked: { readonly Filters: Filter[]; readonly MaxResults: number; readonly NextToken?: string },
  ) => Promise<DescribePage>;
}

/**
 * A call takes at most 200 values in all filters together (EC2's own message). The API's model does not limit
 * the size of a page; 100 is a small one.
 */
const VALUES_PER_CALL = 200;
const RESULTS_PER_PAGE = 100;

/** Everything that a query shows of these ids, page by page, with as few calls as possible. Never rejects. */
export const describeWith = async (
  ec2: Ec2,
  look: DescribeQuery,
  ids: readonly string[],
  waiting: RepeatedCall,
): Promise<Called<Shown[]>> => {
  const answer: Shown[] = [];
  for (const chunk of chunks(ids, idsPerCall(look))) {
    const asked = { Filters: [{ Name: look.by, Values: chunk }, ...look.only], MaxResults: RESULTS_PER_PAGE };
    let next: string | undefined;
    do {
      const called = await callEc2(
        () => look.page(ec2, { ...asked, ...(next && { NextToken: next }) }),
        waiting,
      );
      if (!called.ok) return called;
      answer.push(...called.answer.shown);
      next = called.answer.next;
    } while (next);
  }
  return { ok: true, answer };
};

/** How many ids one call of a query takes. */
export const idsPerCall = ({ only }: DescribeQuery): number =>
  VALUES_PER_CALL - only.reduce((sum, { Values = [] }) => sum + Values.length, 0);

/** Splits a list into pieces of this size; the last one may be smaller. */
export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
