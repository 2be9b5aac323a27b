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
export interface Troubles {
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

/** Some hours of launches, changes of tags and endings by a few people; `size` is about how many resources. */
export const scenario = (dice: Chance, start: number, size: number): Scenario => {
  const personal: Personal[] = [];
  const denied = new Set<string>();
  const slow = new Map<string, number>();
  const acts: { readonly at: number; readonly act: Act }[] = [];
  const people = ['ada', 'bob', 'cyn'];
  let count = 0;
  const newId = (prefix: string) => `${prefix}-${(++count).toString(16).padStart(17, '0')}`;
  const whoOf = (name: string) => ({
    type: 'IAMUser',
    userName: name,
    arn: `arn:aws:iam::111122223333:user/${name}`,
  });
  const about = (name: string, at: number) => ({
    eventID: `event ${++count}`,
    eventTime: new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
    userIdentity: whoOf(name),
  });
  const identity = (type: string, id: string): ResourceIdentity => ({ ...PLACE, type, id });

  const troubles = (id: string) => {
    if (dice.happens(0.08)) denied.add(id);
    if (dice.happens(0.3)) slow.set(id, dice.between(0, 4 * MINUTE_MS));
  };

  const changeLater = (type: string, id: string, from: number) => {
    const at = from + dice.between(0, 5 * HOUR_MS);
    const who = dice.pick(people);
    const key = dice.pick(['Owner', 'CostCenter', 'Name']);
    const value = dice.happens(0.7) ? `${who} at ${Math.round(at)}` : null;
    const change = (ec2: SimulatedEc2) =>
      value === null
        ? ec2.deleteTags(identity(type, id), [key])
        : ec2.setTags(identity(type, id), [{ key, value }]);
    const by = about(who, at);
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

  const lifeOf = (type: string, id: string, from: number) => {
    for (let n = dice.below(3); n > 0; n--) changeLater(type, id, from);
    for (let n = dice.below(3); n > 0; n--) {
      const at = from + dice.between(0, 8 * HOUR_MS);
      const call = {
        resourceId: arnOf(identity(type, id)),
        user: dice.pick(people),
        tags: { [dice.pick(['Team', 'Owner'])]: `call ${++count}` },
        requestId: `call-${count}`,
      };
      acts.push({ at, act: (_, record) => record(call) });
    }
    if (type !== 'instance' || !dice.happens(0.2)) return;
    const at = from + dice.between(0, 6 * HOUR_MS);
    const by = about(dice.pick(people), at);
    acts.push({
      at,
      act: (ec2, record) => {
        ec2.remove(identity(type, id));
        record(termination([id], by));
      },
    });
  };

  while (count < size) {
    const at = start + dice.between(0, 4 * HOUR_MS);
    const who = dice.pick(people);
    const isInstances = dice.happens(0.7);
    const type = isInstances ? 'instance' : 'volume';
    // Now and then a whole launch is forbidden, which is a storm of failures.
    const isStorm = isInstances && dice.happens(0.1);
    const ids = Array.from({ length: isStorm ? 8 : isInstances ? 1 + dice.below(4) : 1 }, () =>
      newId(isInstances ? 'i' : 'vol'),
    );
    const isGhost = dice.happens(0.06);
    const born = dice.happens(0.3) ? { Owner: `${who}'s team` } : {};
    const tags = Object.entries(born).map(([key, value]) => ({ key, value }));
    const over = {
      ...about(who, at),
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
      troubles(id);
      if (isStorm) denied.add(id);
      if (!isGhost) lifeOf(type, id, at + MINUTE_MS);
    }
    if (dice.happens(0.1)) {
      // A launch that failed, which must leave nothing behind.
      acts.push({
        at,
        act: (_, tell) =>
          tell(launch([newId('i')], { ...about(who, at), errorCode: 'Client.InstanceLimitExceeded' })),
      });
    }
  }
  return {
    personal,
    denied,
    visibleAfterMs: (id) => slow.get(id) ?? 0,
    play: (ec2, time, record) => {
      for (const { at, act } of acts) time.at(at, () => act(ec2, record));
    },
  };
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
