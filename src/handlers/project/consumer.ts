import type { EventStore } from '../../events/event-store.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { StateStore } from '../../projections/state-store.ts';
import { archive } from '../archive/archive.ts';
import { type FeedHandler, inTurn } from '../runtime/chain-consumers.ts';
import { type AlertDeps, alert } from './alert-failures.ts';
import { tamper } from './alert-tampering.ts';
import { hintUnsealed } from './hint-unsealed.ts';
import { project } from './project.ts';
import { setAside } from './quarantine.ts';

/** What the second reader of the change feed needs from outside. */
export interface ProjectAndTellDeps extends AlertDeps {
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
export const projectAndTell = ({
  store,
  eventFormat,
  states,
  archived,
  sealing = false,
  ...telling
}: ProjectAndTellDeps): FeedHandler => {
  const { observer } = telling;
  const handlers: FeedHandler[] = [
    project({ store, states, setAside: setAside(telling), now: telling.now, observer }),
    ...(archived ? [archive({ objects: archived, observer })] : []),
    ...(sealing ? [hintUnsealed(telling)] : []),
    tamper({ ...telling, store, eventFormat }),
    alert(telling),
  ];
  return handlers.reduce(inTurn);
};
