import { requestIdOf, type TagEvent } from '../events/tag-event.ts';

/** A log line is for people: so many ids of a kind stand in it. */
const MOST = 100;

/** Ids for a log line, each once: the first hundred of them, and how many more there are. */
export const correlationIds = (name: string, ids: Iterable<string>): Record<string, unknown> => {
  const all = [...new Set(ids)];
  return {
    [name]: all.slice(0, MOST),
    ...(all.length > MOST && { [`${name}More`]: all.length - MOST }),
  };
};

/**
 * The ids by which events are followed through the logs of all functions: `causes`, those of CloudTrail's events and
 * direct calls, and `requests`, those of first attempts, which stand for the cause in an outcome.
 */
export const correlationIdsOf = (events: readonly TagEvent[]): Record<string, unknown> => ({
  ...correlationIds(
    'causes',
    events.flatMap((event) => ('cause' in event ? [event.cause.id] : [])),
  ),
  ...correlationIds(
    'requests',
    events.flatMap((event) => requestOf(event) ?? []),
  ),
});

const requestOf = (event: TagEvent): string | undefined => {
  if (event.type === 'TagRequested') return requestIdOf(event);
  return event.type === 'TagApplied' || event.type === 'TagFailed' ? event.request : undefined;
};
