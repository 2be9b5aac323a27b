import type { Cause, Who } from '../events/tag-event.ts';
import type { Change } from '../projections/changes.ts';

/** Who acted, by the name to show. */
export const whoText = (who: Pick<Who, 'name' | 'via'> | undefined): string =>
  who ? `${who.name}${who.via ? ` through ${who.via}` : ''}` : 'an unknown principal';

/** An API operation, or what else caused something. */
export const callText = ({ name, source }: Cause): string =>
  name ?? (source === 'direct' ? 'a direct call' : 'a sweep');

/** Who made a change; of what tagledger set, for whom. */
export const actorText = ({ by, who }: Pick<Change, 'by' | 'who'>): string =>
  by === 'tagledger' ? `tagledger for ${whoText(who ?? undefined)}` : whoText(who ?? undefined);

/** The call that a change came from. */
export const causeText = ({ cause, rules }: Pick<Change, 'cause' | 'rules'>): string =>
  cause ? `${callText(cause)} ${cause.id}${rules ? `, rules ${rules}` : ''}` : 'unknown';
