import type { EventStore } from '../events/event-store.ts';
import type { StateStore } from '../projections/state-store.ts';
import { type AlertDeps, alert } from './alert.ts';
import { hintUnsealed } from './hint-unsealed.ts';
import { type FeedHandler, inTurn } from './in-turn.ts';
import { project } from './project.ts';
import { setAside } from './set-aside.ts';
import { tamper } from './tamper.ts';

/** What the second reader of the change feed needs from outside. */
export interface ProjectAndTellDeps extends AlertDeps {
  readonly store: EventStore;
  readonly states: StateStore;
  /** Whether the sealer is told of new events; it is not unless said. */
  readonly sealing?: boolean;
}

/**
 * The second reader of the change feed: projects the state, tells the sealer of new events where there is one, then makes
 * tampering heard, then failures.
 */
export const projectAndTell = ({
  store,
  states,
  sealing = false,
  ...telling
}: ProjectAndTellDeps): FeedHandler => {
  const projecting = project({ store, states, setAside: setAside(telling), observer: telling.observer });
  const known = sealing ? inTurn(projecting, hintUnsealed(telling)) : projecting;
  return inTurn(inTurn(known, tamper(telling)), alert(telling));
};
