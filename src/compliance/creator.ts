import { type Confidence, confidenceOf } from '../cloudtrail/identity/confidence.ts';
import type { ResourceAt } from '../projections/resource-at.ts';

/** Who owns a resource: who made it, as the ledger knows them. What its tags say of an owner is a claim, and is shown beside. */
export interface CreatorView {
  readonly name: string;
  readonly arn: string | null;
  /** How far the name can be trusted to name somebody. */
  readonly confidence: Confidence;
}

/** The name of an owner whom nobody knows, in groups and selections. */
export const NOBODY = 'unknown';

/** The owner of a resource; null when its birth was never seen, or nobody could tell whose it was. */
export const creatorOf = ({ born }: ResourceAt): CreatorView | null =>
  born?.who ? { name: born.who.name, arn: born.who.arn ?? null, confidence: confidenceOf(born.who) } : null;

/** The value of the resource's own `Owner` tag, in whatever case its key is written. */
export const ownerTagOf = ({ tags }: ResourceAt): string | null =>
  (tags.find(({ key }) => key === 'Owner') ?? tags.find(({ key }) => key.toLowerCase() === 'owner'))?.value ??
  null;
