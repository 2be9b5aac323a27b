import { requestIdOf, type TagEvent } from '../events/tag-event.ts';

/** The most ids of one kind in a log line, so that people can still read it. */
const MOST = 100;

/** Log fields with the first 100 distinct ids, and in `<name>More` the number of those left out. */
export const correlationIds = (name: string, ids: Iterable<string>): Record<string, unknown> => {
  const all = [...new Set(ids)];
  return {
    [name]: all.slice(0, MOST),
    ...(all.length > MOST && { [`${name}More`]: all.length - MOST }),
  };
};

/**
 * Log fields that correlate events across the logs of all functions. `causes` are the ids of CloudTrail
 * events and direct calls. `requests` are the ids of requests, because an outcome names its request instead
 * of a cause.
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
