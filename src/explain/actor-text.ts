import type { Cause, Who } from '../events/tag-event.ts';
import type { Change } from '../projections/changes.ts';

/** The display name of an actor. */
export const whoText = (who: Pick<Who, 'name' | 'via'> | undefined): string =>
  who ? `${who.name}${who.via ? ` through ${who.via}` : ''}` : 'an unknown principal';

/** The display name of a cause: the API operation, a direct call, or a sweep. */
export const callText = ({ name, source }: Cause): string =>
  name ?? (source === 'direct' ? 'a direct call' : 'a sweep');

/** Who made a change. If tagledger made it, also on whose behalf. */
export const actorText = ({ by, who }: Pick<Change, 'by' | 'who'>): string =>
  by === 'tagledger' ? `tagledger for ${whoText(who ?? undefined)}` : whoText(who ?? undefined);

/** The call that caused a change, with its id and the rule set that applied. */
export const causeText = ({ cause, rules }: Pick<Change, 'cause' | 'rules'>): string =>
  cause ? `${callText(cause)} ${cause.id}${rules ? `, rules ${rules}` : ''}` : 'unknown';

/** What an answer says of a resource whose tags are not all known, because some were copied to it. */
export const UNSEEN_TAGS =
  'tags were copied to it from its source when it was created, and nothing has shown them yet: it may have tags that are not listed';
