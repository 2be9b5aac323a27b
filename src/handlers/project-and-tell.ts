import type { EventStore } from '../events/event-store.ts';
import type { StateStore } from '../projections/state-store.ts';
import { type AlertDeps, alert } from './alert.ts';
import { type FeedHandler, inTurn } from './in-turn.ts';
import { project } from './project.ts';
import { setAside } from './set-aside.ts';
import { tamper } from './tamper.ts';

/** What the second reader of the change feed needs from outside. */
export interface ProjectAndTellDeps extends AlertDeps {
  readonly store: EventStore;
  readonly states: StateStore;
}

/** The second reader of the change feed: projects the state, then makes tampering heard, then failures. */
export const projectAndTell = ({ store, states, ...telling }: ProjectAndTellDeps): FeedHandler =>
  inTurn(
    inTurn(
      project({ store, states, setAside: setAside(telling), observer: telling.observer }),
      tamper(telling),
    ),
    alert(telling),
  );
