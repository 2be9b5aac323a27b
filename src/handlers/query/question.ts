import * as v from 'valibot';
import { accountId } from '../../cloudtrail/account.ts';
import { TYPES } from '../../cloudtrail/operations/generated.ts';
import { STATUSES } from '../../compliance/status.ts';
import { GROUPINGS } from '../../compliance/tally.ts';
import { isRegion } from '../../events/resource-arn.ts';
import { didYouMean } from '../../shared/did-you-mean.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { joinProblems, shown } from '../../shared/text.ts';

const some = v.pipe(v.string(), v.minLength(1), v.maxLength(2_048));
const listOf = (schema: v.GenericSchema<string>) => v.optional(v.pipe(v.array(schema), v.maxLength(100)), []);
const account = v.pipe(
  some,
  v.check((text) => accountId(text) !== undefined, 'expected the 12 digits of an account'),
);
const region = v.pipe(some, v.check(isRegion, 'expected the name of a Region, such as eu-west-1'));
const type = v.pipe(
  some,
  v.check(
    (text) => TYPES.includes(text),
    ({ input }) => `unknown resource type ${shown(input)}, ${didYouMean(input, TYPES)}`,
  ),
);
const moment = { asOf: v.optional(some), knownAt: v.optional(some) };

const ComplianceSchema = v.strictObject({
  question: v.literal('compliance'),
  ...moment,
  /**
   * In the forms that docs/policies.md describes, merged in this order. The default is the recorded policy
   * that was in force at `asOf`.
   */
  policies: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name: v.optional(some, 'policy'),
          policy: v.record(v.string(), v.unknown()),
          beside: v.optional(v.boolean()),
        }),
      ),
      v.minLength(1),
      v.maxLength(20),
    ),
  ),
  /** When the recorded policy was in force; by default, at `asOf`. */
  policyAt: v.optional(some),
  selection: v.optional(
    v.pipe(
      v.strictObject({
        account: listOf(account),
        region: listOf(region),
        type: listOf(type),
        creator: listOf(some),
        /** The name of `creator` until version 0.2, like `owner` in `by`; both work until 0.3. */
        owner: listOf(some),
        tag: v.optional(
          v.pipe(v.array(v.strictObject({ key: some, value: v.string() })), v.maxLength(50)),
          [],
        ),
      }),
      v.transform(({ owner, creator, ...rest }) => ({ ...rest, creator: [...creator, ...owner] })),
    ),
    {},
  ),
  by: v.optional(
    v.pipe(
      v.picklist([...GROUPINGS, 'owner']),
      v.transform((by) => (by === 'owner' ? 'creator' : by)),
    ),
    'rule',
  ),
  /** The statuses of the findings to list. With an empty list, the answer contains only the counts. */
  status: v.optional(v.array(v.picklist(STATUSES)), ['violating', 'unknown', 'exempt']),
  /** The most findings on a page. A page also ends when it becomes too large to send. */
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 1_000),
  cursor: v.optional(some),
});

const ResourceSchema = v.strictObject({
  question: v.literal('resource'),
  ...moment,
  /** An ARN, or the id of a resource in the function's own account and Region. */
  resource: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
});

const QuestionSchema = v.variant('question', [ComplianceSchema, ResourceSchema]);

/** A question about a fleet, or about one resource. */
export type QueryQuestion = v.InferOutput<typeof QuestionSchema>;
export type ComplianceQuestion = v.InferOutput<typeof ComplianceSchema>;
export type ResourceQuestion = v.InferOutput<typeof ResourceSchema>;

/**
 * The parts of a function URL's event that are used here (Lambda developer guide, "Invoking function URLs").
 */
const CallSchema = v.object({
  requestContext: v.object({ http: v.object({ method: v.string() }) }),
  body: v.optional(v.string()),
  isBase64Encoded: v.optional(v.boolean(), false),
});

const EXAMPLE = '{"question":"resource","resource":"i-0abc","asOf":"2026-03-31"}';

/**
 * Reads the question from a call of the function URL. Throws an `InvalidInputError` that names everything
 * wrong with it.
 */
export const readQuestion = (event: unknown): QueryQuestion => {
  const call = v.safeParse(CallSchema, event);
  if (!call.success || call.output.requestContext.http.method !== 'POST' || call.output.body === undefined) {
    throw new InvalidInputError(
      `There is no question. Send a POST request with a JSON body such as ${EXAMPLE}.`,
    );
  }
  const { body, isBase64Encoded } = call.output;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), QuestionSchema), text);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new InvalidInputError(
    `This question cannot be answered (${joinProblems(problems)}). Ask one such as ${EXAMPLE}.`,
  );
};
