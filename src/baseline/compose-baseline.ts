import type { ShownResource } from '../commands/record-sighting.ts';
import { arnOf, type ResourceArn } from '../events/resource-arn.ts';
import { sortedTags } from '../events/tag.ts';
import { countOne } from '../shared/collections.ts';
import type { DescribeAnswer, ShownEntry } from './describe-answer.ts';

/** An account and a Region. */
export interface AnswerPlace {
  readonly account: string;
  readonly region: string;
}

/** An answer, where it is from and when it was asked for. */
export interface PlacedAnswer extends AnswerPlace {
  readonly answer: DescribeAnswer;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

/** What several answers show together. */
export interface Baseline {
  /** The resources that exist, sorted by ARN. */
  readonly shown: readonly ShownResource[];
  /** The places and types of which the answers list all resources, as `arn:…:type`, see {@link kindOf}. */
  readonly covered: ReadonlySet<string>;
  /** When the first of the answers was asked for. Undefined without an answer. */
  readonly since?: string;
  /** What is not recorded, by the reason, with the number of entries. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** The account, Region and type of a resource, as one text. */
export const kindOf = (arn: ResourceArn): string => arn.slice(0, arn.lastIndexOf('/'));

/**
 * The place of an answer: what was given for it, or else what it tells itself. A member is undefined if neither tells, or
 * if the answer names several Regions.
 */
export const placeOfAnswer = (
  { asker, described }: DescribeAnswer,
  given: Partial<AnswerPlace>,
): { readonly account: string | undefined; readonly region: string | undefined } => {
  const regions = new Set(described.flatMap(({ region }) => region ?? []));
  const [region] = regions.size === 1 ? regions : [];
  return { account: given.account ?? asker, region: given.region ?? region };
};

/** Joins answers. What one answer says of a resource with all of its tags goes before what `describe-tags` shows. */
export const composeBaseline = (answers: readonly PlacedAnswer[]): Baseline => {
  const skipped = skippedIn(answers);
  const covered = new Set(
    answers.flatMap((one) => one.answer.types.map((type) => kindOf(arnIn(one, { type, id: 'any' })))),
  );
  const { shown, ended } = describedIn(answers, skipped);
  const tagged = new Map<ResourceArn, ShownResource>();
  for (const { arn, at, tags } of taggedIn(answers)) {
    if (shown.has(arn) || ended.has(arn)) continue;
    if (covered.has(kindOf(arn))) countOne(skipped, ONLY_TAGS);
    // A page can end between two tags of a resource.
    else tagged.set(arn, { arn, at, tags: [...(tagged.get(arn)?.tags ?? []), ...tags] });
  }
  const since = answers.map(({ at }) => at).sort()[0];
  return {
    shown: [...shown.values(), ...tagged.values()]
      .map((one) => ({ ...one, tags: sortedTags(one.tags) }))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1)),
    covered,
    ...(since !== undefined && { since }),
    skipped,
  };
};

const skippedIn = (answers: readonly PlacedAnswer[]): Map<string, number> => {
  const skipped = new Map<string, number>();
  for (const [why, count] of answers.flatMap(({ answer }) => [...answer.skipped]))
    skipped.set(why, (skipped.get(why) ?? 0) + count);
  return skipped;
};

const describedIn = (
  answers: readonly PlacedAnswer[],
  skipped: Map<string, number>,
): { readonly shown: Map<ResourceArn, ShownResource>; readonly ended: ReadonlySet<ResourceArn> } => {
  const shown = new Map<ResourceArn, ShownResource>();
  const ended = new Set<ResourceArn>();
  for (const [one, entry] of answers.flatMap((one) =>
    one.answer.described.map((entry) => [one, entry] as const),
  )) {
    const arn = arnIn(one, entry);
    const why = whyNotOf(one, entry);
    if (why === undefined) shown.set(arn, { arn, at: one.at, tags: entry.tags });
    else countOne(skipped, why);
    if (entry.ended !== undefined) ended.add(arn);
  }
  return { shown, ended };
};

const taggedIn = (answers: readonly PlacedAnswer[]): readonly ShownResource[] =>
  answers.flatMap((one) =>
    one.answer.tagged.map((entry) => ({ arn: arnIn(one, entry), at: one.at, tags: entry.tags })),
  );

/** EC2 shows the tags of what was deleted for a while. */
const ONLY_TAGS = 'resource of which only tags are shown, and which the list of its type does not have';

const arnIn = (
  { account, region }: AnswerPlace,
  { type, id }: Pick<ShownEntry, 'type' | 'id'>,
): ResourceArn => arnOf({ account, region, type, id });

const whyNotOf = (place: AnswerPlace, { owner, region, ended, type }: ShownEntry): string | undefined => {
  if (ended !== undefined) return `${type} that is ${ended}`;
  if (owner !== undefined && owner !== place.account) return `${type} of another account`;
  return region !== undefined && region !== place.region ? `${type} of another Region` : undefined;
};
