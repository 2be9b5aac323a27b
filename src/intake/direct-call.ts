import * as v from 'valibot';
import { parseArn, type ResourceIdentity } from '../events/resource-arn.ts';
import { resourceTypeOf } from '../events/resource-type.ts';
import { sortedTags, type Tag } from '../events/tag.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { joinProblems, truncate } from '../shared/text.ts';
import { keyProblem, TAG_LIMITS } from '../tagging/rules/tag-limits.ts';

/** A tag request made directly by a person or program, which names the resource and the user. */
export interface DirectCall {
  readonly resource: ResourceIdentity;
  readonly user: string;
  /** Tags requested in addition to those of the rules. They override a rule with the same key. */
  readonly tags: readonly Tag[];
  /** The caller's own id of the call, which makes it idempotent: the same id is recorded once. */
  readonly requestId?: string;
}

/** The account and Region assumed for resources that are named by their id alone. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

/** The account and Region of a Lambda function, read from its ARN. */
export const homeOfFunction = (functionArn: string): Home => {
  const [, , , region = '', account = ''] = functionArn.split(':');
  return { account, region };
};

const CallSchema = v.strictObject({
  resourceId: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  user: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(256)),
  tags: v.optional(
    v.custom<object>((tags) => typeof tags === 'object' && tags !== null && !Array.isArray(tags)),
  ),
  requestId: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
});

const EXAMPLE = '{"resourceId":"i-0abc","user":"ana@example.com","tags":{"Owner":"ana"}}';

/** Whether an input is meant as a direct call, valid or not. */
export const isDirectCall = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'resourceId' in input;

/** Parses and checks a direct call. Throws an `InvalidInputError` that lists the problems found. */
export const parseDirectCall = (input: unknown, home: Home | undefined): DirectCall => {
  const parsed = v.safeParse(CallSchema, input);
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`);
    throw new InvalidInputError(
      `This is not a direct call that can be used (${joinProblems(problems)}). Give one such as ${EXAMPLE}.`,
    );
  }
  const { resourceId, user, tags = {}, requestId } = parsed.output;
  return {
    resource: identify(resourceId, home),
    user: user.toWellFormed(),
    tags: checkedTags(tags),
    ...(requestId && { requestId: requestId.toWellFormed() }),
  };
};

/**
 * Identifies a resource by its ARN, or by an EC2 id within the home account and Region. Throws an
 * `InvalidInputError` when the text is neither, or when an id is given without a `home`.
 */
export const identify = (resourceId: string, home: Home | undefined): ResourceIdentity => {
  if (resourceId.startsWith('arn:')) return identifyByArn(resourceId);
  const type = resourceTypeOf(resourceId);
  if (!type) {
    throw new InvalidInputError(
      `${JSON.stringify(resourceId)} is not the id of an EC2 resource, such as i-0abc, and not an ARN. Check it, or give the whole ARN.`,
    );
  }
  if (!home) {
    throw new InvalidInputError(
      `The account and Region of ${resourceId} are not known here. Give its whole ARN.`,
    );
  }
  return { ...home, type, id: resourceId };
};

/**
 * EC2 tags whatever the id names and ignores the type in the ARN. If the two disagreed, the history would
 * belong to a resource that does not exist.
 */
const identifyByArn = (arn: string): ResourceIdentity => {
  const identity = parseArn(arn);
  const type = resourceTypeOf(identity.id);
  if (type && type !== identity.type) {
    throw new InvalidInputError(
      `The type and the id in ${arn} do not agree: ${identity.id} is the id of a resource of type ${type}. Correct one of them.`,
    );
  }
  return identity;
};

const checkedTags = (tags: object): Tag[] => {
  const entries = Object.entries(tags);
  const problems = entries.flatMap(([key, value]: [string, unknown]) => {
    const wrong = keyProblem(key);
    if (wrong) return [`the tag key ${shown(key)} ${wrong}`];
    if (typeof value !== 'string') return [`the tag ${shown(key)} has a value that is not a string`];
    if (value.length > TAG_LIMITS.valueLength || !value.isWellFormed()) {
      return [`the tag ${shown(key)} has a value that EC2 does not take (at most 256 characters)`];
    }
    return [];
  });
  if (entries.length > TAG_LIMITS.tagsPerResource)
    problems.unshift(`${entries.length} tags are more than 50`);
  if (problems.length > 0) {
    throw new InvalidInputError(
      `The tags of this direct call cannot be used: ${joinProblems(problems)}. Correct them.`,
    );
  }
  return sortedTags(entries.map(([key, value]) => ({ key, value: String(value) })));
};

const shown = (text: string): string => JSON.stringify(truncate(text, 80));
