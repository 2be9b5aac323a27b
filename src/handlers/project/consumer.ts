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

/** The dependencies of {@link projectConsumer}. */
export interface ProjectConsumerDeps extends AlertFailuresDeps {
  readonly store: EventStore;
  /** The format of the events that record tampering. */
  readonly eventFormat: EventFormat;
  readonly states: StateStore;
  /** The archive's object store; absent if there is no archive. */
  readonly archived?: ObjectStore | undefined;
  /** Whether to notify the sealer of new events; false by default. */
  readonly sealing?: boolean;
}

/**
 * The second reader of the change feed. It projects the state, hands events to the archive and to the sealer
 * if there are any, then publishes alerts about tampering, then about failures. Alerts come last, so that a
 * failure of an earlier part does not repeat them.
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
