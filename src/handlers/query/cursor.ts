import * as v from 'valibot';
import { idFrom } from '../../events/hash-chain.ts';
import { isResourceArn, type ResourceArn } from '../../events/resource-arn.ts';
import { InstantSchema } from '../../events/tag-event.ts';
import type { Moment } from '../../projections/resource-at.ts';
import { InvalidInputError } from '../../shared/errors.ts';

/** Where the next page begins: after a resource, at the moment and under the policy of the first page. */
export interface PagePlace extends Moment {
  readonly policy: string;
  readonly after: ResourceArn;
}

const CursorSchema = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64url').toString('utf8')),
  v.parseJson(),
  v.strictTuple([
    v.literal(1),
    InstantSchema,
    InstantSchema,
    v.string(),
    v.custom<ResourceArn>(isArn),
    v.string(),
  ]),
);

function isArn(value: unknown): boolean {
  return typeof value === 'string' && isResourceArn(value);
}

/**
 * Encodes a place in the answer to a question as a cursor. It holds no secret and grants no access. A digest
 * ties it to its question, so that pages of two questions cannot be mixed.
 */
export const encodeCursor = (question: string, { asOf, knownAt, policy, after }: PagePlace): string =>
  Buffer.from(
    JSON.stringify([1, asOf, knownAt, policy, after, digestOf(question, { asOf, knownAt, policy, after })]),
  ).toString('base64url');

/**
 * Decodes a cursor. Throws an `InvalidInputError` if it belongs to another question, was truncated or
 * changed, names no moments, or is not a cursor at all.
 */
export const decodeCursor = (question: string, cursor: string): PagePlace => {
  const parsed = v.safeParse(CursorSchema, cursor);
  if (parsed.success) {
    const [, asOf, knownAt, policy, after, digest] = parsed.output;
    const place = { asOf, knownAt, policy, after };
    if (digest === digestOf(question, place)) return place;
  }
  throw new InvalidInputError(
    'This cursor does not belong to this question. Repeat the question unchanged with the cursor of its last page, or ask again without one.',
  );
};

const digestOf = (question: string, { asOf, knownAt, policy, after }: PagePlace): string =>
  idFrom('tagledger/cursor/v1', question, asOf, knownAt, policy, after);
