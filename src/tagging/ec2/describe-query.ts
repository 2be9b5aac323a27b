import type { Filter } from '@aws-sdk/client-ec2';
import type { Tag } from '../../events/tag.ts';
import { type Called, callEc2, type Ec2, type RepeatedCall } from './call.ts';

/** What a Describe call shows of a resource. */
export interface Shown {
  /** The id that was asked for: of the resource that it belongs to, or its own. */
  readonly of: string;
  readonly id: string;
  /** Its user tags, sorted by key. */
  readonly tags: readonly Tag[];
  /** When EC2 made it, in ms since the epoch; absent where the answer does not say. */
  readonly madeAt?: number;
}

/** One page of an answer. */
export interface DescribePage {
  readonly shown: readonly Shown[];
  readonly next: string | undefined;
}

/** A Describe call by ids. */
export interface DescribeQuery {
  /** The operation, as IAM names it after `ec2:`. */
  readonly action: string;
  /** The filter that takes the ids. */
  readonly by: string;
  /** Filters that are the same whatever the ids are. */
  readonly only: readonly Filter[];
  readonly page: (
    ec2: Ec2,
    asked: { readonly Filters: Filter[]; readonly MaxResults: number; readonly NextToken?: string },
  ) => Promise<DescribePage>;
}

/** A call takes 200 filter values, all filters together (EC2's own message). The API's model names no bounds of a page: 100 is a small one. */
const VALUES_PER_CALL = 200;
const RESULTS_PER_PAGE = 100;

/** Everything that a look shows of these ids, with as few calls as possible, page by page. Never rejects. */
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

/** How many ids one call takes. */
export const idsPerCall = ({ only }: DescribeQuery): number =>
  VALUES_PER_CALL - only.reduce((sum, { Values = [] }) => sum + Values.length, 0);

/** A list in pieces of this size, the last of which may be smaller. */
export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
