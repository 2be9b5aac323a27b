import type { Milestone } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import type { First, Outline, TagMark } from './outline.ts';
import type { Packer, Unpacker } from './pack.ts';

const [BORN, RETIRED, GAP, CLEARED] = [1, 2, 4, 8];

type Stamp = Pick<TagMark, 'at' | 'order'>;

/** Writes an outline. Most of a resource's tags come from few events, so each different stamp is written once. */
export const packOutline = (pack: Packer, { arn, born, retired, gap, cleared, tags }: Outline): void => {
  pack.text(arn);
  pack.int((born ? BORN : 0) + (retired ? RETIRED : 0) + (gap ? GAP : 0) + (cleared ? CLEARED : 0));
  for (const milestone of [born, retired]) if (milestone) packMilestone(pack, milestone);
  if (gap) {
    pack.int(gap.seq);
    pack.text(gap.says);
  }
  if (cleared) packStamp(pack, cleared);
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

/** Reads an outline that {@link packOutline} wrote. */
export const unpackOutline = (from: Unpacker): Outline => {
  const arn = from.text() as ResourceArn;
  const has = from.int();
  const born = has & BORN ? unpackMilestone(from) : undefined;
  const retired = has & RETIRED ? unpackMilestone(from) : undefined;
  const gap = has & GAP ? { seq: from.int(), says: from.text() as string } : undefined;
  const cleared = has & CLEARED ? unpackStamp(from) : undefined;
  const stamps: Stamp[] = [];
  for (let left = from.int(); left > 0; left--) stamps.push(unpackStamp(from));
  const tags: TagMark[] = [];
  for (let left = from.int(); left > 0; left--) {
    const key = from.text() as string;
    const value = from.text();
    const { at, order } = stamps[from.int()] as Stamp;
    tags.push({ key, value, at, order });
  }
  return {
    arn,
    ...(born && { born }),
    ...(retired && { retired }),
    ...(gap && { gap }),
    ...(cleared && { cleared }),
    tags,
  };
};

const packMilestone = (pack: Packer, { seq, says: { at, who } }: First<Milestone>): void => {
  pack.int(seq);
  pack.text(at);
  pack.text(JSON.stringify(who ?? null));
};

const unpackMilestone = (from: Unpacker): First<Milestone> => {
  const seq = from.int();
  const at = from.text() as string;
  const who = from.json() as Milestone['who'] | null;
  return { seq, says: { at, ...(who && { who }) } };
};

/** The sign goes into the lowest bit. */
const packStamp = (pack: Packer, { at, order }: Stamp): void => {
  pack.text(at);
  pack.int(Math.abs(order) * 2 + (order < 0 ? 1 : 0));
};

const unpackStamp = (from: Unpacker): Stamp => {
  const at = from.text() as string;
  const order = from.int();
  return { at, order: order % 2 ? -(order - 1) / 2 : order / 2 };
};
