import type { EventStore } from '../../events/event-store.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { archiveConsumer } from '../archive/archive.ts';
import { chainConsumers } from '../runtime/chain-consumers.ts';
import type { FeedConsumer } from '../runtime/feed-batch.ts';
import { type AlertFailuresDeps, alertFailures } from './alert-failures.ts';
import { alertTampering } from './alert-tampering.ts';
import { hintUnsealed } from './hint-unsealed.ts';
import { project } from './project.ts';
import { quarantine } from './quarantine.ts';

/** What the second reader of the change feed needs from outside. */
export interface ProjectConsumerDeps extends AlertFailuresDeps {
  readonly store: EventStore;
  /** The format of the events that record tampering. */
  readonly eventFormat: EventFormat;
  readonly states: StateStore;
  /** Where the archive takes events in; absent where there is none. */
  readonly archived?: ObjectStore | undefined;
  /** Whether the sealer is told of new events; it is not unless said. */
  readonly sealing?: boolean;
}

/**
 * The second reader of the change feed: projects the state, hands events over to the archive and to the sealer where
 * there are any, then makes tampering heard, then failures. Telling comes last, so that nothing is told twice because
 * an earlier part failed.
 */
export const projectConsumer = ({
  store,
  eventFormat,
  states,
  archived,
  sealing = false,
  ...telling
}: ProjectConsumerDeps): FeedConsumer => {
  const { telemetry } = telling;
  const consumers: FeedConsumer[] = [
    project({ store, states, setAside: quarantine(telling), now: telling.now, telemetry }),
    ...(archived ? [archiveConsumer({ objects: archived, telemetry })] : []),
    ...(sealing ? [hintUnsealed(telling)] : []),
    alertTampering({ ...telling, store, eventFormat }),
    alertFailures(telling),
  ];
  return consumers.reduce(chainConsumers);
};
