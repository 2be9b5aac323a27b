import { type NamedTags, TYPES, type TypeName, typeOf } from '../reference/records.ts';
import { type Chance, chance } from '../simulation/chance.ts';
import { type LiveResource, type SimulatedWorld, simulatedWorld, type Truth } from './simulated-world.ts';

/** Records about a few resources, in the order in which the calls took effect. */
export interface Trail {
  readonly records: readonly object[];
  readonly truth: readonly Truth[];
}

/** The kinds of trails. `spread`: no two acts share a second, and every record is there. */
export interface TrailOptions {
  readonly spread?: boolean;
}

const PEOPLE = ['ana', 'bob', 'eve'];
const KEYS = ['Owner', 'Env', 'Name'];
const VALUES = ['a', 'b', ''];

/**
 * A trail of a seed: the same on every machine. One to three resources are created, tagged, untagged (by key, by
 * key and value, altogether), ended, ended again, and restored; many acts share a second. Some images are copies, whose
 * copied tags no record shows. In some trails
 * EventBridge also tells of the changes, and in some a few records are lost. Some resources existed before the
 * trail. Of ends EventBridge may tell, too; some fail, and may have happened all the same; and an instance has an
 * interface that ends with it. Rarely, the id of a deleted volume returns, which EC2's never do, because names of other services do.
 */
export const generateTrail = (seed: number, { spread = false }: TrailOptions = {}): Trail => {
  const dice = chance(seed);
  const world = simulatedWorld(dice, {
    events: dice.pick([0, 0, 0.7, 1]),
    lost: spread ? 0 : dice.pick([0, 0, 0, 0.1]),
    withMs: dice.happens(0.5),
  });
  const resources = Array.from({ length: 1 + dice.below(3) }, (_, i) => newResource(dice, i));
  const pass = () => world.pass(spread ? 2 + dice.below(60) : dice.pick([0, 0, 1, 2, 60, 60, 9_000]));
  for (const resource of resources) {
    if (!spread && dice.happens(0.1)) resource.isAlive = true;
    else create(dice, world, resource);
    pass();
  }
  const acts = 2 + dice.below(9);
  for (let n = 0; n < acts; n++) {
    act(dice, world, resources);
    pass();
  }
  return { records: world.records, truth: world.truth };
};

const newResource = (dice: Chance, i: number): LiveResource => {
  const type = dice.pick(Object.keys(TYPES) as TypeName[]);
  const id = `${TYPES[type]}-0a1b2c3d4e5f6071${i}`;
  return { id, isAlive: false, tags: new Map(), version: 0 };
};

const someTags = (dice: Chance, most: number): NamedTags =>
  Object.fromEntries(
    Array.from({ length: dice.below(most + 1) }, () => [dice.pick(KEYS), dice.pick(VALUES)] as const),
  );

const create = (dice: Chance, world: SimulatedWorld, resource: LiveResource): void => {
  const by = dice.pick(PEOPLE);
  const tags = someTags(dice, 3);
  if (typeOf(resource.id) === 'instance' && dice.happens(0.3)) {
    world.createByFleet(resource, by, tags, someTags(dice, 1));
  } else if (typeOf(resource.id) === 'image' && dice.happens(0.5)) {
    world.createCopy(resource, by, tags, someTags(dice, 2));
  } else world.create(resource, by, tags);
};

const act = (dice: Chance, world: SimulatedWorld, resources: readonly LiveResource[]): void => {
  const by = dice.pick(PEOPLE);
  const resource = dice.pick(resources);
  const isInstance = typeOf(resource.id) === 'instance';
  const others = resources.filter((one) => one !== resource && one.isAlive && dice.happens(0.2));
  if (!resource.isAlive && !isInstance) {
    if (dice.happens(0.7)) world.restore(resource, by);
    else if (typeOf(resource.id) === 'volume' && dice.happens(0.5)) create(dice, world, resource);
    return;
  }
  const what = dice.next();
  if (what < 0.45) {
    world.tag([resource, ...others], by, { [dice.pick(KEYS)]: dice.pick(VALUES), ...someTags(dice, 1) });
  } else if (what < 0.8) world.untag([resource, ...others], by, namedForRemoval(dice, resource));
  else if (what < 0.95 && isInstance) endInstance(dice, world, resource, by);
  else if (what < 0.95) world.end(resource, by);
  else if (resource.created && resource.isAlive) world.createAgain(resource);
};

/**
 * A call, with or without a notice; a notice alone; a call that fails; or nothing yet, but its interface is kept. Notices
 * come close to the call, or minutes later.
 */
const endInstance = (dice: Chance, world: SimulatedWorld, resource: LiveResource, by: string): void => {
  const what = dice.next();
  if (what < 0.15) world.failToEnd(resource, by);
  else if (what < 0.3) world.keep(resource, by);
  else if (what < 0.4 && resource.isAlive) world.lose(resource);
  else {
    world.end(resource, by);
    if (dice.happens(0.5)) world.notify(resource, dice.pick([-1, 0, 1, 40, 300]));
  }
};

/** A key alone; a key with the value that it has, or with another; or nothing. */
const namedForRemoval = (dice: Chance, { tags }: LiveResource): NamedTags => {
  const what = dice.next();
  if (what < 0.1) return {};
  const key = dice.pick(KEYS);
  if (what < 0.3) return { [key]: null };
  const has = tags.get(key);
  return { [key]: what < 0.8 && has !== undefined ? has : dice.pick(VALUES) };
};
