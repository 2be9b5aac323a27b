import type { Milestone } from '../events/life.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { ResourceAt } from '../projections/resource-at.ts';
import type { Writable } from '../shared/members.ts';
import type { Packer, Unpacker } from './pack.ts';
import {
  type Disputed,
  type First,
  isDisputed,
  type Marks,
  type PartialState,
  resourceOf,
  type TagMark,
} from './partial-state.ts';

/**
 * The version of partial states: of what they say and of their packed form. Another version is never read, but made
 * anew from the events. Version 1 and 2 were those of the fold.
 */
export const PARTIAL_STATE_VERSION = 5;

const [BORN, RETIRED, GAP, CLEARED, REFOLD, SINCE, FOUND, SETTLED] = [1, 2, 4, 8, 16, 32, 64, 128];

type Stamp = Pick<TagMark, 'at' | 'order'>;

/**
 * Writes a partial state. Most tags of a resource come from few events, so each distinct stamp is written
 * once.
 */
export const packPartialState = (pack: Packer, partial: PartialState): void => {
  pack.text(partial.arn);
  pack.int(partial.lastSeq);
  if (isDisputed(partial)) packDisputed(pack, partial);
  else packMarks(pack, partial);
};

/** Disputed resources are few, so what is known of them is one text. */
const packDisputed = (pack: Packer, { folded }: Disputed): void => {
  pack.int(REFOLD);
  pack.text(folded ? JSON.stringify(folded) : null);
};

const unpackDisputed = (from: Unpacker, arn: ResourceArn, lastSeq: number): Disputed => {
  const folded = from.text();
  return { arn, lastSeq, refold: true, ...(folded !== null && { folded: JSON.parse(folded) as ResourceAt }) };
};

const packMarks = (pack: Packer, { born, found, retired, gap, cleared, tags, since }: Marks): void => {
  const settled = cleared?.settledAt;
  const has = [
    ...[born && BORN, retired && RETIRED, gap && GAP, cleared && CLEARED, since && SINCE],
    ...[found && FOUND, settled && SETTLED],
  ];
  pack.int(has.reduce<number>((sum, bit) => sum + (bit || 0), 0));
  if (born) packMilestone(pack, born);
  if (found) pack.text(found);
  if (retired) packMilestone(pack, retired);
  if (gap) {
    pack.int(gap.seq);
    pack.text(gap.says);
  }
  if (cleared) packStamp(pack, cleared);
  if (since) pack.text(since);
  if (settled) pack.text(settled);
  const stamps = new Map<string, { place: number; stamp: Stamp }>();
  const places = tags.map((stamp) => {
    const name = `${stamp.order} ${stamp.at}`;
    const known = stamps.get(name) ?? { place: stamps.size, stamp };
    stamps.set(name, known);
    return known.place;
  });
  pack.int(stamps.size);
  for (const { stamp } of stamps.values()) packStamp(pack, stamp);
  pack.int(tags.length);
  tags.forEach(({ key, value }, i) => {
    pack.text(key);
    pack.text(value);
    pack.int(places[i] as number);
  });
};

/** Reads what follows the ARN in a partial state that {@link packPartialState} wrote. */
export const unpackPartialState = (from: Unpacker, arn: ResourceArn): PartialState => {
  const lastSeq = from.int();
  const has = from.int();
  if (has & REFOLD) return unpackDisputed(from, arn, lastSeq);
  const tags: TagMark[] = [];
  const partial: Writable<Marks> = { arn, lastSeq, tags };
  if (has & BORN) partial.born = { seq: from.int(), says: unpackMilestone(from) };
  if (has & FOUND) partial.found = from.text() as string;
  if (has & RETIRED) partial.retired = { seq: from.int(), says: unpackMilestone(from) };
  if (has & GAP) partial.gap = { seq: from.int(), says: from.text() as string };
  if (has & CLEARED) partial.cleared = unpackStamp(from);
  if (has & SINCE) partial.since = from.text() as string;
  if (has & SETTLED && partial.cleared) {
    partial.cleared = { ...partial.cleared, settledAt: from.text() as string };
  }
  const stamps: Stamp[] = [];
  for (let left = from.int(); left > 0; left--) stamps.push(unpackStamp(from));
  for (let left = from.int(); left > 0; left--) {
    const key = from.text() as string;
    const value = from.text();
    const { at, order } = stamps[from.int()] as Stamp;
    tags.push({ key, value, at, order });
  }
  return partial;
};

/**
 * Returns the same as `resourceOf` of {@link unpackPartialState}, in half the time: it skips what only
 * joining a {@link PartialState} needs. Nearly all of a fleet is read this way.
 */
export const unpackResource = (from: Unpacker, arn: ResourceArn): ResourceAt | Disputed => {
  const lastSeq = from.int();
  const has = from.int();
  if (has & REFOLD) return resourceOf(unpackDisputed(from, arn, lastSeq));
  const tags: Tag[] = [];
  const resource = { arn } as Writable<ResourceAt>;
  if (has & BORN) {
    from.int();
    resource.born = unpackMilestone(from);
  }
  if (has & FOUND) {
    const found = from.text() as string;
    if (!resource.born) resource.found = found;
  }
  if (has & RETIRED) {
    from.int();
    resource.retired = unpackMilestone(from);
  }
  if (has & GAP) {
    from.int();
    resource.gap = from.text() as string;
  }
  resource.tags = tags;
  if (has & CLEARED) passStamp(from);
  if (has & SINCE) from.pass();
  if (has & SETTLED) from.pass();
  for (let left = from.int(); left > 0; left--) passStamp(from);
  for (let left = from.int(); left > 0; left--) {
    const key = from.text() as string;
    const value = from.text();
    from.int();
    if (value !== null) tags.push({ key, value });
  }
  return resource;
};

const packMilestone = (pack: Packer, { seq, says: { at, who } }: First<Milestone>): void => {
  pack.int(seq);
  pack.text(at);
  pack.text(JSON.stringify(who ?? null));
};

const unpackMilestone = (from: Unpacker): Milestone => {
  const at = from.text() as string;
  const who = from.json() as Milestone['who'] | null;
  return who ? { at, who } : { at };
};

/** The lowest bit holds the sign. */
const packStamp = (pack: Packer, { at, order }: Stamp): void => {
  pack.text(at);
  pack.int(Math.abs(order) * 2 + (order < 0 ? 1 : 0));
};

const unpackStamp = (from: Unpacker): Stamp => {
  const at = from.text() as string;
  const order = from.int();
  return { at, order: order % 2 ? -(order - 1) / 2 : order / 2 };
};

const passStamp = (from: Unpacker): void => {
  from.pass();
  from.int();
};
