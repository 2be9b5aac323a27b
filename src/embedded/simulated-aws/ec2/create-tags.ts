import type { CreateTagsCommandInput } from '@aws-sdk/client-ec2';
import { arnOf, type ResourceIdentity } from '../../../events/resource-arn.ts';
import { sortedTags, type Tag } from '../../../events/tag.ts';
import type { Refusal } from './error.ts';
import { notFound, typeOfId } from './kinds.ts';
import type { ResourceShelf } from './resources.ts';
import { exceedsTagLimit, requestRefusal } from './tag-rules.ts';

/** Whether IAM forbids setting the requested tags on this resource. */
export type Denied = (identity: ResourceIdentity, tags: readonly Tag[]) => boolean;

/**
 * Simulates CreateTags: all or nothing. It checks the request, then existence, permission and the tag limit,
 * and then sets all tags without another call in between. Returns the refusal, or the number of resources
 * tagged. AWS does not document that a failed call changes nothing; cloud-custodian #11089 and moto show it.
 */
export const createTags = async (
  shelf: ResourceShelf,
  input: CreateTagsCommandInput,
  { now, denied = () => false }: { readonly now: () => number; readonly denied?: Denied | undefined },
): Promise<Refusal | number> => {
  const malformed = requestRefusal(input);
  if (malformed) return malformed;
  // Reads the whole input before the first wait, as if it were sent: the caller may change it afterwards.
  const { DryRun } = input;
  const ids = [...new Set(input.Resources)];
  const tags = sortedTags((input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })));

  await shelf.load(ids);
  const at = now();
  const found = ids.flatMap((id) => {
    const resource = shelf.get(id);
    return resource && resource.visibleFrom <= at ? [resource] : [];
  });
  const visible = new Set(found.map(({ identity }) => identity.id));
  const [first, ...others] = ids.filter((id) => !visible.has(id));
  if (first !== undefined) {
    return notFound([first, ...others], (id) => shelf.get(id)?.identity.type ?? typeOfId(id));
  }

  const forbidden = found.find(({ identity }) => denied(identity, tags));
  if (forbidden) return unauthorized(forbidden.identity);
  if (found.some((resource) => exceedsTagLimit(resource.tags, tags))) {
    // No id is named: AWS does not document whether EC2 names one, so a caller must not depend on it.
    return {
      code: 'TagLimitExceeded',
      message: 'The maximum number of Tags for a resource has been reached.',
    };
  }
  if (DryRun) {
    return { code: 'DryRunOperation', message: 'Request would have succeeded, but DryRun flag is set.' };
  }

  for (const resource of found) for (const { key, value } of tags) resource.tags.set(key, value);
  return found.length;
};

/** Types whose ARNs in IAM leave the account empty (Service Authorization Reference, Amazon EC2). */
const WITHOUT_ACCOUNT = new Set(['image', 'snapshot', 'fpga-image']);

/** EC2's wording as of 2024 to 2026 (karpenter #1713, #2813). IAM stops at the first denied resource. */
const unauthorized = (identity: ResourceIdentity): Refusal => {
  const { account, type } = identity;
  const arn = WITHOUT_ACCOUNT.has(type) ? arnOf(identity).replace(`:${account}:`, '::') : arnOf(identity);
  return {
    code: 'UnauthorizedOperation',
    message: `You are not authorized to perform this operation. User: arn:aws:sts::${account}:assumed-role/simulated/tagledger is not authorized to perform: ec2:CreateTags on resource: ${arn} because no identity-based policy allows the ec2:CreateTags action. Encoded authorization failure message: simulated`,
  };
};
