import type { FoldedEvent } from '../events/fold/act.ts';
import { isAmong } from '../events/recorded-event.ts';
import type { Resource } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import {
  type Cause,
  type DependencyObserved,
  eventIdOf,
  type TagEvent,
  type Who,
} from '../events/tag-event.ts';

/** What a call, or a look into EC2, tells of what ends with what. */
export interface Dependency extends Pick<DependencyObserved, 'endsWith' | 'children' | 'unsure'> {
  readonly cause: Cause;
  readonly who?: Who | undefined;
  readonly at: string;
}

/** Records once what is known of the end of a resource together with another one. */
export const observeDependency =
  (stream: ResourceArn, { cause, who, at, endsWith, children, unsure }: Dependency) =>
  (_: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const eventId = eventIdOf('depend', stream, cause.id);
    if (isAmong(events, eventId)) return [];
    return [
      {
        type: 'DependencyObserved',
        eventId,
        effectiveAt: at,
        cause,
        ...(who && { who }),
        ...(endsWith !== undefined && { endsWith }),
        ...(children && { children: [...children].sort() }),
        ...(unsure !== undefined && { unsure }),
      },
    ];
  };

/**
 * As {@link observeDependency}, for calls about volumes: only a look into EC2 tells that a volume ends with its instance,
 * so where none has told it, such a call changes no answer and is not recorded.
 */
export const observeDependencyIfAny =
  (stream: ResourceArn, dependency: Dependency) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] =>
    events.some(({ event }) => hasDependency(event, dependency))
      ? observeDependency(stream, dependency)(resource, events)
      : [];

const hasDependency = (event: TagEvent, { unsure }: Dependency): boolean =>
  unsure === undefined
    ? 'endsWith' in event && event.endsWith !== undefined
    : childrenIn(event).some((child) => child.startsWith(`${unsure}/`));

/**
 * Records the resources that may end with this one, as a look into EC2 showed them: those that are not known yet. Each
 * look records what it found.
 */
export const observeChildren =
  (stream: ResourceArn, { children = [], cause, ...dependency }: Dependency) =>
  (resource: Resource, events: readonly FoldedEvent[]): TagEvent[] => {
    const known = new Set(events.flatMap(({ event }) => childrenIn(event)));
    const found = children.filter((child) => !known.has(child)).sort();
    if (found.length === 0) return [];
    const [observed] = observeDependency(stream, { ...dependency, cause, children: found })(resource, []);
    const eventId = eventIdOf('depend', stream, `${cause.id} ${found.join(' ')}`);
    return observed ? [{ ...observed, eventId }] : [];
  };

/** The resources, as `TYPE/ID`, of which an event says that they may end with its resource. */
export const childrenIn = (event: TagEvent): readonly string[] =>
  ('children' in event && event.children) || [];
