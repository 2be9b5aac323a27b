import type { SimulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import { arnOf, type ResourceIdentity } from '../../src/events/resource-arn.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch, sessionOf, tagging, termination, untagging } from '../support/cloudtrail/trail.ts';
import type { Chance } from './chance.ts';
import type { Scheduler } from './scheduler.ts';

/** The rules of the simulated deployment: one key that people's tags win over, one that wins over theirs, one of the resource's own. */
export const RULES = JSON.stringify({
  Owner: '{who.name}',
  CostCenter: { value: '4711', overwrite: true },
  Id: { value: '{resource.id}', include: ['volume'] },
});

/** The role whose calls are tagledger's own. */
export const TAGGER = 'arn:aws:iam::111122223333:role/tagledger-apply';

const PLACE = { account: '111122223333', region: 'eu-west-1' };
const MINUTE_MS = 60_000;
const HOUR_MS = 3600_000;

/** What is wrong with some of the resources. */
interface Troubles {
  /** Resources that IAM does not let tagledger tag. */
  readonly denied: ReadonlySet<string>;
  /** How long after its creation EC2 does not show a resource. */
  readonly visibleAfterMs: (id: string) => number;
}

type Act = (ec2: SimulatedEc2, record: (input: unknown) => void) => void;

/** That a person set a tag, or removed it (null), at a moment. */
export interface Personal {
  readonly id: string;
  readonly key: string;
  readonly value: string | null;
  readonly at: number;
}

/** What happens in AWS, decided beforehand. */
export interface Scenario extends Troubles {
  /** What people did to tags, in order, as far as it was played. */
  readonly personal: readonly Personal[];
  /** Lets it happen: resources come and go, people change tags, and each act is told to `record` as CloudTrail does. */
  readonly play: (ec2: SimulatedEc2, time: Scheduler, record: (input: unknown) => void) => void;
}

const PEOPLE = ['ada', 'bob', 'cyn'];

/** A scenario while it is made up. */
interface Draft {
  readonly dice: Chance;
  readonly personal: Personal[];
  readonly denied: Set<string>;
  /** How long after their creation EC2 does not show some resources. */
  readonly slow: Map<string, number>;
  readonly acts: { readonly at: number; readonly act: Act }[];
  /** How many ids and names were given out. */
  count: number;
}

/** Some hours of launches, changes of tags and endings by a few people; `size` is about how many resources. */
export const scenario = (dice: Chance, start: number, size: number): Scenario => {
  const draft: Draft = {
    dice,
    personal: [],
    denied: new Set(),
    slow: new Map(),
    acts: [],
    count: 0,
  };
  while (draft.count < size) {
    const at = start + dice.between(0, 4 * HOUR_MS);
    const who = dice.pick(PEOPLE);
    makeSome(draft, who, at);
    if (dice.happens(0.1)) failToLaunch(draft, who, at);
  }
  return {
    personal: draft.personal,
    denied: draft.denied,
    visibleAfterMs: (id) => draft.slow.get(id) ?? 0,
    play: (ec2, time, record) => {
      for (const { at, act } of draft.acts) time.at(at, () => act(ec2, record));
    },
  };
};

const newId = (draft: Draft, prefix: string): string =>
  `${prefix}-${(++draft.count).toString(16).padStart(17, '0')}`;

const whoOf = (name: string) => ({
  type: 'IAMUser',
  userName: name,
  arn: `arn:aws:iam::111122223333:user/${name}`,
});

/** What a record says of the call of a person. */
const about = (draft: Draft, name: string, at: number) => ({
  eventID: `event ${++draft.count}`,
  eventTime: new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
  userIdentity: whoOf(name),
});

const identity = (type: string, id: string): ResourceIdentity => ({ ...PLACE, type, id });

/** Somebody makes a volume or launches instances, and each of them lives on. */
const makeSome = (draft: Draft, who: string, at: number): void => {
  const { dice, personal, denied, acts } = draft;
  const isInstances = dice.happens(0.7);
  const type = isInstances ? 'instance' : 'volume';
  // Now and then a whole launch is forbidden, which is a storm of failures.
  const isStorm = isInstances && dice.happens(0.1);
  const ids = Array.from({ length: isStorm ? 8 : isInstances ? 1 + dice.below(4) : 1 }, () =>
    newId(draft, isInstances ? 'i' : 'vol'),
  );
  const isGhost = dice.happens(0.06);
  const born = dice.happens(0.3) ? { Owner: `${who}'s team` } : {};
  const tags = Object.entries(born).map(([key, value]) => ({ key, value }));
  const over = {
    ...about(draft, who, at),
    ...(tags.length > 0 && {
      requestParameters: { tagSpecificationSet: { items: [{ resourceType: type, tags }] } },
    }),
  };
  const record = isInstances
    ? launch(ids, over)
    : sample('CreateVolume', { ...over, responseElements: { volumeId: ids[0] } });
  acts.push({
    at,
    act: (ec2, tell) => {
      for (const id of isGhost ? [] : ids) {
        ec2.create({ ...identity(type, id), tags, at });
        for (const { key, value } of tags) personal.push({ id, key, value, at });
      }
      tell(record);
    },
  });
  for (const id of ids) {
    trouble(draft, id);
    if (isStorm) denied.add(id);
    if (!isGhost) lifeOf(draft, type, id, at + MINUTE_MS);
  }
};

/** A launch that failed, which must leave nothing behind. */
const failToLaunch = (draft: Draft, who: string, at: number): void => {
  draft.acts.push({
    at,
    act: (_, tell) =>
      tell(
        launch([newId(draft, 'i')], {
          ...about(draft, who, at),
          errorCode: 'Client.InstanceLimitExceeded',
        }),
      ),
  });
};

const trouble = ({ dice, denied, slow }: Draft, id: string): void => {
  if (dice.happens(0.08)) denied.add(id);
  if (dice.happens(0.3)) slow.set(id, dice.between(0, 4 * MINUTE_MS));
};

/** People change its tags, callers ask for some, and it may end. */
const lifeOf = (draft: Draft, type: string, id: string, from: number): void => {
  const { dice, acts } = draft;
  for (let n = dice.below(3); n > 0; n--) changeLater(draft, type, id, from);
  for (let n = dice.below(3); n > 0; n--) {
    const at = from + dice.between(0, 8 * HOUR_MS);
    const call = {
      resourceId: arnOf(identity(type, id)),
      user: dice.pick(PEOPLE),
      tags: { [dice.pick(['Team', 'Owner'])]: `call ${++draft.count}` },
      requestId: `call-${draft.count}`,
    };
    acts.push({ at, act: (_, record) => record(call) });
  }
  if (type !== 'instance' || !dice.happens(0.2)) return;
  const at = from + dice.between(0, 6 * HOUR_MS);
  const by = about(draft, dice.pick(PEOPLE), at);
  acts.push({
    at,
    act: (ec2, record) => {
      ec2.remove(identity(type, id));
      record(termination([id], by));
    },
  });
};

const changeLater = (draft: Draft, type: string, id: string, from: number): void => {
  const { dice, personal, acts } = draft;
  const at = from + dice.between(0, 5 * HOUR_MS);
  const who = dice.pick(PEOPLE);
  const key = dice.pick(['Owner', 'CostCenter', 'Name']);
  const value = dice.happens(0.7) ? `${who} at ${Math.round(at)}` : null;
  const change = (ec2: SimulatedEc2) =>
    value === null
      ? ec2.deleteTags(identity(type, id), [key])
      : ec2.setTags(identity(type, id), [{ key, value }]);
  const by = about(draft, who, at);
  const told = value === null ? untagging(id, [key], by) : tagging(id, { [key]: value }, by);
  acts.push({
    at,
    act: (ec2, record) => {
      const done = () => {
        personal.push({ id, key, value, at });
        record(told);
      };
      // Nobody can tag what is gone.
      void change(ec2).then(done, () => undefined);
    },
  });
};

/** The record of one of tagledger's own calls of CreateTags, as CloudTrail reports it. */
export const ownCall = (
  ids: readonly string[],
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[],
  at: number,
  eventID: string,
): unknown =>
  sample('CreateTags', {
    eventID,
    eventTime: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    userIdentity: sessionOf('tagledger-apply', 'tagledger'),
    requestParameters: {
      resourcesSet: { items: ids.map((resourceId) => ({ resourceId })) },
      tagSet: { items: tags.map(({ Key: key, Value: value }) => ({ key, value })) },
    },
  });
