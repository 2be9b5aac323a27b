import { confidenceOf } from '../../cloudtrail/identity/confidence.ts';
import { permissionSetOf } from '../../cloudtrail/identity/role-session.ts';
import type { Who } from '../../events/tag-event.ts';

/** The creator of a resource: the name, and how confidently it identifies a person. */
export const creatorText = (who: Who | null): string => {
  if (!who) return 'unknown';
  const permissionSet = permissionSetOf(who);
  return `${who.name} (${confidenceOf(who)}${permissionSet ? ` with permission set ${permissionSet}` : ''})`;
};
