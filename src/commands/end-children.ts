import type { FoldedEvent } from '../events/fold/act.ts';
import type { Resource } from '../events/resource.ts';
import { arnOf, parseArn, type ResourceArn, type ResourceIdentity } from '../events/resource-arn.ts';
import type { Cause, TagEvent } from '../events/tag-event.ts';
import { childrenIn, observeDependency } from './observe-dependency.ts';
import { isEndKnown, retireResource } from './retire-resource.ts';

/** A decision on the stream of a child. */
export interface ChildDecision {
  readonly stream: ResourceArn;
  readonly cause: Cause;
  readonly decide: (resource: Resource, events: readonly FoldedEvent[]) => TagEvent[];
}

/**
 * What follows for the children of a resource from its own stream: each of its ends is told to each child, and so is each
 * call after which it is not known which children end with it. The child's fold decides what it means, from what it
 * depended on at that time. `[]` as long as no child is known, or nothing has happened to the resource.
 *
 * Whoever appends to a stream with children must carry this out afterwards. It does not depend on the order in which
 * children and ends were recorded: the later of the two finds the other one. Every event has an id that derives from
 * child and cause, so nothing is recorded twice.
 */
export const decisionsOnChildren = (
  parent: ResourceArn,
  events: readonly FoldedEvent[],
): readonly ChildDecision[] => {
  const children = [...new Set(events.flatMap(({ event }) => childrenIn(event)))];
  if (children.length === 0) return [];
  const { account, region, type, id } = parseArn(parent);
  const identities = children.map((child): ResourceIdentity => {
    const slash = child.indexOf('/');
    return { account, region, type: child.slice(0, slash), id: child.slice(slash + 1) };
  });
  return events.flatMap(({ event }) =>
    identities.flatMap((child) => decisionOn(child, event, `${type}/${id}`) ?? []),
  );
};

const decisionOn = (
  child: ResourceIdentity,
  event: TagEvent,
  endedWith: string,
): ChildDecision | undefined => {
  const stream = arnOf(child);
  const at = event.effectiveAt;
  if (event.type === 'ResourceRetired' && event.endedWith === undefined) {
    const { cause, who, uncertain, repeated = false } = event;
    const decide = retireResource(stream, { cause, who, at, uncertain, isRepeated: repeated, endedWith });
    return {
      stream,
      cause,
      decide: (resource, events) => (isEndKnown(resource, { at }) ? [] : ifSeen(decide)(resource, events)),
    };
  }
  if (event.type === 'DependencyObserved' && event.unsure === child.type) {
    const { cause, who } = event;
    const decide = observeDependency(stream, { cause, who, at, endsWith: 'unknown' });
    return { stream, cause, decide: ifSeen(decide) };
  }
  return undefined;
};

/** A child that was not recorded, because no rule asked for it, has no end to record either. */
const ifSeen =
  (decide: ChildDecision['decide']): ChildDecision['decide'] =>
  (resource, events) =>
    events.length > 0 ? decide(resource, events) : [];
