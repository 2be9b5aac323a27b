import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { currentTags, type Milestone, type Resource } from '../../src/events/resource.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import type { Who } from '../../src/events/tag-event.ts';
import { changesOf } from '../../src/projections/changes.ts';
import { resourceAt } from '../../src/projections/resource-at.ts';
import { timelineOf } from '../../src/projections/timeline.ts';
import type { Answers, Life, Snapshot, TagChange } from '../reference/answers.ts';
import type { ReadTrail } from './read-by-product.ts';

/** What the product answers about a resource: what the reference answers too, and its timeline. */
export interface ProductAnswers extends Answers {
  readonly timeline: unknown;
}

/** Later than every `recordedAt`. */
const ALWAYS = '9999-12-31T23:59:59.999Z';

/**
 * The product's answers about each resource, by its id, in the shape of the reference. This file alone knows how
 * the product spells them: `now` is the state row, `asOf` is `resourceAt`, `changes` is `changesOf`.
 */
export const productAnswers = async (
  { store, states }: ReadTrail,
  moments: readonly string[],
): Promise<Map<string, ProductAnswers>> => {
  const answers = new Map<string, ProductAnswers>();
  for await (const { arn, resource } of states.list()) {
    const events = await store.read(arn);
    answers.set(parseArn(arn).id, {
      now: snapshot({ ...resource, tags: currentTags(resource) }),
      asOf: moments.map((asOf) => snapshot(resourceAt(events, { asOf, knownAt: ALWAYS }))),
      changes: changesIn(events),
      timeline: timelineIn(events),
    });
  }
  return answers;
};

type Known = Pick<Resource, 'born' | 'retired'> & { readonly tags: readonly Tag[] };

/** The product knows one life today. */
const snapshot = (known: Known | undefined): Snapshot => ({
  lives: known ? [lifeOf(known.born, known.retired)] : [],
  tags: Object.fromEntries((known?.tags ?? []).map(({ key, value }) => [key, value])),
});

const lifeOf = (born: Milestone | undefined, retired: Milestone | undefined): Life => ({
  created: born?.at ?? null,
  creator: nameOf(born?.who),
  ended: retired?.at ?? null,
  ender: nameOf(retired?.who),
});

/** The product marks no change as unordered today. */
const changesIn = (events: readonly RecordedEvent[]): TagChange[] =>
  changesOf(events, ALWAYS).flatMap(({ effectiveAt: at, who, tags }) =>
    tags.map(({ key, old, new: after }) => ({
      at,
      key,
      before: old,
      after,
      actor: nameOf(who),
      unordered: false,
    })),
  );

/** Without what depends on when the ledger recorded the events. */
const timelineIn = (events: readonly RecordedEvent[]): unknown => {
  const { seenAt, bornAt, endedAt, keys } = timelineOf(events, ALWAYS) ?? {};
  return { seenAt, bornAt, endedAt, keys };
};

const nameOf = (who: Who | null | undefined): string | null =>
  who && who.kind !== 'Unknown' ? who.name : null;
