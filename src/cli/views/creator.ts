import { confidenceOf } from '../../cloudtrail/identity/confidence.ts';
import { permissionSetOf } from '../../cloudtrail/identity/role-session.ts';
import type { Who } from '../../events/tag-event.ts';

/** The rows that say when a resource was created, or when it was first known to exist. */
export const createdRows = ({
  createdAt,
  foundAt,
}: {
  readonly createdAt: string | null;
  readonly foundAt?: string;
}): string[][] => [
  ['created at', createdAt ?? (foundAt ? 'unknown: its creation was not recorded' : 'unknown')],
  ...(foundAt ? [['first seen', `${foundAt}, by a baseline: it existed then`]] : []),
];

/** The creator of a resource: the name, and how confidently it identifies a person. */
export const creatorText = (who: Who | null): string => {
  if (!who) return 'unknown';
  const permissionSet = permissionSetOf(who);
  return `${who.name} (${confidenceOf(who)}${permissionSet ? ` with permission set ${permissionSet}` : ''})`;
};
