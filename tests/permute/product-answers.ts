import type { Life as ProductLife } from '../../src/events/life.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { currentTags, type Lives, livesOf } from '../../src/events/resource.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import type { Tag } from '../../src/events/tag.ts';
import type { Who } from '../../src/events/tag-event.ts';
import { changesOf } from '../../src/projections/changes.ts';
import { type ResourceAt, resourceAt, unseenIn } from '../../src/projections/resource-at.ts';
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
      now: snapshot({
        ...resource,
        tags: currentTags(resource),
        ...unseenIn(resource.unseenTags, resource.tags),
      }),
      asOf: moments.map((asOf) => snapshot(resourceAt(events, { asOf, knownAt: ALWAYS }))),
      changes: changesIn(events),
      timeline: timelineIn(events),
    });
  }
  return answers;
};

type Known = Lives & Pick<ResourceAt, 'unseen'> & { readonly tags: readonly Tag[] };

const snapshot = (known: Known | undefined): Snapshot => ({
  lives: known ? livesOf(known).map(lifeOf) : [],
  tags: Object.fromEntries((known?.tags ?? []).map(({ key, value }) => [key, value])),
  ...(known?.unseen && { lacks: known.unseen.lacks }),
});

const lifeOf = ({ created, ended, uncertain }: ProductLife): Life => ({
  created: created?.at ?? null,
  creator: nameOf(created?.who),
  ended: ended?.at ?? null,
  ender: nameOf(ended?.who),
  uncertain: uncertain?.at ?? null,
});

const changesIn = (events: readonly RecordedEvent[]): TagChange[] =>
  changesOf(events, ALWAYS).flatMap(({ effectiveAt: at, who, tags }) =>
    tags.map(({ key, old, new: after, isUnordered: unordered = false, isOldUnseen }) => ({
      at,
      key,
      before: old,
      after,
      actor: nameOf(who),
      unordered,
      ...(isOldUnseen && { beforeUnseen: true as const }),
    })),
  );

/** Without what depends on when the ledger recorded the events. */
const timelineIn = (events: readonly RecordedEvent[]): unknown => {
  const { seenAt, bornAt, endedAt, keys } = timelineOf(events, ALWAYS) ?? {};
  return { seenAt, bornAt, endedAt, keys };
};

const nameOf = (who: Who | null | undefined): string | null =>
  who && who.kind !== 'Unknown' ? who.name : null;
