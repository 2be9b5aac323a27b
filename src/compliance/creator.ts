import { type Confidence, confidenceOf } from '../cloudtrail/identity/confidence.ts';
import type { ResourceAt } from '../projections/resource-at.ts';

/**
 * The creator of a resource, as far as the ledger knows. An `Owner` tag is only a claim and is shown
 * separately.
 */
export interface CreatorView {
  readonly name: string;
  readonly arn: string | null;
  /** How reliably the name identifies somebody. */
  readonly confidence: Confidence;
}

/** The name of an unknown creator in groups and selections. */
export const NOBODY = 'unknown';

/** The creator of a resource; null when its creation was never seen or its creator is not known. */
export const creatorOf = ({ born }: ResourceAt): CreatorView | null =>
  born?.who ? { name: born.who.name, arn: born.who.arn ?? null, confidence: confidenceOf(born.who) } : null;

/**
 * The value of the resource's own `Owner` tag, whatever the case of its key. The exact `Owner` comes first.
 */
export const ownerTagOf = ({ tags }: ResourceAt): string | null =>
  (tags.find(({ key }) => key === 'Owner') ?? tags.find(({ key }) => key.toLowerCase() === 'owner'))?.value ??
  null;
